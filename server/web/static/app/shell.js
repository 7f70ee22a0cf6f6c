// The signed-in screen: the list (home), beside it or over it the open page, and the sheet on top.
import { t } from "../lib/i18n.js";
import { clockError, duration } from "../lib/time.js";
import { html, render } from "../lib/ui.js";
import { CalledSheet } from "./called.js";
import { findElsewhere, listTalks, nudge, openTalk } from "./conductor.js";
import { HelpNow, HelpSheet } from "./help_card.js";
import { Home } from "./home.js";
import { later } from "./later.js";
import { Room } from "./room.js";
import { bookVersion, call, isFree, isWide, isYouth, line, openSheet, sheet, showStrip, strips, view } from "./state.js";

// The talk and the help card are there from the start; the rest is fetched when it is opened (the worker has it already).
const PAGES = {
  talk: Room,
  hours: later(() => import("./hours.js"), "HoursPage"),
  ledger: later(() => import("./ledger.js"), "LedgerPage"),
  mine: later(() => import("./mine.js"), "MinePage"),
  intake: later(() => import("./intake.js"), "IntakePage"),
};
const SHEETS = {
  help: HelpSheet,
  called: CalledSheet,
  readers: later(() => import("./honest.js"), "ReadersSheet"),
  looks: later(() => import("./honest.js"), "LooksSheet"),
  message: later(() => import("./message_menu.js"), "MessageMenu"),
  report: later(() => import("./message_menu.js"), "ReportSheet"),
  pause: later(() => import("./evening_sheets.js"), "PauseSheet"),
  worry: later(() => import("./evening_sheets.js"), "WorrySheet"),
  care: later(() => import("./evening_sheets.js"), "CareSheet"),
  handover: later(() => import("./evening_sheets.js"), "HandOverSheet"),
  talk: later(() => import("./parting.js"), "TalkMenu"),
  change: later(() => import("./parting.js"), "ChangeSheet"),
  close: later(() => import("./parting.js"), "CloseSheet"),
  closing: later(() => import("./parting.js"), "ClosingSheet"),
  code: later(() => import("./mine.js"), "NewCodeSheet"),
  signout: later(() => import("./mine.js"), "SignOutSheet"),
};
const MENDING = { lost: "retry", offline: "retry", portal: "retry", busy: "retry", version: "reload", protocol: "reload", replaced: "here" };

/** Draw the screen into an element and keep it true. */
export function openShell(place) {
  render(html`<${Shell} />`, place);
}

function Shell() {
  const { name } = view.value;
  const Page = PAGES[name];
  return html`<div class="talk" data-view=${name === "home" ? "list" : "page"}>
      <nav class="rail" aria-label=${t("home.label")}><${Home} /></nav>
      <main class="room" id="main">
        ${name === "home" ? html`${isWide.value && html`<${HelpNow} /><${Strips} />`}<${Nothing} />` : html`<${Page} key=${view.value.c ?? name} />`}
      </main>
    </div>
    <${Sheet} />`;
}

function Sheet() {
  const open = sheet.value;
  if (!open) return null;
  const { name, ...needs } = open;
  const Part = SHEETS[name];
  return html`<${Part} key=${name} ...${needs} />`;
}

function Nothing() {
  bookVersion.value;
  return html`<p class="nothing">${listTalks().length > 0 && t("home.choose")}</p>`;
}

/** Everything that is said above a page: the line, the clock, the own call for help, and sentences that stay. */
export function Strips() {
  return html`<div class="strips">
    <${LineStrip} />
    ${isYouth() && call.value.text && html`<div role="status"><button type="button" class="strip called" id="help-state" onClick=${() => openSheet("called")}><span>${call.value.text}</span></button></div>`}
    <${Elsewhere} />
    ${strips.value.map(
      ({ key, text, action }) => html`<div class="strip" role="status" key=${key} data-strip=${key}>
        <span>${text}</span>
        ${action && html`<button type="button" class="quiet" onClick=${action.act}>${action.label}</button>`}
        ${!action && html`<button type="button" class="quiet" onClick=${() => showStrip(key, "")}>${t("action.close")}</button>`}
      </div>`,
    )}
    ${clockError() !== 0 && line.value.state === "live" && html`<div class="strip" role="status" data-strip="clock"><span>${t("line.clock", { off: duration(Math.abs(clockError())) })}</span></div>`}
  </div>`;
}

/** Somebody wrote in another talk than the one that fills the screen: a coordinator who came, or another youth. */
function Elsewhere() {
  bookVersion.value;
  const talk = !isWide.value && !isFree() && view.value.name !== "home" && findElsewhere();
  return html`<div role="status">${talk && html`<div class="strip" data-strip="elsewhere">
    <span>${t("home.elsewhere", { name: talk.name })}</span>
    <button type="button" class="quiet" onClick=${() => openTalk(talk.id)}>${t("duty.open")}</button>
  </div>`}</div>`;
}

function LineStrip() {
  const { state, reason } = line.value;
  if (reason === null || (state !== "waiting" && state !== "away")) return null;
  const kind = MENDING[reason];
  const mend = kind === "reload" ? () => location.reload() : nudge;
  return html`<div class="strip line" id="line" role="status">
    <span id="line-text">${t(`line.${reason}`)}</span>
    ${kind && html`<button type="button" class="quiet" id="line-action" onClick=${mend}>${t(`action.${kind}`)}</button>`}
  </div>`;
}
