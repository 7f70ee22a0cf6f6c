// What the person pressed "send" on and the server has not confirmed: in order, one at a time, each with its own `m` for ever.
import { Refused } from "./link.js";
import { makeUuid } from "./uuid.js";

const AGAIN_MS = 1_000;

export class Outbox {
  #store;
  #user;
  #send;
  #hooks;
  #pumping = false;
  #timer = null;
  entries = [];

  /**
   * `send(entry)` returns the server's `sent`, or rejects with Refused or Lost.
   * Hooks: `onChange()`, `onSent(entry, answer)`, `onKeepingFailed()` when the browser could not keep an entry.
   */
  constructor({ store, user, send, hooks }) {
    this.#store = store;
    this.#user = user;
    this.#send = send;
    this.#hooks = hooks;
  }

  /** Bring back what an earlier page left unsent. */
  async load() {
    this.entries = await this.#store.list(this.#user);
    this.#hooks.onChange();
  }

  /** Take a new message: shown at once, kept, then sent. */
  add({ c, body, at }) {
    const entry = { user: this.#user, m: makeUuid(), c, body, at, failed: null };
    this.entries.push(entry);
    entry.kept = this.#keep(entry);
    this.#hooks.onChange();
    this.pump();
    return entry;
  }

  /** Send what waits, oldest first; stops at the first one whose outcome is unknown. */
  async pump() {
    if (this.#pumping) return;
    this.#pumping = true;
    clearTimeout(this.#timer);
    try {
      for (let entry = this.#first(); entry; entry = this.#first()) {
        await entry.kept;
        if (!(await this.#sendOne(entry))) break;
      }
    } finally {
      this.#pumping = false;
    }
  }

  /** The server has this one: by its answer, or by the event that another way of hearing brought. */
  settle(m) {
    const entry = this.entries.find((one) => one.m === m);
    if (entry) this.discard(entry);
  }

  /** Take an entry out, sent or given up. */
  async discard(entry) {
    this.entries = this.entries.filter((one) => one !== entry);
    this.#hooks.onChange();
    await entry.kept;
    if (entry.n !== undefined) await this.#store.remove(entry.n).catch(() => {});
  }

  /** Forget everything of this person. */
  async clear() {
    this.entries = [];
    await this.#store.clear(this.#user);
  }

  #first() {
    return this.entries.find((entry) => entry.failed === null);
  }

  async #keep(entry) {
    const { kept, ...row } = entry;
    try {
      entry.n = await this.#store.add(row);
    } catch {
      this.#hooks.onKeepingFailed(); // storage full: the message still goes, as long as the page is open
    }
  }

  async #sendOne(entry) {
    try {
      const answer = await this.#send(entry);
      this.#hooks.onSent(entry, answer);
      this.settle(entry.m);
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) return false;
      return this.#refused(entry, error);
    }
  }

  #refused(entry, error) {
    if (error.retry !== "never") {
      this.#timer = setTimeout(() => this.pump(), error.retryAfterMs || AGAIN_MS);
      return false;
    }
    entry.failed = error.code;
    this.#keepFailure(entry);
    this.#hooks.onChange();
    return true;
  }

  #keepFailure(entry) {
    const { kept, ...row } = entry;
    if (entry.n !== undefined) this.#store.put(row).catch(() => {});
  }
}
