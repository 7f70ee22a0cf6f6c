// What the person pressed "send" on and the server has not confirmed: in order, one at a time, each with its own `m` for ever.
// Tabs share the store; the tab that has the socket sends, and says so to the others.
import { Refused } from "../lib/live.js";
import { makeUuid } from "../lib/uuid.js";

const AGAIN_MS = 1_000;

export class Outbox {
  #store;
  #user;
  #send;
  #hooks;
  #channel = null;
  #pumping = false;
  #timer = null;
  entries = [];

  /**
   * `send(entry)` returns the server's `sent`, or rejects with Refused or Lost. Hooks: `onChange()`, `onSent(entry, answer)`,
   * `onKeepingFailed()` when the browser could not keep an entry, `mayPump()` whether this tab is the one that sends.
   */
  constructor({ store, user, send, hooks }) {
    this.#store = store;
    this.#user = user;
    this.#send = send;
    this.#hooks = hooks;
    if (!("BroadcastChannel" in globalThis)) return;
    this.#channel = new BroadcastChannel(`warmlijn.outbox.${user}`);
    this.#channel.onmessage = () => this.#reload();
  }

  /** Bring back what an earlier page left unsent. */
  async load() {
    await this.#reload();
  }

  /** Take a new message: shown at once, kept, then sent. */
  add({ c, body, at, replyTo = null }) {
    const entry = { user: this.#user, m: makeUuid(), c, body, replyTo, at, failed: null };
    this.entries.push(entry);
    entry.kept = this.#keep(entry);
    this.#hooks.onChange();
    entry.kept.then(() => this.#tellOthers());
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
        if (!this.#isOwn(entry) || !(await this.#sendOne(entry))) break;
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
    this.entries = this.entries.filter((one) => one.m !== entry.m);
    this.#hooks.onChange();
    await entry.kept;
    if (entry.n !== undefined) await this.#store.remove(entry.n).catch(() => {});
    this.#tellOthers();
  }

  /** Try an entry again that the server refused, with the same `m`. */
  retry(entry) {
    entry.failed = null;
    this.#keepChange(entry);
    this.#hooks.onChange();
    this.#tellOthers();
    this.pump();
  }

  /** Forget everything of this person. */
  async clear() {
    this.entries = [];
    this.#hooks.onChange();
    await this.#store.clear(this.#user).catch(() => {});
  }

  #first() {
    return this.entries.find((entry) => entry.failed === null);
  }

  // What the store could not keep, or keeps for this tab alone, no other tab knows of.
  #isOwn(entry) {
    return entry.n === undefined || !this.#store.isShared || this.#hooks.mayPump();
  }

  async #reload() {
    const before = new Set(this.entries.filter((entry) => entry.n !== undefined).map((entry) => entry.m));
    const kept = await this.#store.list(this.#user).catch(() => []);
    const known = new Map(this.entries.map((entry) => [entry.m, entry]));
    const merged = kept.map((entry) => Object.assign(known.get(entry.m) ?? entry, { failed: entry.failed, n: entry.n }));
    const listed = new Set(merged.map((entry) => entry.m));
    // What was kept before and is no longer listed was sent by another tab; what is being kept at this moment stays.
    const own = this.entries.filter((entry) => !listed.has(entry.m) && !before.has(entry.m));
    this.entries = [...merged, ...own];
    this.#hooks.onChange();
    this.pump();
  }

  #tellOthers() {
    this.#channel?.postMessage("changed");
  }

  async #keep(entry) {
    const { kept, ...row } = entry;
    try {
      const n = await this.#store.add(row);
      if (this.#store.durable) entry.n = n;
      else this.#hooks.onKeepingFailed();
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
    this.#keepChange(entry);
    this.#hooks.onChange();
    return true;
  }

  #keepChange(entry) {
    const { kept, ...row } = entry;
    if (entry.n !== undefined) this.#store.put(row).catch(() => {});
  }
}
