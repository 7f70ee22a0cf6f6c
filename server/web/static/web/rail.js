// The list of conversations: beside the room on a wide screen, before it on a phone; not there at all for just one.
import { newestUnread } from "./book.js";
import { byId, make } from "./dom.js";
import { t } from "./i18n.js";
import { hoursText, initial } from "./room.js";

/** Draw the list; `onOpen(id)` when somebody picks one. */
export function drawRail(conversations, openId, { role, onOpen }) {
  const rows = conversations.map((conversation) => makeRow(conversation, openId, role, onOpen));
  byId("conversations").replaceChildren(...rows);
}

function makeRow(conversation, openId, role, onOpen) {
  const hours = role === "youth" ? hoursText(conversation.counterpart) : "";
  const words = make("span", { class: "row-words" }, make("strong", {}, conversation.name || t("room.nobody")));
  if (hours) words.append(make("small", {}, hours));
  const button = make("button", { type: "button", class: "row", "data-id": conversation.id }, mark(conversation), words);
  if (newestUnread(conversation) > 0) button.append(make("span", { class: "unread" }, t("list.unread")));
  if (conversation.id === openId) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => onOpen(conversation.id));
  return make("li", {}, button);
}

function mark(conversation) {
  return make("span", { class: "avatar", "aria-hidden": "true" }, initial(conversation.name));
}
