// The thread: its items, scrolling that never jumps, older pages, the unread line, and what counts as seen.
import { t } from "../lib/i18n.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { Message } from "./bubble.js";
import { newestUnread } from "./book.js";
import { fetchOlder, seeSoon } from "./conductor.js";
import { Icon } from "./icons.js";
import { buildItems } from "./items.js";
import { bookVersion, isYouth, line, outbox, sheet, typing } from "./state.js";

const NEAR_END_PX = 80;
const NEAR_TOP_PX = 200;

export function Thread({ talk, onReply, onEdit }) {
  bookVersion.value; // a talk changes inside: its own signal says when
  const pages = useRef(null);
  const place = useRef({ isAtEnd: true, height: 0, first: null, hasOpened: false });
  const [unreadFrom, setUnreadFrom] = useState(() => (newestUnread(talk) > 0 ? talk.readUpto : null));
  const [isBelow, setBelow] = useState(false);
  const items = buildItems(talk, outbox.value, { isLive: line.value.state === "live", unreadFrom });
  useLayoutEffect(() => settle(pages.current, place.current, items, setBelow));
  useEffect(() => {
    if (items.at(-1)?.message?.entry) setUnreadFrom(null); // who writes has read
  }, [items.at(-1)?.key]);
  useEffect(() => keepInPlace(pages.current, place.current), []);
  useEffect(() => {
    seeSoon(talk, () => isSeen(pages.current, place.current));
  });
  const scrolled = () => {
    note(pages.current, place.current);
    if (place.current.isAtEnd) setBelow(false);
    if (pages.current.scrollTop < NEAR_TOP_PX && talk.loaded && !talk.complete) fetchOlder(talk);
    seeSoon(talk, () => isSeen(pages.current, place.current));
  };
  const quoted = (mid) => [...talk.messages.values()].find((message) => message.mid === mid);
  return html`<div class="pages" id="pages" ref=${pages} tabindex="0" role="region" aria-label=${t("thread.label")} onScroll=${scrolled}>
      <div class="pages-inner">
        ${talk.loaded && !talk.complete && html`<button type="button" class="quiet" id="older" onClick=${() => fetchOlder(talk)}>${t("thread.older")}</button>`}
        ${talk.loaded && talk.complete && html`<${Beginning} talk=${talk} isEmpty=${items.length === 0} />`}
        <ol id="messages">
          ${items.map((item) => drawItem(item, { talk, quoted, onReply, onEdit }))}
        </ol>
        ${typing.value.has(talk.id) && html`<p class="typing" id="typing" role="status"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${t("typing", { name: talk.name })}</p>`}
      </div>
    </div>
    ${isBelow && html`<button type="button" class="newest" id="newest" onClick=${() => toEnd(pages.current)}>${t("thread.newest")}<${Icon} name="down" /></button>`}`;
}

function drawItem(item, needs) {
  if (item.day) return html`<li key=${item.key} class="day"><span>${item.day}</span></li>`;
  if (item.isUnreadLine) return html`<li key=${item.key} class="unread-line" id="unread-line"><span>${t("thread.unread")}</span></li>`;
  return html`<${Message} key=${item.key} message=${item.message} ...${needs} />`;
}

function Beginning({ talk, isEmpty }) {
  const role = isYouth() ? "youth" : "other";
  return html`<div class=${isEmpty ? "beginning" : "beginning past"} id="beginning">
    <p>${t(`room.begin.${role}`, { name: talk.name })}</p>
    ${isEmpty && html`<p>${t(`room.begin.${role}.text`)}</p>`}
  </div>`;
}

/** After each drawing: at the end one stays at the end, elsewhere what one reads stays where it is. */
function settle(box, place, items, setBelow) {
  const first = items.find((item) => item.message)?.key ?? null;
  const last = items.at(-1)?.key ?? null;
  if (!place.hasOpened && items.length > 0) {
    place.hasOpened = true;
    const unread = box.querySelector("#unread-line");
    if (unread) box.scrollTop = unread.offsetTop - box.offsetTop - NEAR_END_PX;
    else toEnd(box);
  } else if (place.isAtEnd || wroteNow(items, place)) toEnd(box);
  else if (first !== place.first) box.scrollTop += box.scrollHeight - place.height;
  else if (last !== place.last) setBelow(true);
  Object.assign(place, { first, last });
  note(box, place);
}

function wroteNow(items, place) {
  const newest = items.at(-1);
  return newest?.message?.isMine && newest.key !== place.last && newest.message.entry !== undefined;
}

function note(box, place) {
  place.height = box.scrollHeight;
  place.isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
}

function keepInPlace(box, place) {
  const watcher = new ResizeObserver(() => place.isAtEnd && toEnd(box));
  watcher.observe(box);
  return () => watcher.disconnect();
}

function toEnd(box) {
  box.scrollTop = box.scrollHeight;
}

function isSeen(box, place) {
  return document.visibilityState === "visible" && box?.isConnected && box.clientHeight > 0 && place.isAtEnd && sheet.value === null;
}
