// The way in: e-mail address and password, then the second factor; or a passkey, which is both.
import { html, useState } from "../lib/ui.js";
import { request } from "../lib/api.js";
import { language, t } from "../lib/i18n.js";
import { keepToken } from "../lib/session.js";
import { canUsePasskeys, useOne } from "./passkeys.js";
import { Field } from "./parts.js";
import { explain } from "./store.js";

const MOST_EMAIL = 254;

export function SignIn({ onSignedIn, over = false, problem: first = null, retry }) {
  const [problem, setProblem] = useState(first);
  const [asksCode, setAsksCode] = useState(false);
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
      if (failed.code === "auth.otp_required") setAsksCode(true);
      setProblem(failed.code === "auth.otp_required" ? null : failed);
    }
    setBusy(false);
  };
  const byPassword = attempt(async (event) => {
    const { email, password, otp } = Object.fromEntries(new FormData(event.target));
    const given = { email, password, device_name: nameDevice(), ...(otp ? { otp: otp.trim() } : {}) };
    return (await request("POST", "/sessions", given, { token: null })).token;
  });
  const byPasskey = attempt(async () => {
    const { public_key: options } = await request("POST", "/sessions/passkey/options", {}, { token: null });
    const proof = await useOne(options);
    return (await request("POST", "/sessions/passkey", { ...proof, device_name: nameDevice() }, { token: null })).token;
  });
  return html`<main class="door" id="main">
    <p class="brand"><img src="/static/desk/icon.svg" alt="" width="40" height="40" /><span>Warmlijn</span></p>
    <h1>${t("door.title")}</h1>
    ${over && html`<p class="note warn" role="status">${t("door.over")}</p>`}
    ${first && html`<p class="note warn" role="status">${explain(first)} <button type="button" class="ghost small" onClick=${retry}>${t("action.again")}</button></p>`}
    <form onSubmit=${byPassword} class="panel">
      <${Field} label=${t("door.email")}><input type="email" name="email" autocomplete="username" required maxlength=${MOST_EMAIL} /><//>
      <${Field} label=${t("door.password")}><input type="password" name="password" autocomplete="current-password" required /><//>
      ${asksCode && html`<${CodeField} />`}
      <label class="check"><input type="checkbox" checked=${isForeign} onChange=${(event) => setForeign(event.target.checked)} /> <span>${t("door.foreign")}<small>${t("door.foreign.hint")}</small></span></label>
      ${problem && problem !== first && html`<p class="note bad" role="alert">${sayWhy(problem)}</p>`}
      <div class="buttons"><button type="submit" class="primary" aria-disabled=${isBusy}>${t("door.go")}</button></div>
    </form>
    ${canUsePasskeys && html`<button type="button" class="outline wide" aria-disabled=${isBusy} onClick=${byPasskey}>${t("door.passkey")}</button>`}
    <p class="languages"><a href="/desk/?lang=nl" lang="nl" aria-current=${language === "nl" ? "true" : undefined}>Nederlands</a> <a href="/desk/?lang=en" lang="en" aria-current=${language === "en" ? "true" : undefined}>English</a></p>
  </main>`;
}

/** The field for six digits or a recovery code; it takes the focus when it appears. */
export function CodeField({ label = t("door.code") }) {
  return html`<${Field} label=${label} hint=${t("door.code.hint")}>
    <input name="otp" inputmode="text" autocomplete="one-time-code" required maxlength="64" ref=${(field) => field?.dataset.seen === undefined && field && ((field.dataset.seen = ""), field.focus())} />
  <//>`;
}

/** A passkey that was stopped in the browser is no problem of the server's. */
export function sayWhy(problem) {
  return problem instanceof DOMException ? t("passkey.stopped") : explain(problem);
}

function nameDevice() {
  const system = /Windows|Macintosh|iPhone|iPad|Android|Linux/.exec(navigator.userAgent)?.[0] ?? "";
  return t("door.device", { system: system.replace("Macintosh", "Mac") }).trim();
}
