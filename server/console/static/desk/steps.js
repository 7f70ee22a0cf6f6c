// The steps of an escalation that ask for words: each says what happens, and who is told.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { ActDialog, Choice, Words, word } from "./parts.js";
import { call, nameOf, say } from "./store.js";

const OUTCOMES = ["safe", "support_arranged", "no_contact", "false_alarm", "other"];
const HANDS = ["professional", "emergency_service", "crisis_service", "veilig_thuis", "huisartsenpost", "other_team", "other"];
const MOST_NOTE = 4000;

/** Come into the conversation of the escalation, seen by all. */
export function Join({ one, onClose, done }) {
  return html`<${JoinForm} one=${one} onClose=${onClose} done=${done} isPrivate=${false} />`;
}

/** Open a line of one's own with the youth. */
export function JoinPrivate({ one, onClose, done }) {
  return html`<${JoinForm} one=${one} onClose=${onClose} done=${done} isPrivate=${true} />`;
}

function JoinForm({ one, onClose, done, isPrivate }) {
  const key = isPrivate ? "private" : "join";
  const act = async () => {
    await call("POST", `/escalations/${one.id}/join`, { private: isPrivate });
    say(t(`done.${key}`));
    return done;
  };
  const name = nameOf(one.youth);
  return html`<${ActDialog} name=${key} title=${t(`act.${key}`)} what=${t(`${key}.what`, { name })} told=${t(`${key}.told`, { name })} action=${t(`act.${key}`)} act=${act} onClose=${onClose} />`;
}

/** End it, saying how. */
export function Resolve({ one, onClose, done }) {
  const act = async ({ outcome, note }) => {
    await call("POST", `/escalations/${one.id}/resolve`, { outcome, note: note.trim() || null });
    say(t("done.resolve"));
    return done;
  };
  return html`<${ActDialog} name="resolve" title=${t("act.resolve")} what=${t("resolve.what")} told=${t("resolve.told")} action=${t("act.resolve")} act=${act} onClose=${onClose}>
    <${Choice} legend=${t("resolve.how")} name="outcome" options=${OUTCOMES.map((one) => [one, word("outcome", one)])} />
    <${Words} label=${t("resolve.note")} hint=${t("resolve.hint")} name="note" most=${MOST_NOTE} />
  <//>`;
}

/** Give it into other hands. */
export function HandOver({ one, onClose, done }) {
  const [to, setTo] = useState(null);
  const act = async ({ to: chosen, told }) => {
    await call("POST", `/escalations/${one.id}/hand-over`, { to: chosen, told: told.split("\n").map((line) => line.trim()).filter(Boolean) });
    say(t("done.hand_over"));
    return done;
  };
  return html`<${ActDialog} name="hand-over" title=${t("act.hand_over")} what=${t("hand_over.what")} told=${t("hand_over.told")} action=${t("act.hand_over")} act=${act} onClose=${onClose}>
    <${Choice} legend=${t("hand_over.to")} name="to" value=${to} onChange=${setTo} options=${HANDS.map((one) => [one, word("to", one)])} />
    ${to === "emergency_service" && html`<p class="note warn">${t("hand_over.112")}</p>`}
    <${Words} label=${t("hand_over.words")} hint=${t("hand_over.hint")} name="told" most=${MOST_NOTE} />
  <//>`;
}

/** Take up again what has ended. */
export function Reopen({ one, onClose, done }) {
  const act = async () => {
    await call("POST", `/escalations/${one.id}/reopen`);
    say(t("done.reopen"));
    return done;
  };
  return html`<${ActDialog} name="reopen" title=${t("act.reopen")} what=${t("reopen.what")} told=${t("reopen.told")} action=${t("act.reopen")} act=${act} onClose=${onClose} />`;
}
