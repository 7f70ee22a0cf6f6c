// The list: what asks for attention, the talks, and the ways to the other pages.
import { t } from "../lib/i18n.js";
import { clockTime, momentName, now } from "../lib/time.js";
import { html } from "../lib/ui.js";
import { newestUnread } from "./book.js";
import { listTalks, openTalk } from "./conductor.js";
import { claimDuty } from "./duty.js";
import { comeBack } from "./evening.js";
import { EndingCard } from "./ending.js";
import { ExitButton } from "./exit.js";
import { HelpNow } from "./help_card.js";
import { Icon } from "./icons.js";
import { IntroductionCard } from "./introduction.js";
import { later } from "./later.js";
import { Strips } from "./shell.js";
import { bookVersion, cares, dutyOffers, dutyUntil, extendedUntil, hours, isExpert, isFree, isListed, isStaff, isWide, isYouth, me, openSheet, pairings, standing, view, worries } from "./state.js";

const WaitingCard = later(() => import("./waiting.js"), "WaitingCard");

export function Home() {
  const isAlone = view.value.name === "home" && !isWide.value;
  if (!me.value) return html`<${Head} />${isAlone && html`<${Strips} />`}<ul class="rail-foot"><${HelpRow} /></ul>`;
  return html`<${Head} />
    ${isAlone && html`<${HelpNow} /><${Strips} />`}
    ${isStaff() && html`<p class="home-part"><a class="button" href="/desk/">${t("home.to_desk")}</a></p>`}
    ${isExpert() && html`<${Evening} />`}
    <${Cards} />
    <${Talks} />
    <${Foot} />`;
}

function Head() {
  return html`<header class="rail-head">
    <h1 class="brand"><img src="/static/app/icon.svg" alt="" width="32" height="32" />Warmlijn</h1>
    ${!isExpert() && !isStaff() && html`<${ExitButton} />`}
  </header>`;
}

/** The expert's own evening: reachable or not, until when, and the pause. */
function Evening() {
  const own = hours.value;
  if (!own) return null;
  const { open, until, next_opening: next } = own.reachability;
  const isResting = own.pause !== null || own.rest !== null;
  return html`<section class="card evening" data-open=${open} aria-labelledby="evening-title">
      <h2 id="evening-title">${t(eveningTitle({ open, isResting }))}</h2>
      <p>${eveningText({ open, until, next, isResting })}</p>
      <p class="buttons">
        ${isResting && html`<button type="button" class="primary" onClick=${comeBack}>${t("evening.come_back")}</button>`}
        ${!isResting && html`<button type="button" class="outline" id="pause" onClick=${() => openSheet("pause")}><${Icon} name="moon" />${t("evening.pause")}</button>`}
        <button type="button" class="quiet" onClick=${() => (view.value = { name: "hours" })}>${t("evening.hours")}</button>
      </p>
    </section>
    ${view.value.name !== "talk" && html`<${EndingCard} />`}`;
}

function eveningTitle({ open, isResting }) {
  if (open) return "evening.open";
  if (isResting) return "evening.resting";
  if (extendedUntil.value) return "evening.more";
  return dutyUntil.value ? "evening.duty" : "evening.closed";
}

function eveningText({ open, until, next, isResting }) {
  if (open) return until ? t("evening.until", { when: momentName(new Date(until)) }) : t("evening.always");
  if (isResting) return t("evening.rest_text");
  if (extendedUntil.value) return t("evening.more_text", { when: momentName(extendedUntil.value) });
  if (dutyUntil.value) return t("evening.duty_text", { when: momentName(dutyUntil.value) });
  return next ? t("evening.next", { when: momentName(new Date(next)) }) : t("evening.no_hours");
}

