// One socket: frames out with an id, answers matched by `re`, everything else handed on as a push.

const REQUEST_TIMEOUT_MS = 12_000;

/** The server refused a request; `retry` is "never", "same" or "after". */
export class Refused extends Error {
  constructor(frame) {
    super(frame.code);
    this.code = frame.code;
    this.retry = frame.retry ?? "never";
    this.retryAfterMs = frame.retry_after_ms ?? 0;
    this.detail = frame.detail;
  }
}

/** The answer will not come on this socket; whether the request was carried out is unknown. */
export class Lost extends Error {}

export class Link {
  #socket;
  #hooks;
  #waiting = new Map();
  #next = 1;
  #bye = null;
  #closed = false;

  /** `hooks.onPush(frame)` and `hooks.onClose({code, retryAfterMs})`, the latter once. */
  constructor(url, hooks) {
    this.#hooks = hooks;
    this.heardAt = performance.now();
    this.#socket = new WebSocket(url, ["warmlijn.v1"]);
    this.opened = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.close(4001), REQUEST_TIMEOUT_MS);
      this.#socket.addEventListener("open", () => (clearTimeout(timer), resolve()));
      this.#socket.addEventListener("close", () => (clearTimeout(timer), reject(new Lost("closed before it opened"))));
    });
    this.opened.catch(() => {}); // the close hook tells the story; nobody else needs to listen
    this.#socket.addEventListener("message", (event) => this.#hear(event.data));
    this.#socket.addEventListener("close", (event) => this.#end(event.code));
  }

  /** Send a request and return its answer. Rejects with Refused or Lost. */
  request(type, fields) {
    const id = String(this.#next++);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(id), REQUEST_TIMEOUT_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#write({ type, id, ...fields });
    });
  }

  /** Send a frame that has no answer (`ack`, `typing`). */
  tell(type, fields) {
    this.#write({ type, ...fields });
  }

  /** Hang up from our side; the close hook is called at once, not when TCP gives up. */
  close(code = 1000) {
    this.#socket.close(code);
    this.#end(code === 1000 ? 1000 : 4001);
  }

  #write(frame) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #hear(text) {
    const frame = decode(text);
    if (frame === null || this.#closed) return;
    this.heardAt = performance.now();
    if (frame.type === "bye") this.#bye = frame;
    // An `events` frame may answer a sync and is a batch all the same: it goes both ways.
    const isAnswer = this.#answer(frame);
    if (!isAnswer || frame.type === "events") this.#hooks.onPush(frame);
  }

  #answer(frame) {
    const waiting = this.#waiting.get(frame.re);
    if (!waiting) return false;
    this.#waiting.delete(frame.re);
    clearTimeout(waiting.timer);
    if (frame.type === "error") waiting.reject(new Refused(frame));
    else waiting.resolve(frame);
    return true;
  }

  #giveUp(id) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.reject(new Lost("no answer in time"));
    this.close(4001);
  }

  #end(code) {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new Lost("closed"));
    }
    this.#waiting.clear();
    // Servers and proxies may lose the close code; the bye frame said it first.
    this.#hooks.onClose({ code: this.#bye?.code ?? code, retryAfterMs: this.#bye?.retry_after_ms ?? 0 });
  }
}

function decode(text) {
  try {
    const frame = JSON.parse(text);
    return frame !== null && typeof frame === "object" ? frame : null;
  } catch {
    return null;
  }
}
