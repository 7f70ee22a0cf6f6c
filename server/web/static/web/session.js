// Who this tab is signed in as. sessionStorage: another tab may be another person, and closing the tab forgets both.
import { makeUuid } from "./uuid.js";

const TOKEN = "warmlijn.token";
const CODE = "warmlijn.code";
const DEVICE = "warmlijn.device";
const DRAFT = "warmlijn.draft.";

/** Return the bearer token, or null. */
export function findToken() {
  return read(TOKEN);
}

/** Return the invitation code that a link brought, or an empty text. */
export function findCode() {
  return read(CODE) ?? "";
}

/** Sign this tab in as a new device. */
export function keepToken(token) {
  sessionStorage.clear();
  sessionStorage.setItem(TOKEN, token);
}

/** Return this tab's device id, made at first use. A duplicated tab has the same one: the newer tab wins. */
export function deviceId() {
  const known = read(DEVICE);
  if (known) return known;
  const made = makeUuid();
  sessionStorage.setItem(DEVICE, made);
  return made;
}

/** Return what the person was writing in a conversation, kept over a reload of this tab. */
export function findDraft(conversation) {
  return read(DRAFT + conversation) ?? "";
}

/** Keep an unsent text, or drop it when it is empty. */
export function keepDraft(conversation, text) {
  if (text) sessionStorage.setItem(DRAFT + conversation, text);
  else sessionStorage.removeItem(DRAFT + conversation);
}

/** Forget everything that this tab knew. */
export function forget() {
  sessionStorage.clear();
}

function read(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}
