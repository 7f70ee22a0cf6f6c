// Passkeys in the browser: what the server asks, turned into what the browser wants, and its answer into JSON.
import { request } from "./api.js";
import { t } from "./i18n.js";

// A passkey belongs to a name: browsers make none for a page that was opened by a number.
const IS_NUMBER = /^[\d.]+$|^\[/;

/** Say whether passkeys can work on this page: the browser knows them, and the page came over https or from localhost. */
export const canUsePasskeys = "PublicKeyCredential" in globalThis && globalThis.isSecureContext && !IS_NUMBER.test(location.hostname);

/** Sign in with a passkey that this device has; returns the server's `{token, user}`. Throws Stopped and Problem. */
export async function signInByPasskey(deviceName) {
  const { public_key: options } = await request("POST", "/sessions/passkey/options", {}, { token: null });
  return request("POST", "/sessions/passkey", { ...(await useOne(options)), device_name: deviceName }, { token: null });
}

/** Show with a passkey who one is, over the session of a token; returns the server's `{token}`, the session's new one. Throws Stopped and Problem. */
export async function proveByPasskey(token) {
  const { public_key: options } = await request("POST", "/sessions/current/step-up/passkey/options", {}, { token });
  return request("POST", "/sessions/current/step-up/passkey", await useOne(options), { token });
}

/** The browser used or made no passkey: the person stopped it, waited too long, or the device has one already. */
export class Stopped extends Error {}

/** Say what became of a passkey that the browser did not use or make; null when that is not what went wrong. */
export function sayStopped(problem) {
  return problem instanceof Stopped ? t(problem.message === "InvalidStateError" ? "passkey.known" : "passkey.stopped") : null;
}

function stop(problem) {
  throw new Stopped(problem.name);
}

/** Prove who one is with a passkey: the fields of the server's call. Throws Stopped. */
async function useOne(options) {
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    allowCredentials: options.allowCredentials?.map(readCredential),
  };
  const { rawId, response } = await navigator.credentials.get({ publicKey }).catch(stop);
  return {
    credential_id: encode(rawId),
    client_data: encode(response.clientDataJSON),
    authenticator_data: encode(response.authenticatorData),
    signature: encode(response.signature),
    ...(response.userHandle ? { user_handle: encode(response.userHandle) } : {}),
  };
}

/** Make a passkey: the fields of the server's call. Throws Stopped. */
export async function makeOne(options) {
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: options.excludeCredentials?.map(readCredential),
  };
  const { rawId, response } = await navigator.credentials.create({ publicKey }).catch(stop);
  return { credential_id: encode(rawId), client_data: encode(response.clientDataJSON), attestation: encode(response.attestationObject) };
}

function readCredential(one) {
  return { ...one, id: decode(one.id) };
}

function decode(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function encode(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
