// Before anybody is signed in: an invitation of a youth or a colleague, a recovery code, or an e-mail address and password.
import { Problem, createApi, request } from "../lib/api.js";
import { problemText, t } from "../lib/i18n.js";
import { CodeField, hintFor } from "../lib/code_field.js";
import { canUsePasskeys, sayStopped, signInByPasskey } from "../lib/passkeys.js";
import { findCode, keepToken } from "../lib/session.js";
import { Field, html, useRef, useState } from "../lib/ui.js";
import { ExitButton } from "./exit.js";
import { HelpCard } from "./help_card.js";
import { Languages } from "./languages.js";
import { Welcome } from "./welcome.js";

/** The start page. `note` says why somebody is here again: signed_out, expired, storage. */
export function Start({ note }) {
  const [arrival, setArrival] = useState(null);
  const [way, setWay] = useState(findCode("staff") ? "colleague" : findCode() ? "invited" : "choose");
  if (arrival) return html`<${Welcome} ...${arrival} />`;
  return html`<div class="intro">
    <header class="intro-head">
      <p class="brand"><img src="/static/app/icon.svg" alt="" width="36" height="36" />Warmlijn</p>
      <${ExitButton} />
      <${Languages} />
    </header>
    <main>
      ${note && html`<p class="note" role="alert" id="intro-note">${t(`intro.${note}`)}</p>`}
      <h1>${t(way === "colleague" ? "colleague.title" : "intro.title")}</h1>
      <p class="lead">${t(way === "colleague" ? "colleague.lead" : "intro.lead")}</p>
      <div class="intro-columns">
        <section class="card doors" aria-labelledby="start-title">
          <h2 id="start-title">${t(way === "choose" ? "intro.come_in" : `way.${way}`)}</h2>
          ${way === "choose" && html`<${Ways} onChoose=${setWay} />`}
          ${way === "invited" && html`<${Enrol} onArrive=${setArrival} />`}
          ${way === "colleague" && html`<${EnrolColleague} />`}
          ${way === "again" && html`<${Recover} onArrive=${setArrival} />`}
          ${way === "expert" && html`<${SignIn} />`}
          ${way !== "choose" && html`<button type="button" class="quiet" onClick=${() => setWay("choose")}>${t("way.other")}</button>`}
        </section>
        <section class="intro-side" aria-labelledby="honest-title">
          <h2 id="honest-title">${t("honest.title")}</h2>
          <p>${t("honest.who")}</p>
          <p>${t("honest.sealed")}</p>
          <p>${t("honest.not_e2e")}</p>
        </section>
      </div>
      <section class="intro-help" aria-labelledby="intro-help-title">
        <h2 id="intro-help-title">${t("help.title")}</h2>
        <p>${t("help.lead")}</p>
        <${HelpCard} />
      </section>
    </main>
  </div>`;
}

function Ways({ onChoose }) {
  return html`<ul class="ways">
    ${["invited", "again", "expert"].map(
      (way) => html`<li key=${way}><button type="button" class=${way === "invited" ? "primary" : "outline"} data-way=${way} onClick=${() => onChoose(way)}>${t(`way.${way}`)}</button></li>`,
    )}
  </ul>`;
}

function Enrol({ onArrive }) {
  const code = findCode();
  const arrive = async (given) => {
    const { token, user } = await ask("/enrol", { code: code || given.code, display_name: given.display_name });
    keep(token, given);
    onArrive({ user, recoveryCode: await makeRecoveryCode(token) });
  };
  return html`<${Form} id="enrol" act=${arrive} label=${t("enrol.start")} prefix="enrol">
    ${!code && html`<${Field} label=${t("enrol.code")}><input name="code" required maxlength="128" autocapitalize="off" autocorrect="off" spellcheck=${false} /><//>`}
    <${Field} label=${t("enrol.name")} hint=${t("enrol.name_hint")}><input name="display_name" required maxlength="80" autocomplete="off" /><//>
    <${OwnDevice} />
  <//>`;
}

