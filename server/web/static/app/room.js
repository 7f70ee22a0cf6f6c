// The open conversation: its head, what is said about it, its thread, and the composer.
import { request } from "../lib/api.js";
import { problemText, t } from "../lib/i18n.js";
import { ActButton, html, useEffect, useState } from "../lib/ui.js";
import { Composer } from "./composer.js";
import { findTalk } from "./conductor.js";
import { EndingCard } from "./ending.js";
import { ExitButton } from "./exit.js";
import { HelpNow } from "./help_card.js";
import { hoursText, initial } from "./home.js";
import { Icon } from "./icons.js";
import { findPairing, step } from "./pairs.js";
import { PushAsk } from "./push_ask.js";
import { Strips } from "./shell.js";
import { bookVersion, isExpert, isYouth, openSheet, showStrip, view } from "./state.js";
import { Thread } from "./thread.js";

export function Room() {
  bookVersion.value;
  const [replyTo, setReplyTo] = useState(null);
  const [draft, setDraft] = useState(null);
  const talk = findTalk(view.value.c);
  if (!talk) return html`<${PageHead} title="Warmlijn" /><${Strips} />`;
  const pairing = findPairing(talk.id);
  return html`<header class="room-head">
      <button type="button" class="icon back" aria-label=${t("room.to_list")} onClick=${() => (view.value = { name: "home" })}><${Icon} name="back" /></button>
      <span class="avatar" aria-hidden="true">${initial(talk.name)}</span>
      <div class="who">
        <h1 id="room-name">${talk.name}</h1>
        <p id="room-hours" data-open=${talk.counterpart?.reachable}>${talk.closed ? t("list.closed") : isExpert() ? "" : hoursText(talk.counterpart)}</p>
      </div>
      ${isExpert() && !talk.closed && html`<button type="button" class="quiet worry" onClick=${() => openSheet("worry", { c: talk.id })}>${t("worry.open")}</button>`}
      <button type="button" class="icon" data-open="talk" aria-label=${t("room.more", { name: talk.name })} onClick=${() => openSheet("talk", { talk })}><${Icon} name="more" /></button>
      ${isYouth() && html`<${ExitButton} />`}
    </header>
    <${HelpNow} />
    <${Strips} />
    ${isExpert() && html`<${EndingCard} c=${talk.id} />`}
    <${Company} talk=${talk} />
    ${pairing?.state === "introduced" && html`<div class="strip" role="status" data-strip="trial"><span>${t("pair.strip")}</span><${ActButton} class="quiet" act=${() => step(pairing, "activate", {})} onProblem=${(one) => showStrip("pair", problemText(one, "pair"))}>${t("pair.go_on")}<//></div>`}
    ${pairing?.state === "closing" && html`<div class="strip" role="status"><span>${t("closing.strip", { name: talk.name })}</span><button type="button" class="quiet" onClick=${() => openSheet("closing", { pairing })}>${t("closing.look_back")}</button></div>`}
    <${Thread} key=${talk.id} talk=${talk} onReply=${setReplyTo} onEdit=${setDraft} />
    <${PushAsk} name=${talk.name} />
    ${talk.closed
      ? html`<p class="closed" id="closed">${t("room.closed")}</p>`
      : html`<${Composer} key=${`composer ${talk.id}`} talk=${talk} replyTo=${replyTo} onReplied=${() => setReplyTo(null)} draft=${draft} onTaken=${() => setDraft(null)} />`}`;
}

/** Say who of the team came into this talk, and why. Nobody reads along unseen. */
function Company({ talk }) {
  bookVersion.value; // a talk changes inside: its own signal says when
  const [company, setCompany] = useState([]);
  const staff = talk.members.filter((member) => member.role === "coordinator").map((member) => member.id).join();
  useEffect(() => {
    if (!staff) return setCompany([]);
    request("GET", `/conversations/${talk.id}/company`).then((found) => setCompany(found.company)).catch(() => {});
  }, [talk.id, staff]);
  if (company.length === 0) return null;
  return html`<ul class="strips company">${company.map((one) => html`<li key=${one.user} class="strip"><span>${one.text}</span></li>`)}</ul>`;
}

/** The head of a page that is no conversation. */
export function PageHead({ title, children }) {
  return html`<header class="room-head">
    <button type="button" class="icon back" aria-label=${t("room.to_list")} onClick=${() => (view.value = { name: "home" })}><${Icon} name="back" /></button>
    <div class="who"><h1>${title}</h1></div>
    ${children}
    ${isYouth() && html`<${ExitButton} />`}
  </header>`;
}
