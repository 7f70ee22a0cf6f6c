// The sheet after "I need help now": where the call stands, the way to the coordinator who came, and the numbers.
import { t } from "../lib/i18n.js";
import { Dialog, html } from "../lib/ui.js";
import { findHelper, openTalk } from "./conductor.js";
import { HelpCard } from "./help_card.js";
import { bookVersion, call, closeSheet, view } from "./state.js";

export function CalledSheet() {
  bookVersion.value; // a coordinator may come while it is open
  const helper = findHelper();
  const go = () => (closeSheet(), openTalk(helper.id));
  return html`<${Dialog} name="called" title=${t("help.called")} onClose=${closeSheet}>
    <p class="note" id="help-now-next" role="status">${call.value.text}</p>
    ${helper && view.value.c !== helper.id && html`<button type="button" class="primary wide" id="to-helper" onClick=${go}>${t("help.to_talk", { name: helper.name })}</button>`}
    <p>${t("help.may_call")}</p>
    <${HelpCard} />
  <//>`;
}
