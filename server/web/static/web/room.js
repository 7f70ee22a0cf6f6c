// The open conversation: its head, its thread, scrolling, older pages, and what counts as read.
import { newestUnread } from "./book.js";
import { Composer } from "./composer.js";
import { announce, byId, showText } from "./dom.js";
import { clockTime, momentName, t } from "./i18n.js";
import { buildItems } from "./items.js";
import { Thread } from "./thread.js";

const NEAR_END_PX = 80;
const NEAR_TOP_PX = 200;
const TYPING_SHOWN_MS = 6_000;

export class Room {
  #pages = byId("pages");
  #hooks;
  #thread;
  #composer;
  #typingTimer = null;
  #isAtEnd = true;
  #people = { name: "", isYouth: false };
  conversation = null;

  /** Hooks: `onSend(text)`, `onTyping()`, `onSeen()`, `onOlder()`, `onWithdraw(message)`, `onDiscard(entry)`, `onHelp()`, `onDuty()`. */
  constructor(hooks) {
    this.#hooks = hooks;
    this.#composer = new Composer({ onSend: (text) => this.#send(text), onTyping: hooks.onTyping });
    this.#thread = new Thread(byId("messages"), {
      withdraw: hooks.onWithdraw,
      discard: hooks.onDiscard,
      edit: (entry) => (hooks.onDiscard(entry), this.#composer.giveBack(entry.body)),
      help: hooks.onHelp,
      duty: hooks.onDuty,
    });
    this.#pages.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    byId("newest").addEventListener("click", () => this.#toEnd());
    byId("older").addEventListener("click", () => hooks.onOlder());
    new ResizeObserver(() => this.#isAtEnd && this.#toEnd()).observe(this.#pages);
  }

  /** Show a conversation from its end, or none at all. */
  open(conversation) {
    this.conversation = conversation;
    this.#isAtEnd = true;
    this.hideTyping();
    if (conversation === null) this.#clear();
  }

  /** Draw everything anew; nodes that did not change stay. `role` is the reader's. */
  draw(entries, { isLive, role }) {
    const conversation = this.conversation;
    const answer = conversation.answer ?? null; // the server's own words about when a held message is read
    this.#people = { name: conversation.name || t("room.nobody"), isYouth: role === "youth", answer };
    this.#drawHead(conversation, role);
    const items = buildItems(conversation, entries, { isLive });
    const fromEnd = this.#pages.scrollHeight - this.#pages.scrollTop;
    const firstBefore = byId("messages").firstElementChild;
    this.#thread.draw(items, this.#people);
    this.#drawBeginning(conversation, items.length > 0);
    this.#composer.open(conversation.closed ? null : conversation.id);
    byId("closed").hidden = !conversation.closed;
    if (this.#isAtEnd) this.#toEnd();
    else if (firstBefore !== byId("messages").firstElementChild) this.#pages.scrollTop = this.#pages.scrollHeight - fromEnd;
  }

  /** A message of somebody else came in while this conversation is open. */
  heard(message) {
    this.hideTyping();
    announce(t("announce.message", { name: this.#people.name, body: message.body }));
    if (!this.#isAtEnd) byId("newest").hidden = false;
  }

  /** Somebody else types, or stopped. */
  showTyping(isOn) {
    if (!isOn) return this.hideTyping();
    showText(byId("typing"), t("typing", { name: this.#people.name }));
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => this.hideTyping(), TYPING_SHOWN_MS);
    if (this.#isAtEnd) this.#toEnd();
  }

  /** Say something small under the text box; the next keystroke takes it away. */
  say(text) {
    this.#composer.say(text);
  }

  hideTyping() {
    clearTimeout(this.#typingTimer);
    byId("typing").hidden = true;
  }

  /** Say whether the newest message stands before somebody's eyes. */
  isSeen() {
    return document.visibilityState === "visible" && this.#isAtEnd && newestUnread(this.conversation) > 0;
  }

  #clear() {
    this.#thread.draw([], this.#people);
    this.#composer.open(null);
    for (const id of ["older", "closed", "room-hours", "newest"]) byId(id).hidden = true;
  }

  #send(text) {
    this.#isAtEnd = true;
    this.#hooks.onSend(text);
  }

  #drawHead(conversation, role) {
    byId("room-name").textContent = this.#people.name;
    byId("room-avatar").textContent = initial(this.#people.name);
    byId("room-avatar").hidden = false;
    showText(byId("room-hours"), role === "youth" ? hoursText(conversation.counterpart) : "");
  }

  #drawBeginning(conversation, hasMessages) {
    const kind = this.#people.isYouth ? "youth" : "other";
    byId("older").hidden = !conversation.loaded || conversation.complete;
    byId("beginning").hidden = !(conversation.loaded && conversation.complete);
    byId("beginning-title").textContent = t(`room.begin.${kind}`, { name: this.#people.name });
    byId("beginning").classList.toggle("past", hasMessages);
    showText(byId("beginning-text"), hasMessages ? "" : t(`room.begin.${kind}.text`));
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#pages;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.#isAtEnd) byId("newest").hidden = true;
    if (this.#isAtEnd) this.#hooks.onSeen();
    if (scrollTop < NEAR_TOP_PX && !byId("older").hidden) this.#hooks.onOlder();
  }

  #toEnd() {
    this.#isAtEnd = true;
    this.#pages.scrollTop = this.#pages.scrollHeight;
    byId("newest").hidden = true;
  }
}

/** The first letter of a name, for the round mark beside it. */
export function initial(name) {
  return [...name.trim()][0]?.toUpperCase() ?? "";
}

/** Say when the other can be reached, as far as the server knows. */
export function hoursText(counterpart) {
  if (counterpart?.reachable === true && counterpart.until) return t("hours.until", { when: clockTime(new Date(counterpart.until)) });
  if (counterpart?.reachable === true) return t("hours.open");
  if (counterpart?.reachable !== false) return "";
  if (!counterpart.next_opening) return t("hours.closed");
  return t("hours.next", { when: momentName(new Date(counterpart.next_opening)) });
}
