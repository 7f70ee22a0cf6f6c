// The server's time as far as this page knows it: a phone's own clock may be hours wrong.

let offsetMs = 0;

/** Learn from a server time. */
export function learnTime(text) {
  const server = Date.parse(text);
  if (Number.isFinite(server)) offsetMs = server - Date.now();
}

/** Return the present moment as a Date. */
export function now() {
  return new Date(Date.now() + offsetMs);
}
