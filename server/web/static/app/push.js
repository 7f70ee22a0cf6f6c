// Push: asked for once somebody has sent a first message, never at the start. A push holds a kind and no words.
import { request } from "../lib/api.js";
import { findChoice, isTabOnly, keepChoice } from "../lib/session.js";
import { pushAsk } from "./state.js";

const ASKED = "push_asked";

/** Register the worker that holds the shell for a train tunnel and shows pushes. */
export function readyWorker() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js").catch(() => {}); // no worker, no offline shell: the page itself works
}

/** Say whether this browser can be pushed to at all. */
export function canPush() {
  return "PushManager" in globalThis && "Notification" in globalThis && "serviceWorker" in navigator;
}

/** Ask now, if it was never asked before and makes sense here. */
export function considerAsking() {
  if (!canPush() || isTabOnly() || Notification.permission !== "default" || findChoice(ASKED)) return;
  pushAsk.value = true;
}

/** Say no; the question does not come back by itself. */
export function declinePush() {
  keepChoice(ASKED, "no");
  pushAsk.value = false;
}

/** Ask the browser, and register this session's device. Returns whether pushes will come. Throws Problem. */
export async function acceptPush() {
  keepChoice(ASKED, "yes");
  pushAsk.value = false;
  if ((await Notification.requestPermission()) !== "granted") return false;
  return registerPush();
}

/** Register anew what the browser permits already: after a new sign-in, and when the server asks for the token again. */
export async function renewPush({ push } = {}) {
  const isDue = push && (!push.registered || push.ask_again);
  if (!isDue || !canPush() || isTabOnly() || Notification.permission !== "granted" || findChoice(ASKED) === "no") return;
  await registerPush().catch(() => {}); // no push server here, or no network: asked again at the next start
}

async function registerPush() {
  const { key } = await request("GET", "/push/key");
  const worker = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const subscription = (await worker.pushManager.getSubscription()) ?? (await worker.pushManager.subscribe(options));
  await request("POST", "/devices", { push_token: JSON.stringify(subscription), platform: "web" });
  return true;
}

/** Stop pushes to this device. */
export async function stopPush() {
  keepChoice(ASKED, "no");
  await request("DELETE", "/devices/current");
  const worker = await navigator.serviceWorker.getRegistration();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

/** Show how many talks have something new, where the system shows such a number. */
export function showBadge(count) {
  if (count > 0) navigator.setAppBadge?.(count).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
}
