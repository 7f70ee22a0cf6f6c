// Show again who you are: asked where the server wants a fresh proof, and then the call goes on.
import { t } from "./i18n.js";
import "./factor_words.js";
import { renewSession, request } from "./api.js";
import { CodeField, hintFor } from "./code_field.js";
import { canUsePasskeys, proveByPasskey } from "./passkeys.js";
import { Dialog, Field, html, signal, useState } from "./ui.js";

/** The proof that a call waits for: `{done(), cancel()}` while somebody is asked who they are; a face draws `StepUp` then. */
export const proof = signal(null);

/** What was not done because the person changed their mind. */
export class Cancelled extends Error {}

let asked = null;

/** Do `act()`; where the server asks for a fresh proof, that is asked for, and it is done again. Throws Cancelled without one. */
export async function withProof(act) {
  try {
    return await act();
  } catch (problem) {
    if (problem.code !== "auth.step_up_required") throw problem;
    await askProof();
    return act();
  }
}

function askProof() {
  asked ??= new Promise((resolve, reject) => {
    const end = (settle) => () => {
      asked = null;
      proof.value = null;
      settle();
    };
    proof.value = { done: end(resolve), cancel: end(() => reject(new Cancelled("no proof"))) };
  });
  return asked;
}

/** The dialog that asks; `explain(problem)` says what went wrong. */
export function StepUp({ explain }) {
  const [problem, setProblem] = useState(null);
  const [codeHint, setCodeHint] = useState("");
  const [isBusy, setBusy] = useState(false);
  const attempt = (prove) => async (event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await renewSession((token) => prove(token, event));
      proof.value.done();
    } catch (failed) {
      setBusy(false);
      if (failed.code === "auth.otp_required") setCodeHint(hintFor(failed));
      else setProblem(failed);
    }
  };
  const byPassword = attempt((token, event) => {
    const { password, otp } = Object.fromEntries(new FormData(event.target));
    return request("POST", "/sessions/current/step-up", { password, ...(otp ? { otp: otp.trim() } : {}) }, { token });
  });
  return html`<${Dialog} title=${t("proof.title")} onClose=${() => proof.value.cancel()} plain=${true} name="proof">
    <p>${t("proof.why")}</p>
    <form onSubmit=${byPassword} class="act">
      <${Field} label=${t("proof.password")}><input type="password" name="password" autocomplete="current-password" required autofocus /><//>
      ${codeHint && html`<${CodeField} hint=${codeHint} />`}
      ${problem && html`<p class="note bad" role="alert">${explain(problem)}</p>`}
      <div class="buttons end">
        <button type="button" class="quiet" onClick=${() => proof.value.cancel()}>${t("action.cancel")}</button>
        ${canUsePasskeys && html`<button type="button" class="outline" aria-disabled=${isBusy} onClick=${attempt(proveByPasskey)}>${t("proof.passkey")}</button>`}
        <button type="submit" class="primary" aria-disabled=${isBusy}>${t("proof.go")}</button>
      </div>
    </form>
  <//>`;
}
