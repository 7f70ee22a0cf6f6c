// From what is known to what is shown: day dividers, messages, and which of them carries which small print. Pure.

import { dayKey, dayName, now } from "../lib/time.js";
import { placeOf } from "./book.js";

const RUN_MS = 5 * 60_000;

/**
 * Return the items of a thread, in order, each with a `key` that stays the same from "sending" to "read".
 * `unreadFrom` is the seq up to which everything was read when the conversation was opened, or null for no line.
 */
export function buildItems(conversation, entries, { isLive, unreadFrom = null }) {
  const messages = [...kept(conversation), ...unsent(conversation, entries, isLive)];
  messages.forEach((message, index) => label(message, messages[index + 1]));
  markLast(messages, "held");
  return withDays(messages, unreadFrom);
}

function kept(conversation) {
  const messages = [...conversation.messages.values()].sort((one, other) => one.seq - other.seq);
  return messages
    .filter((message) => conversation.oldest === null || message.seq >= conversation.oldest)
    .map((message) => ({ ...message, place: placeFor(conversation, message) }));
}

function placeFor(conversation, message) {
  if (message.isMine || message.gone) return placeOf(conversation, message);
  return null;
}

// An entry may be stored already, with the answer lost: then the message is shown, and the entry goes when the answer comes.
function unsent(conversation, entries, isLive) {
  const stored = new Set([...conversation.messages.values()].map((message) => message.m));
  const mine = entries.filter((entry) => entry.c === conversation.id && !stored.has(entry.m));
  return mine.map((entry) => ({
    key: entry.m,
    isMine: true,
    body: entry.body,
    replyTo: entry.replyTo,
    at: new Date(entry.at),
    place: entry.failed ? "failed" : isLive ? "sending" : "waiting",
    entry,
  }));
}

/** A run of messages shows its time once; an ordinary state stands only under the last message that is in it. */
function label(message, next) {
  const endsRun = !next || next.isMine !== message.isMine || next.at - message.at > RUN_MS;
  message.endsRun = endsRun;
  const isSpecial = message.place === "held" || message.place === "failed";
  message.showsPlace = message.place !== null && (isSpecial || !next || !next.isMine || next.place !== message.place);
}

function markLast(messages, place) {
  const last = messages.findLast?.((message) => message.place === place) ?? null;
  if (last) last.isLastOfPlace = true;
}

function withDays(messages, unreadFrom) {
  const items = [];
  let day = null;
  const firstUnread = unreadFrom === null ? null : messages.find((one) => !one.isMine && one.seq > unreadFrom);
  for (const message of messages) {
    const key = dayKey(message.at);
    if (key !== day) items.push({ key: `day ${key} ${dayKey(now())}`, day: dayName(message.at) });
    day = key;
    if (message === firstUnread) items.push({ key: "unread", isUnreadLine: true });
    items.push({ key: message.key, message });
  }
  return items;
}
