// Calls to this device: a coordinator's phone is pushed to, also when the desk is shut. A push holds a kind and no words.
import { request } from "../lib/api.js";

/** Say whether this browser can be pushed to at all. */
export const canPush = "PushManager" in globalThis && "Notification" in globalThis && "serviceWorker" in navigator;

/** Ask the browser's leave and register this session's device. Returns whether calls will come. Throws Problem. */
export async function turnOn() {
  const { key } = await request("GET", "/push/key");
  if ((await Notification.requestPermission()) !== "granted") return false;
  await navigator.serviceWorker.register("/sw.js");
  const worker = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const subscription = (await worker.pushManager.getSubscription()) ?? (await worker.pushManager.subscribe(options));
  await request("POST", "/devices", { push_token: JSON.stringify(subscription), platform: "web" });
  return true;
}

/** Let no more calls come to this device. */
export async function turnOff() {
  await request("DELETE", "/devices/current");
  const worker = await navigator.serviceWorker.getRegistration("/");
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}
