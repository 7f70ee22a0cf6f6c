// Push: asked for once somebody has sent a first message, never at the start. A push holds a kind and no words.
import { t } from "../lib/i18n.js";
import { canPush, renewPushes, startPushes, stopPushes } from "../lib/push.js";
import { findChoice, isTabOnly, keepChoice } from "../lib/session.js";
import { me, pushAsk, showStrip } from "./state.js";

const ASKED = "push_asked";

/** Register the worker that holds the shell for a train tunnel and shows pushes. */
export function readyWorker() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js").catch(() => {}); // no worker, no offline shell: the page itself works
}

/** Ask now, if it was never asked before and makes sense here. */
export function considerAsking() {
  if (!canPush || isTabOnly() || Notification.permission !== "default" || findChoice(ASKED)) return;
  pushAsk.value = true;
}

/** Say no; the question does not come back by itself. */
export function declinePush() {
  keepChoice(ASKED, "no");
  pushAsk.value = false;
}

/** Say whether pushes come to this device. */
export function isPushOn() {
  return Notification.permission === "granted" && me.value.push.registered;
}

/** Ask the browser, and register this session's device; the sentence of what came of it stands at the top. Throws Problem. */
export async function acceptPush() {
  const outcome = await startPushes();
  keepChoice(ASKED, "yes");
  pushAsk.value = false;
  noteRegistered(outcome === "on");
  showStrip("push", t(`push.${outcome}`));
}

/** Register anew what the browser permits already: after a new sign-in, when the server asks for it, and for a new key of its own. */
export async function renewPush() {
  if (!canPush || isTabOnly() || Notification.permission !== "granted" || findChoice(ASKED) === "no") return;
  const { registered, ask_again: asksAgain } = me.value.push;
  try {
    noteRegistered(await renewPushes({ isDue: !registered || asksAgain }));
  } catch {
    // no network: looked at again at the next start
  }
}

/** Stop pushes to this device. Throws Problem. */
export async function stopPush() {
  keepChoice(ASKED, "no");
  await stopPushes();
  noteRegistered(false);
}

function noteRegistered(registered) {
  me.value = { ...me.value, push: { registered, ask_again: false } };
}

/** Show how many talks have something new, where the system shows such a number. */
export function showBadge(count) {
  if (count > 0) navigator.setAppBadge?.(count).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
}
