// The one screen between the door and the talk: what this is, who can read what, and the recovery code, shown once.
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/ui.js";
import { ExitButton } from "./exit.js";

/** Somebody arrived: `user`, the recovery code or null, and whether they were here before. */
export function Welcome({ user, recoveryCode, isBack = false }) {
  return html`<div class="intro welcome">
    <header class="intro-head">
      <p class="brand"><img src="/static/app/icon.svg" alt="" width="36" height="36" />Warmlijn</p>
      <${ExitButton} />
    </header>
    <main>
      <h1>${t(isBack ? "welcome.back" : "welcome.title", { name: user.display_name })}</h1>
      ${!isBack && html`<ul class="points card">
        ${["what", "who", "when"].map((point) => html`<li key=${point}><h2>${t(`welcome.${point}`)}</h2><p>${t(`welcome.${point}_text`)}</p></li>`)}
      </ul>`}
      ${recoveryCode && html`<${RecoveryCode} code=${recoveryCode} />`}
      <p class="buttons"><button type="button" class="primary" id="to-talk" onClick=${() => location.reload()}>${t("welcome.go")}</button></p>
    </main>
  </div>`;
}

/** The code with which one comes in on another phone. It is shown here and never again. */
export function RecoveryCode({ code }) {
  const [said, setSaid] = useState("copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setSaid("copied");
    } catch {
      setSaid("not_copied"); // not permitted, or no clipboard here: nobody may believe that it is kept
    }
  };
  return html`<section class="card recovery" aria-labelledby="recovery-title">
    <h2 id="recovery-title">${t("recovery.title")}</h2>
    <p>${t("recovery.text")}</p>
    <p class="code" id="recovery-code">${code}</p>
    <p class="buttons"><button type="button" class="outline" id="copy-code" onClick=${copy}>${t(said === "copied" ? "recovery.copied" : "recovery.copy")}</button></p>
    <p class="form-note" role="status">${said === "not_copied" && t("recovery.not_copied")}</p>
  </section>`;
}
