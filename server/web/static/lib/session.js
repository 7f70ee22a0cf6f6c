// Who this browser is signed in as. A link with a token signs in one tab alone (three people can sit in three tabs of a
// demo); enrolment and passwords sign in the browser, unless the person says that the device is not their own.
import { makeUuid } from "./uuid.js";

const TOKEN = "warmlijn.token";
const DEVICE = "warmlijn.device";
const BORROWED = "warmlijn.borrowed";
const CHOICE = "warmlijn.choice.";
// Choices of the device, not of a person: how it looks, sounds and is operated. They stay when somebody signs out.
const STAYING = ["theme", "sound", "keys"].map((name) => CHOICE + name);

/** Return the bearer token, or null. The tab's own goes before the browser's. */
export function findToken() {
  return read(sessionStorage, TOKEN) ?? read(localStorage, TOKEN);
}

/** Return the invitation code that a link brought ("code" a youth's, "staff" a colleague's), or an empty text. */
export function findCode(kind = "code") {
  return read(sessionStorage, `warmlijn.${kind}`) ?? "";
}

/** Sign in: this tab alone, or the whole browser until somebody signs out. Raises when the browser keeps nothing. */
export function keepToken(token, { onlyThisTab = false } = {}) {
  forget();
  const place = onlyThisTab ? sessionStorage : localStorage;
  place.setItem(TOKEN, token);
  if (onlyThisTab) write(sessionStorage, BORROWED, "1");
}

/** Keep the token that takes the place of this session's own (a fresh proof gives a new one); all else stays. */
export function renewToken(token) {
  (isTabOnly() ? sessionStorage : localStorage).setItem(TOKEN, token);
}

/** Say whether the session belongs to this tab alone. */
export function isTabOnly() {
  return read(sessionStorage, TOKEN) !== null;
}

/** Say whether the person said that the device is not their own: nothing may outlive this tab. */
export function isBorrowed() {
  return read(sessionStorage, BORROWED) !== null;
}

/** Return the device id of this session, made at first use. The server keeps one socket a device: the newer wins. */
export function deviceId() {
  const place = isTabOnly() ? sessionStorage : localStorage;
  const known = read(place, DEVICE);
  if (known) return known;
  const made = makeUuid();
  write(place, DEVICE, made);
  return made;
}

/** Return a small value kept for this tab ("draft.<conversation>"), or an empty text. */
export function findNote(name) {
  return read(sessionStorage, `warmlijn.note.${name}`) ?? "";
}

/** Keep a small value over a reload of this tab; an empty one is dropped. */
export function keepNote(name, text) {
  if (text) write(sessionStorage, `warmlijn.note.${name}`, text);
  else sessionStorage.removeItem(`warmlijn.note.${name}`);
}

/** Return a choice of this device that says nothing about a person (a view, a size), or null. */
export function findChoice(name) {
  return read(localStorage, CHOICE + name);
}

/** Keep such a choice. */
export function keepChoice(name, value) {
  write(localStorage, CHOICE + name, value);
}

/**
 * Forget everything of who was signed in here: of this tab, and of the browser when the session was the browser's.
 * What the device looks and sounds like stays.
 */
export function forget() {
  const wasTabOnly = isTabOnly();
  clear(sessionStorage);
  if (!wasTabOnly) clear(localStorage, STAYING);
}

function clear(place, staying = []) {
  try {
    for (const name of Object.keys(place)) if (!staying.includes(name)) place.removeItem(name);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
}

function read(place, name) {
  try {
    return place.getItem(name);
  } catch {
    return null;
  }
}

function write(place, name, value) {
  try {
    place.setItem(name, value);
  } catch {
    // kept for this page only: whoever asks again makes it anew
  }
}
