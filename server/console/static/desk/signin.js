// The way in: e-mail address and password, then the second factor; or a passkey, which is both.
import { html, useState } from "../lib/ui.js";
import { request } from "../lib/api.js";
import { language, t } from "../lib/i18n.js";
import { CodeField, hintFor } from "../lib/code_field.js";
import { canUsePasskeys, signInByPasskey } from "../lib/passkeys.js";
import { keepToken } from "../lib/session.js";
import { Field } from "./parts.js";
import { explain } from "./store.js";

const MOST_EMAIL = 254;

export function SignIn({ onSignedIn, over = false, problem: first = null, retry }) {
  const [problem, setProblem] = useState(first);
  const [codeHint, setCodeHint] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [isForeign, setForeign] = useState(false);
  const attempt = (act) => async (event) => {
    event?.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      keepToken(await act(event), { onlyThisTab: isForeign });
      await onSignedIn();
    } catch (failed) {
      if (failed.code === "auth.otp_required") setCodeHint(hintFor(failed));
      setProblem(failed.code === "auth.otp_required" ? null : failed);
    }
    setBusy(false);
  };
  const byPassword = attempt(async (event) => {
    const { email, password, otp } = Object.fromEntries(new FormData(event.target));
    const given = { email, password, device_name: nameDevice(), ...(otp ? { otp: otp.trim() } : {}) };
    return (await request("POST", "/sessions", given, { token: null })).token;
  });
  const byPasskey = attempt(async () => (await signInByPasskey(nameDevice())).token);
  return html`<main class="door" id="main">
    <p class="brand"><img src="/static/desk/icon.svg" alt="" width="40" height="40" /><span>Warmlijn</span></p>
    <h1>${t("door.title")}</h1>
    ${over && html`<p class="note warn" role="status">${t("door.over")}</p>`}
    ${first && html`<p class="note warn" role="status">${explain(first)} <button type="button" class="ghost small" onClick=${retry}>${t("action.again")}</button></p>`}
    <form onSubmit=${byPassword} class="panel">
      <${Field} label=${t("door.email")}><input type="email" name="email" autocomplete="username" required maxlength=${MOST_EMAIL} /><//>
      <${Field} label=${t("door.password")}><input type="password" name="password" autocomplete="current-password" required /><//>
      ${codeHint && html`<${CodeField} hint=${codeHint} />`}
      <label class="check"><input type="checkbox" checked=${isForeign} onChange=${(event) => setForeign(event.target.checked)} /> <span>${t("door.foreign")}<small>${t("door.foreign.hint")}</small></span></label>
      ${problem && problem !== first && html`<p class="note bad" role="alert">${explain(problem)}</p>`}
      <div class="buttons"><button type="submit" class="primary" aria-disabled=${isBusy}>${t("door.go")}</button></div>
    </form>
    ${canUsePasskeys && html`<button type="button" class="outline wide" aria-disabled=${isBusy} onClick=${byPasskey}>${t("door.passkey")}</button>`}
    <p class="languages"><a href="/desk/?lang=nl" lang="nl" aria-current=${language === "nl" ? "true" : undefined}>Nederlands</a> <a href="/desk/?lang=en" lang="en" aria-current=${language === "en" ? "true" : undefined}>English</a></p>
  </main>`;
}

function nameDevice() {
  const system = /Windows|Macintosh|iPhone|iPad|Android|Linux/.exec(navigator.userAgent)?.[0] ?? "";
  return t("door.device", { system: system.replace("Macintosh", "Mac") }).trim();
}
