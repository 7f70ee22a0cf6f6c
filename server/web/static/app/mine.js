// One's own page: who one is here, who can read, other devices, language, and the way out.
import { endSession, request } from "../lib/api.js";
import { problemText, t } from "../lib/i18n.js";
import { canPush } from "../lib/push.js";
import { isTabOnly } from "../lib/session.js";
import { momentName } from "../lib/time.js";
import { ActButton, Dialog, html, useEffect, useState } from "../lib/ui.js";
import { countUnsent, forgetUnsent } from "./conductor.js";
import { HelpNow } from "./help_card.js";
import { Languages } from "./languages.js";
import { later } from "./later.js";
import { exitNow, leave } from "./leaving.js";
import { acceptPush, isPushOn, stopPush } from "./push.js";
import { PageHead } from "./room.js";
import { Strips } from "./shell.js";
import { closeSheet, isYouth, me, openSheet, showStrip } from "./state.js";
import { RecoveryCode } from "./welcome.js";

const FactorsPart = later(() => import("./factors.js"), "FactorsPart");

export function MinePage() {
  if (!me.value) return null;
  return html`<${PageHead} title=${t("mine.title")} />
    <${HelpNow} />
    <${Strips} />
    <div class="page" id="mine" tabindex="0" role="region" aria-label=${t("mine.title")}>
      <p id="more-me">${t("mine.me", { name: me.value.display_name, team: me.value.team.name })}</p>
      <ul class="menu">
        <li><button type="button" class="row" data-open="readers" onClick=${() => openSheet("readers")}>${t("honest.title")}</button></li>
        ${isYouth() && html`<li><button type="button" class="row" onClick=${() => openSheet("looks")}>${t("talk.looks")}</button></li>`}
        ${isYouth() && html`<li><button type="button" class="row" data-open="code" onClick=${() => openSheet("code")}>${t("mine.new_code")}</button></li>`}
      </ul>
      ${canPush && !isTabOnly() && html`<${Pushes} />`}
      ${!isYouth() && html`<${FactorsPart} />`}
      <${Devices} />
      <section class="mine-part"><h2>${t("mine.language")}</h2><${Languages} /></section>
      <section class="mine-part"><h2>${t("mine.leave")}</h2>
        ${isYouth() && html`<p>${t("mine.exit_text")}</p><p class="buttons"><button type="button" class="outline" onClick=${() => exitNow()}>${t("exit.label")}</button></p>`}
        <p class="buttons"><button type="button" class="outline" id="sign-out" onClick=${() => openSheet("signout")}>${t("mine.sign_out")}</button></p>
      </section>
    </div>`;
}

function Pushes() {
  const isDenied = Notification.permission === "denied";
  const isOn = isPushOn();
  return html`<section class="mine-part" id="pushes"><h2>${t("mine.push")}</h2>
    <p>${t(isDenied ? "push.denied" : "push.text")}</p>
    ${!isDenied && html`<p class="buttons"><${ActButton} class="outline" act=${isOn ? stopPush : acceptPush} onProblem=${(one) => showStrip("push", problemText(one))}>${t(isOn ? "push.stop" : "push.yes")}<//></p>`}
  </section>`;
}

function Devices() {
  const [{ sessions, recovery_code_made_at: madeAt }, setFound] = useState({ sessions: [] });
  const load = () => request("GET", "/sessions").then(setFound).catch(() => {});
  useEffect(() => void load(), []);
  const end = async (id) => {
    await request("DELETE", `/sessions/${id}`);
    await load();
  };
  if (sessions.length === 0) return null;
  return html`<section class="mine-part"><h2>${t("mine.devices")}</h2>
    ${isYouth() && sessions.length > 1 && html`<p>${t("mine.devices_text")}</p>`}
    <ul class="devices">${sessions.map((session) => html`<li key=${session.id}>
      <span><strong>${session.device_name}</strong><small>${t(session.recovered ? "mine.recovered" : "mine.since", { when: momentName(new Date(session.created_at)) })}</small><small>${session.current ? t("mine.this_device") : t("mine.used", { when: momentName(new Date(session.last_used_at)) })}</small></span>
      ${!session.current && html`<${ActButton} class="quiet" act=${() => end(session.id)} onProblem=${(one) => showStrip("devices", problemText(one))}>${t("mine.end_device")}<//>`}
    </li>`)}</ul>
    ${isYouth() && madeAt && html`<p class="hint">${t("mine.code_since", { when: momentName(new Date(madeAt)) })}</p>`}
  </section>`;
}

/** A new recovery code; the one before works no longer. */
export function NewCodeSheet() {
  const [code, setCode] = useState(null);
  const [problem, setProblem] = useState("");
  const make = async () => setCode((await request("POST", "/me/recovery-code", {})).recovery_code);
  return html`<${Dialog} name="code" title=${t("mine.new_code")} onClose=${closeSheet}>
    ${code ? html`<${RecoveryCode} code=${code} />` : html`<p>${t("mine.new_code_text")}</p>
      <p class="buttons"><${ActButton} act=${make} onProblem=${(one) => setProblem(problemText(one))}>${t("mine.new_code_make")}<//></p>`}
    <p class="form-note" role="alert">${problem}</p>
  <//>`;
}

/** Signing out, said plainly: what it takes with it and how one comes back. */
export function SignOutSheet() {
  const [problem, setProblem] = useState("");
  const unsent = countUnsent();
  const out = async () => {
    await endSession();
    await forgetUnsent();
    leave("signed_out");
  };
  return html`<${Dialog} name="signout" title=${t("mine.sign_out")} onClose=${closeSheet}>
    <p>${t(isYouth() ? "out.youth" : "out.expert")}</p>
    ${unsent > 0 && html`<p class="note" role="alert">${t("out.unsent", { count: unsent })}</p>`}
    <p class="buttons"><${ActButton} id="sign-out-now" act=${out} onProblem=${(one) => setProblem(one.isUnreached ? t("out.failed") : problemText(one))}>${t("mine.sign_out")}<//></p>
    <p class="form-note" role="alert">${problem}</p>
  <//>`;
}
