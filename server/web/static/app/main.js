// The door of the app: signed in or not.
import { request } from "../lib/api.js";
import { addWords, language, t } from "../lib/i18n.js";
import { findCode, findToken } from "../lib/session.js";
import { html, render } from "../lib/ui.js";
import { leave, watchForExit } from "./leaving.js";
import { readyWorker } from "./push.js";
import { me, showStrip, view } from "./state.js";

const ASK_AGAIN_MS = 3_000;

const { words } = await import(`./words-${language}.js`);
addWords({ [language]: words });
if (document.documentElement.dataset.face !== "gone") open();

async function open() {
  watchForExit();
  readyWorker();
  if (!findToken() || findCode() || findCode("staff")) return openDoor();
  const { openShell } = await import("./shell.js");
  document.documentElement.dataset.face = "talk";
  openShell(screen());
  if (!(await findMe())) return;
  const wanted = /^#\/talk\/([\w-]+)$/.exec(location.hash)?.[1];
  const isStaff = me.value.role === "coordinator" || me.value.role === "admin";
  if (isStaff && !wanted) return location.replace("/desk/");
  const { openTalk, startTalking } = await import("./conductor.js");
  if (wanted) {
    history.replaceState(null, "", location.pathname);
    view.value = { name: "talk", c: wanted };
  }
  await startTalking();
  if (wanted) openTalk(wanted);
}

async function openDoor() {
  const { Start } = await import("./start.js");
  document.documentElement.dataset.face = "intro";
  render(html`<${Start} note=${noteOfExit()} />`, screen());
}

function screen() {
  const place = document.getElementById("app");
  place.replaceChildren();
  return place;
}

function noteOfExit() {
  if (document.documentElement.dataset.storage === "none") return "storage";
  const note = history.state?.note ?? null;
  if (note) history.replaceState(null, "");
  return note;
}

async function findMe() {
  for (;;) {
    try {
      me.value = await request("GET", "/me");
      showStrip("line", "");
      return true;
    } catch (problem) {
      if (problem.status === 401) return void leave("expired");
      if (problem.code === "auth.suspended" || problem.status === 403) return void showStrip("line", t("line.suspended"));
      const reason = problem.code === "net.portal" ? "portal" : navigator.onLine ? "lost" : "offline";
      showStrip("line", t(`line.${reason}`), { label: t("action.retry"), act: () => location.reload() });
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }
}
