// Pushes to this browser: the server's key, the browser's leave, a subscription, and its registration with the session.
import { request } from "./api.js";

/** Say whether this browser can be pushed to at all. */
export const canPush = "PushManager" in globalThis && "Notification" in globalThis && "serviceWorker" in navigator;

/**
 * Ask the browser's leave and register this session's device. Returns `on`; or `denied` by the person or the browser, `none` where
 * the server pushes to no browsers (then nobody is asked), `failed` where the browser reached no push service. Throws Problem.
 */
export async function startPushes() {
  const key = await findKey();
  if (key === null) return "none";
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  return (await register(key)) ? "on" : "failed";
}

/**
 * Register what the browser permits already: when it is due, and when there is no subscription for the key that the server has now.
 * Returns whether pushes come. Throws Problem.
 */
export async function renewPushes({ isDue }) {
  const key = await findKey();
  return key !== null && register(key, { isDue });
}

/** Let no more pushes come to this device. Throws Problem. */
export async function stopPushes() {
  await request("DELETE", "/devices/current");
  const worker = await navigator.serviceWorker.getRegistration("/");
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

async function findKey() {
  try {
    return (await request("GET", "/push/key")).key;
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

async function register(key, { isDue = true } = {}) {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  let subscription;
  try {
    subscription = await findSubscription(pushManager, key);
    if (subscription && !isDue) return true;
    subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch {
    return false;
  }
  await request("POST", "/devices", { push_token: JSON.stringify(subscription), platform: "web" });
  return true;
}

async function findSubscription(pushManager, key) {
  const known = await pushManager.getSubscription();
  if (known === null || encode(known.options.applicationServerKey) === key) return known;
  await known.unsubscribe();
  return null;
}

function encode(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
