// The REST half of the contract: JSON in, JSON out, problem+json as one exception.

const TIMEOUT_MS = 15_000;

/** The server answered, and the answer is no. */
export class Problem extends Error {
  constructor(status, code, retryAfterMs) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer of our server came: no network, a captive portal, a time-out. */
export class Unreachable extends Error {}

/** Return `call(method, path, body?)` for one token (null before sign-in). Rejects with Problem or Unreachable. */
export function createApi(token) {
  return async function call(method, path, body) {
    const response = await ask(method, `/api/v1${path}`, token, body);
    if (response.status === 204) return null;
    const answer = await decode(response);
    if (response.ok) return answer;
    throw new Problem(response.status, answer.code ?? "unknown", retryAfter(response, answer));
  };
}

async function ask(method, url, token, body) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: timeout(),
    });
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

function timeout() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), TIMEOUT_MS);
  return controller.signal;
}

async function decode(response) {
  try {
    return await response.json();
  } catch {
    throw new Unreachable(`no JSON in the answer (${response.status})`);
  }
}

function retryAfter(response, answer) {
  const seconds = Number(response.headers.get("Retry-After"));
  return answer.retry_after_ms ?? (Number.isFinite(seconds) ? seconds * 1000 : 0);
}
