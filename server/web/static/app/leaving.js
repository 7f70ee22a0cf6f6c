// Ways out: signing out, a session that ended elsewhere, and the quick exit that leaves nothing on the screen.
import { endSession } from "../lib/api.js";
import { findToken, forget } from "../lib/session.js";

const ESCAPES = 3;
const WITHIN_MS = 1_500;
const DATABASE = "warmlijn";
const listeners = new Set();
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("warmlijn.leaving") : null;
let escapes = [];

/** Call `listener()` when this page is about to hold nothing any more. */
export function onGone(listener) {
  listeners.add(listener);
}

/** Leave to the door, which says why: `signed_out`, `expired`, or another note of the start page. */
export function leave(note) {
  for (const listener of listeners) listener();
  const wasSignedInHere = findToken() !== null;
  forget();
  if (wasSignedInHere) channel?.postMessage({ leave: note, token: null });
  history.replaceState({ note }, "", location.pathname);
  location.reload();
}

/** Listen for three Escapes, and for other tabs that leave. */
export function watchForExit() {
  addEventListener("keydown", countEscapes, { capture: true });
  channel?.addEventListener("message", ({ data }) => hearOtherTab(data));
  addEventListener("storage", () => isSignedOut() && leave("signed_out"));
}

/** Empty the page at once, then forget everything, then be somewhere else. */
export function exitNow({ isFirst = true } = {}) {
  const elsewhere = document.documentElement.dataset.exit || "about:blank";
  wipePage();
  for (const listener of listeners) listener();
  if (isFirst) channel?.postMessage({ exit: true });
  const token = findToken();
  if (isFirst && token) endSession({ token, keepalive: true }).catch(() => {});
  wipeStorage();
  const worker = navigator.serviceWorker?.controller; // it outlives this page
  worker?.postMessage("gone");
  if (isFirst && token) worker?.postMessage({ end: token });
  location.replace(elsewhere);
}

function wipePage() {
  document.title = "";
  document.documentElement.dataset.face = "gone";
  document.body.replaceChildren();
}

function wipeStorage() {
  try {
    localStorage.clear();
    sessionStorage.clear();
    sessionStorage.setItem("warmlijn.gone", "1"); // going back to this tab's history shows nothing: lib/early.js
    indexedDB.deleteDatabase(DATABASE);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
}

function countEscapes(event) {
  if (event.key !== "Escape") return void (escapes = []);
  escapes = [...escapes.filter((at) => event.timeStamp - at < WITHIN_MS), event.timeStamp];
  if (escapes.length >= ESCAPES) exitNow();
}

function hearOtherTab(message) {
  if (message.exit) exitNow({ isFirst: false });
  else if (message.leave && isSignedOut()) leave(message.leave);
}

// The session was the browser's, and another tab ended it while this one shows a talk.
function isSignedOut() {
  return document.documentElement.dataset.face === "talk" && findToken() === null;
}
