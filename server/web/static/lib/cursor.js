// The cursor rules of the contract, without a socket.

/** Split `epoch.position`. */
export function parseCursor(cursor) {
  const dot = cursor.lastIndexOf(".");
  return { epoch: cursor.slice(0, dot), position: Number(cursor.slice(dot + 1)) };
}

/** Say what to do with a batch: "apply" it, "drop" it, or ask for a "sync". */
export function judge(own, batch) {
  if (own === null) return "drop";
  if (batch.from === own) return "apply";
  const mine = parseCursor(own);
  const theirs = parseCursor(batch.to);
  return theirs.epoch === mine.epoch && theirs.position <= mine.position ? "drop" : "sync";
}

/** Say whether the server's newest position lies beyond the cursor. */
export function isBehind(own, head) {
  return own !== null && parseCursor(own).position < head;
}
