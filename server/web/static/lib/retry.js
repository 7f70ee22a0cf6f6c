// What to do after a socket closed: pure, by the families of close codes.

const FIRST_MS = 500;
const MOST_MS = 30_000;
const WAIT_MS = 5_000;
const AWAY = { 4300: "signed_out", 4301: "suspended", 4302: "version", 4303: "replaced", 4304: "protocol" };

/**
 * Return `{away: reason}` or `{waitMs}`.
 *
 * `attempt` counts failures in a row from 0; `retryAfterMs` is what the server asked for; `random` is in [0, 1).
 * Every new attempt takes a new ticket, so 4100–4199 need no rule of their own.
 */
export function planAfterClose({ code, attempt, retryAfterMs = 0, random = Math.random() }) {
  if (code >= 4300 && code <= 4399) return { away: AWAY[code] ?? "protocol" };
  if (code >= 4200 && code <= 4299) return { waitMs: Math.max(retryAfterMs, WAIT_MS) * (1 + random) };
  return { waitMs: retryAfterMs + jitter(attempt, random) };
}

/** The same question after the ticket call failed with a Problem. */
export function planAfterProblem({ status, code, attempt, retryAfterMs = 0, random = Math.random() }) {
  if (code === "auth.suspended") return { away: "suspended" };
  if (status === 401) return { away: "expired" };
  if (code === "auth.factor_required") return { waitMs: WAIT_MS }; // they are setting it up at this very moment
  if (status === 403) return { away: "suspended" };
  if (status === 429) return { waitMs: Math.max(retryAfterMs, WAIT_MS) * (1 + random) };
  return { waitMs: retryAfterMs + jitter(attempt, random) };
}

function jitter(attempt, random) {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return ceiling / 4 + (random * ceiling * 3) / 4;
}
