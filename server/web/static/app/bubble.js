// One message: its bubble, what it answers, where it is, and what can be done with it.
import { hasText, t } from "../lib/i18n.js";
import { clockTime, momentName } from "../lib/time.js";
import { classes, html, useState } from "../lib/ui.js";
import { discard, nameOf, tryAgain, withdraw } from "./conductor.js";
import { askDuty } from "./duty.js";
import { Icon } from "./icons.js";
import { pressHelp } from "./help.js";
import { isYouth, openSheet, showStrip, shutUntil } from "./state.js";

const LONG_PRESS_MS = 500;
const MOVED_PX = 10;

export function Message({ message, talk, quoted, onReply, onEdit }) {
  const openMenu = () => openSheet("message", { message, talk, onReply });
  const answered = message.replyTo ? quoted(message.replyTo) : null;
  const press = useLongPress(openMenu, !message.gone && message.mid);
  const who = message.isMine ? t("message.mine") : nameOf(talk, message.sender);
  return html`<li class=${classes("message", message.isMine ? "mine" : "theirs", message.endsRun && "ends-run")} data-place=${message.place ?? ""} data-mid=${message.mid}>
    <div class="bubble-line">
      <div class=${classes("bubble", message.gone && "gone")} ...${press}><span class="unseen">${who}: </span>${message.replyTo && html`<${Quote} answered=${answered} talk=${talk} />`}${message.gone ? t(`message.${message.gone}`) : message.body}</div>
      ${message.mid && !message.gone && html`<button type="button" class="icon bubble-more" aria-label=${t("message.more", { time: clockTime(message.at) })} onClick=${openMenu}><${Icon} name="dots" /></button>`}
    </div>
    <${SmallPrint} message=${message} talk=${talk} onEdit=${onEdit} />
  </li>`;
}

function Quote({ answered, talk }) {
  const text = answered && !answered.gone ? answered.body : t("message.quoted_gone");
  const who = answered ? (answered.isMine ? t("message.mine") : nameOf(talk, answered.sender)) : "";
  return html`<blockquote class="quote"><small>${who}</small>${text}</blockquote>`;
}

function SmallPrint({ message, talk, onEdit }) {
  const place = message.showsPlace && hasText(`state.${message.place}`) ? placeText(message.place, talk) : "";
  return html`${(message.endsRun || place) && html`<p class="meta"><time datetime=${message.at.toISOString()}>${clockTime(message.at)}</time>${place && html`<span class="place">${place}</span>`}</p>`}
    ${message.place === "held" && html`<${Held} message=${message} talk=${talk} />`}
    ${message.place === "failed" && html`<${Failed} message=${message} talk=${talk} onEdit=${onEdit} />`}`;
}

function placeText(place, talk) {
  if (place === "delivered" && isYouth()) return t("state.delivered.buddy");
  return t(`state.${place}`, { name: talk.name });
}

/** The honest answer to a message out of hours, with its three doors. */
function Held({ message, talk }) {
  const [hasChosen, setChosen] = useState(false);
  const takeBack = async () => {
    const sentence = await withdraw(talk, message);
    if (sentence) showStrip("withdraw", sentence);
  };
  if (!message.isLastOfPlace) return html`<p class="doors-line"><button type="button" class="quiet" onClick=${takeBack}>${t("held.withdraw")}</button></p>`;
  // The answer is given once: after a reload nobody here knows whether somebody has duty, and the server says so when asked.
  const isDutyKnown = Boolean(talk.answer);
  const isDutyOffered = !isDutyKnown || talk.answer.dutyIsOpen;
  return html`<div class="held-answer">
    <p class="held">${talk.answer?.text ?? heldText(message.hold, talk.name)}</p>
    ${isYouth() && !hasChosen && html`<ul class="held-doors">
      <li><button type="button" class="outline" data-door="wait" onClick=${() => setChosen(true)}>${t("held.wait", { name: talk.name })}</button></li>
      ${isDutyOffered && html`<li><button type="button" class="outline" data-door="duty" onClick=${askDuty}>${t(isDutyKnown ? "held.duty" : "held.duty_unknown")}</button></li>`}
      <li><button type="button" class="outline urgent" data-door="help" onClick=${pressHelp}>${t("help.now")}</button></li>
    </ul>`}
    ${hasChosen && html`<p class="hint">${t("held.waiting")}</p>`}
    <p class="doors-line"><button type="button" class="quiet" onClick=${takeBack}>${t("held.withdraw")}</button></p>
  </div>`;
}

/** Say honestly when a held message will be read. */
export function heldText(hold, name) {
  const when = hold?.opens_at ? new Date(hold.opens_at) : null;
  return when ? t("held.when", { name, when: momentName(when) }) : t("held.unknown", { name });
}

function Failed({ message, talk, onEdit }) {
  const reason = `failed.${message.entry.failed}`;
  const isTooEarly = message.entry.failed === "expert.outside_window" && shutUntil(talk) !== undefined;
  const edit = () => (discard(message.entry), onEdit(message.body));
  return html`<p class="failed">${t(hasText(reason) ? reason : "failed.other")}</p>
    <p class="doors-line">
      ${!isTooEarly && html`<button type="button" class="quiet" onClick=${() => tryAgain(message.entry)}>${t("failed.retry")}</button>`}
      ${!talk.closed && html`<button type="button" class="quiet" onClick=${edit}>${t("failed.edit")}</button>`}
      <button type="button" class="quiet" onClick=${() => discard(message.entry)}>${t("failed.discard")}</button>
    </p>`;
}

/** Handlers for a press that stays: a finger that moves scrolls, and a right click asks for the same menu. */
function useLongPress(act, isOn) {
  const [state] = useState({ timer: null, x: 0, y: 0 });
  if (!isOn) return {};
  const stop = () => clearTimeout(state.timer);
  return {
    onPointerDown: (event) => {
      if (event.pointerType === "mouse") return;
      Object.assign(state, { x: event.clientX, y: event.clientY, timer: setTimeout(() => (swallowClick(), act()), LONG_PRESS_MS) });
    },
    onPointerMove: (event) => Math.hypot(event.clientX - state.x, event.clientY - state.y) > MOVED_PX && stop(),
    onPointerUp: stop,
    onPointerCancel: stop,
    onContextMenu: (event) => (event.preventDefault(), stop(), act()),
  };
}

/** The finger that opened the menu is still down: its leaving is no press beside the menu. The next press counts again. */
function swallowClick() {
  const swallow = (event) => (event.preventDefault(), event.stopPropagation());
  addEventListener("click", swallow, { capture: true, once: true });
  addEventListener("pointerdown", () => removeEventListener("click", swallow, { capture: true }), { capture: true, once: true });
}