/** What asks for an answer: a proposal, a question of the pool, a worry that must be handed on, how it was. */
function Cards() {
  const proposals = pairings.value.filter((one) => ["proposed", "introduced", "closing"].includes(one.state));
  return html`${dutyOffers.value.map(
      (id) => html`<section class="card ask" key=${id} data-duty=${id}>
        <h2>${t("duty.offered")}</h2>
        <p>${t("duty.offered_text")}</p>
        <p class="buttons"><button type="button" class="primary" onClick=${() => claimDuty(id)}>${t("duty.claim")}</button></p>
      </section>`,
    )}
    ${worries.value
      .filter((one) => one.must_choose)
      .map(
        (one) => html`<section class="card ask" key=${one.id}>
          <h2>${t("worry.choose")}</h2>
          <p>${one.text}</p>
          <p class="buttons"><button type="button" class="primary" onClick=${() => openSheet("handover", { c: one.c })}>${t("worry.hand_over")}</button></p>
        </section>`,
      )}
    ${cares.value.map(
      (one) => html`<section class="card ask" key=${one.id} data-care=${one.id}>
        <h2>${t("care.title")}</h2>
        <p>${one.text}</p>
        <p class="buttons"><button type="button" class="primary" onClick=${() => openSheet("care", { care: one })}>${t("care.answer")}</button></p>
      </section>`,
    )}
    ${proposals.map((one) => html`<${IntroductionCard} key=${one.id} pairing=${one} />`)}
    ${standing.value && html`<${WaitingCard} />`}`;
}

function Talks() {
  bookVersion.value;
  const talks = listTalks();
  const hasProposal = pairings.value.some((one) => one.state === "proposed");
  if (talks.length === 0 && (hasProposal || standing.value || !isListed.value)) return null;
  const role = isYouth() ? "youth" : isExpert() ? "expert" : "staff";
  if (talks.length === 0) {
    return html`<section class="empty" id="beginning"><h2>${t(`empty.${role}`)}</h2><p>${t(`empty.${role}.text`)}</p></section>`;
  }
  return html`<section class="home-part" aria-labelledby="talks-title">
    <h2 id="talks-title" class=${isYouth() ? "unseen" : ""}>${t(isExpert() && !isFree() ? "home.waiting" : "home.talks")}</h2>
    <ul id="conversations">${talks.map((talk) => html`<${TalkRow} key=${talk.id} talk=${talk} />`)}</ul>
  </section>`;
}

function TalkRow({ talk }) {
  bookVersion.value; // a talk changes inside: its own signal says when
  const unread = newestUnread(talk) > 0 && !isFree(); // who is free is not told that somebody waits
  const isOpen = view.value.name === "talk" && view.value.c === talk.id;
  return html`<li><button type="button" class="row" aria-current=${isOpen ? "true" : null} onClick=${() => openTalk(talk.id)}>
    <span class="avatar" aria-hidden="true">${initial(talk.name)}</span>
    <span class="row-words"><strong>${talk.name}</strong><small>${rowText(talk, unread)}</small></span>
    ${unread && html`<span class="unread">${t("list.unread")}</span>`}
  </button></li>`;
}

function rowText(talk, unread) {
  if (talk.closed) return t("list.closed");
  if (isExpert() && unread && !talk.messages.get(talk.lastSeq)?.isMine) return t("list.waits", { when: waitsSince(talk) });
  if (isExpert()) return latestText(talk);
  return hoursText(talk.counterpart);
}

function latestText(talk) {
  const latest = talk.messages.get(talk.lastSeq);
  return latest ? t("list.latest", { when: momentName(latest.at) }) : "";
}

function waitsSince(talk) {
  const newest = talk.messages.get(newestUnread(talk));
  return newest ? momentName(newest.at) : clockTime(now());
}

/** Say until when or from when somebody can be reached. */
export function hoursText(counterpart) {
  if (!counterpart) return "";
  if (counterpart.reachable) {
    return counterpart.until ? t("hours.until", { when: momentName(new Date(counterpart.until)) }) : t("hours.open");
  }
  return counterpart.next_opening ? t("hours.next", { when: momentName(new Date(counterpart.next_opening)) }) : t("hours.closed");
}

/** The letter in somebody's circle. */
export function initial(name) {
  return (Array.from(name.trim())[0] ?? "").toUpperCase();
}

function Foot() {
  const go = (name) => () => (view.value = { name });
  return html`<ul class="rail-foot">
    ${isExpert() && html`<li><button type="button" class="row" onClick=${go("hours")}><${Icon} name="clock" />${t("home.hours")}</button></li>`}
    ${isExpert() && html`<li><button type="button" class="row" onClick=${go("ledger")}><${Icon} name="shield" />${t("home.ledger")}</button></li>`}
    <${HelpRow} />
    <li><button type="button" class="row" data-open="mine" onClick=${go("mine")}><${Icon} name="person" />${t("home.mine")}</button></li>
  </ul>`;
}

function HelpRow() {
  return html`<li><button type="button" class="row" data-open="help" onClick=${() => openSheet("help")}><${Icon} name="phone" />${t("help.numbers")}</button></li>`;
}