/** Somebody of the team makes their own account; each role ends at its own face. */
function EnrolColleague() {
  const arrive = async ({ display_name: name, email, password, ...given }) => {
    const { token, user } = await ask("/enrol/staff", { code: findCode("staff"), display_name: name, email, password });
    keep(token, given);
    location.replace(user.role === "expert" ? "/" : "/desk/");
  };
  return html`<${Form} id="enrol-colleague" act=${arrive} label=${t("colleague.start")} prefix="colleague">
    <${Field} label=${t("colleague.name")} hint=${t("colleague.name_hint")}><input name="display_name" required maxlength="80" autocomplete="nickname" /><//>
    <${Field} label=${t("sign_in.email")} hint=${t("colleague.email_hint")}><input name="email" type="email" required maxlength="254" autocomplete="username" /><//>
    <${Field} label=${t("sign_in.password")} hint=${t("colleague.password_hint")}><input name="password" type="password" required minlength="12" maxlength="256" autocomplete="new-password" /><//>
    <${OwnDevice} />
  <//>`;
}

function Recover({ onArrive }) {
  const arrive = async (given) => {
    const { token, user, recovery_code: recoveryCode } = await ask("/recoveries", { code: given.code.trim() });
    keep(token, given);
    onArrive({ user, recoveryCode, isBack: true });
  };
  return html`<${Form} id="recover" act=${arrive} label=${t("recover.start")} prefix="recover">
    <${Field} label=${t("recover.code")} hint=${t("recover.hint")}><input name="code" required maxlength="128" autocapitalize="off" autocorrect="off" spellcheck=${false} autocomplete="off" /><//>
    <${OwnDevice} />
  <//>`;
}

function SignIn() {
  const [codeHint, setCodeHint] = useState("");
  const arrive = (token, given) => {
    keep(token, given);
    location.reload();
  };
  const byPassword = async ({ email, password, otp, ...given }) => {
    try {
      const { token } = await ask("/sessions", { email, password, ...(otp ? { otp: otp.trim() } : {}) });
      arrive(token, given);
    } catch (problem) {
      if (problem.code !== "auth.otp_required") throw problem;
      setCodeHint(hintFor(problem));
    }
  };
  const byPasskey = async (given) => arrive((await signInByPasskey(deviceName())).token, given);
  return html`<${Form} id="sign-in" act=${byPassword} label=${t("sign_in.start")} prefix="sign_in" other=${canUsePasskeys && [t("sign_in.passkey"), byPasskey]}>
    <${Field} label=${t("sign_in.email")}><input name="email" type="email" required maxlength="254" autocomplete="username" /><//>
    <${Field} label=${t("sign_in.password")}><input name="password" type="password" required maxlength="256" autocomplete="current-password" /><//>
    ${codeHint && html`<${CodeField} hint=${codeHint} />`}
    <${OwnDevice} />
  <//>`;
}

function OwnDevice() {
  return html`<label class="check"><input type="checkbox" name="borrowed" /><span>${t("device.borrowed")}<br /><small>${t("device.borrowed_hint")}</small></span></label>`;
}

/** A form and its button; `other` is a second way in that needs none of the fields: `[words, act]`. */
function Form({ id, act, label, prefix, other, children }) {
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const form = useRef(null);
  const attempt = async (way) => {
    if (isBusy) return;
    setBusy(true);
    setNote("");
    try {
      await way(Object.fromEntries(new FormData(form.current)));
    } catch (problem) {
      setNote(problem instanceof Problem ? problemText(problem, prefix) : (sayStopped(problem) ?? t("intro.storage")));
    }
    setBusy(false);
  };
  const submit = (event) => (event.preventDefault(), attempt(act));
  return html`<form id=${id} ref=${form} onSubmit=${submit}>
    ${children}
    <p class="form-note" role="alert">${note}</p>
    <div class="buttons">
      <button class="primary" aria-disabled=${isBusy}>${label}</button>
      ${other && html`<button type="button" class="outline" aria-disabled=${isBusy} onClick=${() => attempt(other[1])}>${other[0]}</button>`}
    </div>
  </form>`;
}

function ask(path, body) {
  return request("POST", path, { ...body, device_name: deviceName() }, { token: null });
}

function keep(token, { borrowed }) {
  keepToken(token, { onlyThisTab: borrowed !== undefined });
}

async function makeRecoveryCode(token) {
  try {
    return (await createApi(token)("POST", "/me/recovery-code", {})).recovery_code;
  } catch {
    return null; // it can be made later, on the own page
  }
}

function deviceName() {
  const agent = navigator.userAgent;
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((one) => agent.includes(one)) ?? "";
  const browser = ["Firefox", "Edg", "Chrome", "Safari"].find((one) => agent.includes(one)) ?? "Browser";
  return [browser.replace("Edg", "Edge"), system].filter(Boolean).join(", ");
}
