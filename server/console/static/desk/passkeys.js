// Passkeys in the browser: what the server asks, turned into what the browser wants, and its answer into JSON.

/** Say whether this browser knows passkeys at all (it wants https, or this very machine). */
export const canUsePasskeys = "PublicKeyCredential" in globalThis && globalThis.isSecureContext;

/** Prove who one is with a passkey: the fields of the server's call. Rejects when the person stops it. */
export async function useOne(options) {
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    allowCredentials: options.allowCredentials?.map(readCredential),
  };
  const { rawId, response } = await navigator.credentials.get({ publicKey });
  return {
    credential_id: encode(rawId),
    client_data: encode(response.clientDataJSON),
    authenticator_data: encode(response.authenticatorData),
    signature: encode(response.signature),
    ...(response.userHandle ? { user_handle: encode(response.userHandle) } : {}),
  };
}

/** Make a passkey: the fields of the server's call. Rejects when the person stops it. */
export async function makeOne(options) {
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: options.excludeCredentials?.map(readCredential),
  };
  const { rawId, response } = await navigator.credentials.create({ publicKey });
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
