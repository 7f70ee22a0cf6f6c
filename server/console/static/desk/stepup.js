// Show again who you are: asked where the server wants a fresh proof, and then the call goes on.
import { html, useState } from "../lib/ui.js";
import { request } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { renewToken } from "../lib/session.js";
import { canUsePasskeys, useOne } from "./passkeys.js";
import { Dialog, Field } from "./parts.js";
import { CodeField, sayWhy } from "./signin.js";
import { proof } from "./store.js";

export function StepUp() {
  const [problem, setProblem] = useState(null);
  const [asksCode, setAsksCode] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const attempt = (act) => async (event) => {
    event?.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      const { token } = await act(event);
      if (token) renewToken(token);
      proof.value.done();
    } catch (failed) {
      setBusy(false);
      if (failed.code === "auth.otp_required") setAsksCode(true);
      else setProblem(failed);
    }
  };
  const byPassword = attempt((event) => {
    const { password, otp } = Object.fromEntries(new FormData(event.target));
    return request("POST", "/sessions/current/step-up", { password, ...(otp ? { otp: otp.trim() } : {}) });
  });
  const byPasskey = attempt(async () => {
    const { public_key: options } = await request("POST", "/sessions/current/step-up/passkey/options", {});
    return request("POST", "/sessions/current/step-up/passkey", await useOne(options));
  });
  return html`<${Dialog} title=${t("proof.title")} onClose=${() => proof.value.cancel()} plain=${true} name="proof">
    <p>${t("proof.why")}</p>
    <form onSubmit=${byPassword} class="act">
      <${Field} label=${t("door.password")}><input type="password" name="password" autocomplete="current-password" required autofocus /><//>
      ${asksCode && html`<${CodeField} />`}
      ${problem && html`<p class="note bad" role="alert">${sayWhy(problem)}</p>`}
      <div class="buttons end">
        <button type="button" class="quiet" onClick=${() => proof.value.cancel()}>${t("action.cancel")}</button>
        ${canUsePasskeys && html`<button type="button" class="outline" aria-disabled=${isBusy} onClick=${byPasskey}>${t("proof.passkey")}</button>`}
        <button type="submit" class="primary" aria-disabled=${isBusy}>${t("proof.go")}</button>
      </div>
    </form>
  <//>`;
}
