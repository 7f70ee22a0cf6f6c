// One's own second factors: which there are, setting one up, taking one away, recovery codes. Both faces draw it.
import { hasText, t } from "./i18n.js";
import "./factor_words.js";
import { ActDialog } from "./act_dialog.js";
import { CodeField } from "./code_field.js";
import { canUsePasskeys, makeOne } from "./passkeys.js";
import { QrCode } from "./qr.js";
import { momentName } from "./time.js";
import { ActButton, Dialog, Field, createContext, html, useContext, useEffect, useState } from "./ui.js";

/** What a face lends: `call(method, path, body)` with a fresh proof where one is wanted, `explain(problem)`, `say(text, {bad})`. */
const Face = createContext(null);

/** The list and its buttons, under a heading of the face's own; `onCodesKept` is told when new recovery codes were written down. */
export function Factors({ call, explain, say, onCodesKept = () => {} }) {
  const [kept, setKept] = useState(null);
  const [problem, setProblem] = useState(null);
  const [dialog, setDialog] = useState(null);
  const load = () => call("GET", "/me/factors").then((found) => (setKept(found), setProblem(null)), setProblem);
  useEffect(() => void load(), []);
  const close = () => (setDialog(null), load());
  const complain = (failed) => say(explain(failed), { bad: true });
  const showCodes = (codes) => codes && setDialog({ codes });
  const addTotp = async () => setDialog({ totp: await call("POST", "/me/factors/totp", {}) });
  const renew = async () => showCodes((await call("POST", "/me/factors/recovery-codes", {})).recovery_codes);
  if (!kept && !problem) return html`<p class="soft" aria-busy="true">${t("factors.loading")}</p>`;
  if (!kept) return html`<p class="note" role="alert">${explain(problem)}</p><p class="buttons"><button type="button" class="outline" onClick=${load}>${t("factors.again")}</button></p>`;
  const { factors, recovery_codes_left: left, required } = kept;
  return html`<${Face.Provider} value=${{ call, explain, say }}>
    <p class="hint">${t("factors.lead")}</p>
    ${factors.length === 0 && html`<p class=${required ? "note warn" : "soft"}>${t(required ? "factors.required" : "factors.none")}</p>`}
    <ul class="rows factors">${factors.map((one) => html`<li key=${one.id}>
      <span><strong>${nameOf(one)}</strong>${sayAbout(one).map((words) => html`<small>${words}</small>`)}</span>
      <button type="button" class="quiet" onClick=${() => setDialog({ remove: one })}>${t("factors.remove")}</button>
    </li>`)}</ul>
    ${factors.length > 0 && html`<p class="soft">${t("factors.codes", { count: left })}</p>`}
    <div class="buttons">
      ${!factors.some(({ kind }) => kind === "totp") && html`<${ActButton} class="outline" act=${addTotp} onProblem=${complain}>${t("factors.totp")}<//>`}
      ${canUsePasskeys && html`<button type="button" class="outline" onClick=${() => setDialog({ passkey: true })}>${t("factors.passkey")}</button>`}
      ${factors.length > 0 && html`<${ActButton} class="quiet" act=${renew} onProblem=${complain}>${t("factors.renew")}<//>`}
    </div>
    ${!canUsePasskeys && html`<p class="hint">${t("passkey.not_here")}</p>`}
    <${Changes} changes=${kept.changes} />
    ${dialog?.totp && html`<${AddTotp} offer=${dialog.totp} onClose=${close} showCodes=${showCodes} />`}
    ${dialog?.passkey && html`<${AddPasskey} onClose=${close} showCodes=${showCodes} />`}
    ${dialog?.remove && html`<${RemoveFactor} one=${dialog.remove} onClose=${close} done=${load} />`}
    ${dialog?.codes && html`<${Codes} codes=${dialog.codes} onClose=${() => (close(), onCodesKept())} />`}
  <//>`;
}

/** The latest changes, so that whoever did not make one sees it, also after being signed out by it. */
function Changes({ changes }) {
  const shown = changes.filter(({ what }) => hasText(`change.${what}`));
  if (shown.length === 0) return null;
  return html`<details class="changes"><summary>${t("factors.changes")}</summary>
    <ul>${shown.map(({ what, at, own }) => html`<li key=${what + at}>
      <time datetime=${at}>${momentName(new Date(at))}</time>: ${t(`change.${what}`)}${!own && `, ${t("change.by_other")}`}
    </li>`)}</ul>
  </details>`;
}

function nameOf(one) {
  return one.name || t(`factor.${one.kind}`);
}

function sayAbout({ name, kind, added_at: added, last_used_at: used }) {
  const when = (at) => ({ when: momentName(new Date(at)) });
  return [name && t(`factor.${kind}`), t("factors.added", when(added)), used && t("factors.used", when(used))].filter(Boolean);
}

function AddTotp({ offer, onClose, showCodes }) {
  const { call, explain, say } = useContext(Face);
  const act = async ({ otp }) => {
    const { recovery_codes: codes } = await call("POST", "/me/factors/totp/confirm", { otp: otp.trim() });
    say(t("done.factor"));
    return () => showCodes(codes);
  };
  return html`<${ActDialog} name="totp" title=${t("factors.totp")} action=${t("factors.confirm")} act=${act} explain=${explain} onClose=${onClose}>
    <p>${t("totp.scan")}</p>
    <${QrCode} text=${offer.uri} label=${t("totp.qr")} />
    <p class="hint">${t("totp.type")} <code class="secret">${offer.secret}</code></p>
    <${CodeField} label=${t("totp.code")} hint=${t("totp.code.hint")} />
  <//>`;
}

function AddPasskey({ onClose, showCodes }) {
  const { call, explain, say } = useContext(Face);
  const act = async ({ name }) => {
    const { public_key: options } = await call("POST", "/me/factors/passkeys/options", {});
    const { recovery_codes: codes } = await call("POST", "/me/factors/passkeys", { name, ...(await makeOne(options)) });
    say(t("done.factor"));
    return () => showCodes(codes);
  };
  return html`<${ActDialog} name="passkey" title=${t("factors.passkey")} action=${t("factors.make")} act=${act} explain=${explain} onClose=${onClose}>
    <p>${t("passkey.lead")}</p>
    <${Field} label=${t("passkey.name")} hint=${t("passkey.name.hint")}><input name="name" required maxlength="60" autocomplete="off" /><//>
  <//>`;
}

function RemoveFactor({ one, onClose, done }) {
  const { call, explain, say } = useContext(Face);
  const act = async () => {
    await call("DELETE", `/me/factors/${one.id}`);
    say(t("done.factor_removed"));
    return done; // also when the dialog was closed meanwhile
  };
  return html`<${ActDialog} name="remove-factor" title=${t("factors.remove.title", { name: nameOf(one) })} what=${t("factors.remove.what")} told=${t("factors.remove.told")}
    action=${t("factors.remove")} danger=${true} act=${act} explain=${explain} onClose=${onClose} />`;
}

function Codes({ codes, onClose }) {
  return html`<${Dialog} title=${t("codes.title")} onClose=${onClose} plain=${true} name="codes">
    <p>${t("codes.lead")}</p>
    <ol class="codes">${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}</ol>
    <div class="buttons end"><button type="button" class="primary" onClick=${onClose}>${t("codes.kept")}</button></div>
  <//>`;
}
