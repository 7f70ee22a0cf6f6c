// The REST half of the contract: JSON in, JSON out, and every way of failing as one Problem with a stable code.
import { findToken, renewToken } from "./session.js";
import { learnTime } from "./time.js";

const TIMEOUT_MS = 15_000;
const BODY_TIMEOUT_MS = 60_000; // what is asked for may be large, and a line thin
const SESSION_OVER = "auth.session_revoked"; // a wrong password is a 401 as well, and ends nothing
const hears = new Set();

/**
 * The answer is no, or there is no answer.
 *
 * `status` is 0 when our server was not reached; then `code` is `net.offline` (no network or no server), `net.timeout`, or
 * `net.portal` (something else answered: a captive portal's page). `retryAfterMs` is what the server asked for.
 */
export class Problem extends Error {
  constructor({ status, code, title = "", detail = "", retryAfterMs = 0, body = {} }) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
    this.body = body;
  }

  /** Say whether our server was not reached at all: nothing is known about the outcome. */
  get isUnreached() {
    return this.status === 0;
  }
}

/** Call `listener(problem)` for every Problem that says the session is over. Returns a function that stops it. */
export function onSessionOver(listener) {
  hears.add(listener);
  return () => hears.delete(listener);
}

/** Ask for a path below /api/v1 and return the decoded answer (null for 204). Throws Problem. */
export async function request(method, path, body, { token, timeoutMs = TIMEOUT_MS, ...how } = {}) {
  return asSession(token, async (sent) => {
    const askedAt = performance.now();
    const response = await reach(method, `/api/v1${path}`, sent, body, { timeoutMs, ...how });
    if (response.type === "opaqueredirect") throw unreached("net.portal");
    if (response.status === 204) return null;
    const answer = await decode(response);
    learnTime(response.headers.get("Date"), askedAt);
    if (response.ok) return answer;
    throw refusal(response, answer);
  });
}

/**
 * End this session. Throws Problem. The answer clears what the browser kept of answers (Clear-Site-Data), which it may only for a
 * call with credentials; there are none.
 */
export function endSession(how) {
  return request("DELETE", "/sessions/current", undefined, { ...how, credentials: "same-origin" });
}

/** Ask for a file (a CSV export) and return it as a Blob. Throws Problem. */
export async function requestFile(path, accept) {
  return asSession(undefined, async (sent) => {
    const response = await reach("GET", `/api/v1${path}`, sent, undefined, { timeoutMs: TIMEOUT_MS, accept });
    if (!response.ok) throw refusal(response, await decode(response));
    try {
      return await response.blob();
    } catch {
      throw unreached("net.offline");
    }
  });
}

let renewing = null;

/**
 * Show once more who one is: `prove(token)` asks the server with that very token, and the token of its answer takes the place of
 * this session's. Throws Problem.
 */
export async function renewSession(prove) {
  renewing = prove(findToken());
  try {
    renewToken((await renewing).token);
  } finally {
    renewing = null;
  }
}

/** Do `act(token)`; once more when a fresh proof has given the session a new token while the call was on its way with the old one. */
async function asSession(given, act) {
  const sent = given === undefined ? findToken() : given;
  try {
    return await act(sent);
  } catch (problem) {
    if (problem.code !== SESSION_OVER) throw problem;
    if (given === undefined) await renewing?.catch(() => {});
    const renewed = given === undefined ? findToken() : null;
    if (renewed && renewed !== sent) return asSession(renewed, act);
    for (const hear of hears) hear(problem);
    throw problem;
  }
}

/** Return `request` for one other token. */
export function createApi(token) {
  return (method, path, body, options = {}) => request(method, path, body, { ...options, token });
}

async function reach(method, url, token, body, { timeoutMs, keepalive = false, credentials = "omit", accept = "application/json" }) {
  const headers = { Accept: accept };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials,
      cache: "no-store",
      redirect: "manual",
      keepalive,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), method === "GET" ? BODY_TIMEOUT_MS : timeoutMs); // a body may stall as well
    return response;
  } catch {
    throw unreached(controller.signal.aborted ? "net.timeout" : "net.offline");
  } finally {
    clearTimeout(timer);
  }
}

async function decode(response) {
  const type = response.headers.get("Content-Type") ?? "";
  try {
    if (type.includes("json")) return await response.json();
  } catch {
    throw unreached("net.offline"); // the line broke inside the answer
  }
  throw unreached(response.ok || response.status === 511 ? "net.portal" : "net.offline");
}

function refusal(response, answer) {
  const seconds = Number(response.headers.get("Retry-After"));
  const retryAfterMs = answer.retry_after_ms ?? (Number.isFinite(seconds) ? seconds * 1000 : 0);
  const { code = "unknown", title, detail } = answer;
  return new Problem({ status: response.status, code, title, detail, retryAfterMs, body: answer });
}

function unreached(code) {
  return new Problem({ status: 0, code });
}
