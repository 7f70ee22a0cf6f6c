// The help card: numbers to tap, which came with the page and need no network.
import { t } from "../lib/i18n.js";
import { Dialog, html } from "../lib/ui.js";
import { listHelpLines, pressHelp } from "./help.js";
import { closeSheet, isYouth } from "./state.js";

export function HelpCard() {
  const lines = listHelpLines();
  return html`<ul class="help-lines">
      ${lines.map(
        (line) => html`<li key=${line.dialled}>
          <span>${line.when}</span>
          <small>${line.name === line.shown ? line.hours : `${line.name}, ${line.hours}`}</small>
          <a class="call" href="tel:${line.dialled}">${t("help.call", { number: line.shown })}</a>
        </li>`,
      )}
    </ul>
    ${lines.length > 0 && html`<p class="hint">${t("help.checked", { day: lines[0].checked })}</p>`}`;
}

/** The sheet behind "Hulp": whom one may call, and for a youth the button that calls the team. */
export function HelpSheet() {
  return html`<${Dialog} name="help" title=${t("help.title")} onClose=${closeSheet}>
    <p>${t("help.lead")}</p>
    ${isYouth() && html`<button type="button" class="danger wide" onClick=${pressHelp}>${t("help.now")}</button>`}
    <${HelpCard} />
  <//>`;
}

/** "I need help now": the same words everywhere, never behind a menu. */
export function HelpNow() {
  if (!isYouth()) return null;
  return html`<button type="button" class="help-now" data-help-now onClick=${pressHelp}>${t("help.now")}</button>`;
}
