// From what is known to what is shown: day dividers, messages, and which of them carries which small print. Pure.
import { now } from "./clock.js";
import { dayKey, dayName } from "./i18n.js";
import { placeOf } from "./book.js";

const RUN_MS = 5 * 60_000;

/** Return the items of a thread, in order, each with a `key` that stays the same from "sending" to "read". */
export function buildItems(conversation, entries, { isLive }) {
  const messages = [...kept(conversation), ...unsent(conversation, entries, isLive)];
  messages.forEach((message, index) => label(message, messages[index + 1]));
  markLast(messages, "held");
  return withDays(messages);
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

function withDays(messages) {
  const items = [];
  let day = null;
  for (const message of messages) {
    const key = dayKey(message.at);
    if (key !== day) items.push({ key: `day ${key} ${dayKey(now())}`, day: dayName(message.at) });
    day = key;
    items.push({ key: message.key, message });
  }
  return items;
}
