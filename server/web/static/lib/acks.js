// When to say "everything up to here is on this device": after 20 events, after 2 s, with a ping, before closing.

const MOST_EVENTS = 20;
const MOST_MS = 2_000;

export class Acks {
  #send;
  #events = 0;
  #timer = null;

  /** `send()` tells the server the present cursor. */
  constructor(send) {
    this.#send = send;
  }

  /** Count events that were applied. */
  note(count) {
    if (count === 0) return;
    this.#events += count;
    if (this.#events >= MOST_EVENTS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), MOST_MS);
  }

  /** Acknowledge now what is not acknowledged yet. */
  flush() {
    if (this.#events > 0) this.#send();
    this.drop();
  }

  /** Forget the count: the socket it belonged to is gone, and the next hello carries the cursor. */
  drop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#events = 0;
  }
}
