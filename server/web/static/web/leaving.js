// Going out: by one's own choice, or because the session is over.
import { Problem } from "./api.js";
import { byId, showText } from "./dom.js";
import { t } from "./i18n.js";
import { forget } from "./session.js";

/** Forget who was here, and show the first page with a reason ("signed_out", "expired"). */
export function leave(note) {
  forget();
  history.replaceState({ note }, "");
  location.reload();
}

/** Make the sign-out button work; it warns once when something is still unsent. */
export function readySignOut({ call, outbox, wire }) {
  let isWarned = false;
  byId("sign-out").addEventListener("click", async () => {
    if (outbox.entries.length > 0 && !isWarned) {
      isWarned = true;
      return showText(byId("sign-out-note"), t("out.unsent"));
    }
    const problem = await endSession(call);
    if (problem) return showText(byId("sign-out-note"), problem);
    wire.stop();
    await outbox.clear();
    leave("signed_out");
  });
}

async function endSession(call) {
  try {
    await call("DELETE", "/sessions/current");
    return "";
  } catch (error) {
    return error instanceof Problem && error.status === 401 ? "" : t("out.failed");
  }
}
