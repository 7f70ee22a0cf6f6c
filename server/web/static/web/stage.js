// What the signed-in page shows: the list, the open conversation, or an honest empty page; and the way between them.
import { newestUnread } from "./book.js";
import { byId, showText } from "./dom.js";
import { t } from "./i18n.js";
import { drawRail } from "./rail.js";

const isWide = matchMedia("(min-width: 56rem)");

export class Stage {
  #me;
  #room;
  #hooks;
  #conversations = null;

  /** `hooks.onOpened()` after another conversation was put into the room. */
  constructor(me, room, hooks) {
    this.#me = me;
    this.#room = room;
    this.#hooks = hooks;
    byId("back").addEventListener("click", () => history.back());
    addEventListener("popstate", (event) => this.#goTo(event.state?.c ?? null));
  }

  /** Take a new list of conversations, and keep or pick the one that is open. */
  choose(conversations) {
    this.#conversations = conversations;
    const wanted = this.#room.conversation?.id ?? history.state?.c ?? null;
    const found = conversations.find((one) => one.id === wanted);
    const only = conversations.length === 1 || isWide.matches ? conversations[0] : undefined;
    this.#put(found ?? only ?? null);
  }

  /** Draw all of it. */
  draw(conversations, entries, { isLive }) {
    if (this.#conversations === null) return; // nothing is known yet; the line says why
    const { role } = this.#me;
    const open = this.#room.conversation;
    document.documentElement.dataset.view = open || conversations.length < 2 ? "room" : "list";
    document.documentElement.dataset.count = conversations.length > 1 ? "several" : "one";
    byId("back").hidden = conversations.length < 2 || isWide.matches;
    drawRail(conversations, open?.id, { role, onOpen: (id) => this.open(id) });
    if (open) this.#room.draw(entries, { isLive, role });
    else drawEmpty(conversations.length, role);
    document.title = titleFor(conversations);
  }

  /** Put a conversation of the list into the room. */
  open(id) {
    if (this.#room.conversation?.id === id) return;
    if (isWide.matches) history.replaceState({ c: id }, "");
    else history.pushState({ c: id }, "");
    this.#goTo(id);
  }

  #goTo(id) {
    this.#put(this.#conversations?.find((one) => one.id === id) ?? null);
  }

  #put(conversation) {
    if (conversation === this.#room.conversation) return;
    this.#room.open(conversation);
    this.#hooks.onOpened();
  }
}

function drawEmpty(count, role) {
  const kind = role === "youth" || role === "expert" ? role : "staff";
  byId("room-avatar").hidden = true;
  byId("room-name").textContent = "Warmlijn";
  byId("beginning").hidden = false;
  byId("beginning").classList.remove("past");
  byId("beginning-title").textContent = count > 0 ? t("list.choose") : t(`empty.${kind}`);
  showText(byId("beginning-text"), count > 0 ? "" : t(`empty.${kind}.text`));
}

function titleFor(conversations) {
  const unread = conversations.filter((one) => newestUnread(one) > 0).length;
  return unread > 0 ? `(${unread}) Warmlijn` : "Warmlijn";
}
