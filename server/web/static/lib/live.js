// The live connection of a page. Tabs of one person share one socket: the tab that holds the lock has it, the others hear
// through a BroadcastChannel and ask through it; when that tab goes, the next one takes over at the cursor they all know.
import { request as ask } from "./api.js";
import { judge } from "./cursor.js";
import { Line } from "./line.js";
import { Lost, Refused } from "./link.js";
import { deviceId } from "./session.js";

export { Lost, Refused };

const ANSWER_MS = 15_000;
const SILENCE_MS = 2_000;
const AGAIN_MS = 3_000;
const ALIVE_MS = 15_000;

/**
 * Connect, and stay connected until `stop()`.
 *
 * Hooks, all optional and synchronous: `onEvent(event)` for each event of the log, in order and once; `onSnapshot(snapshot)` when
 * there is a new start (everything known before is void); `onPush(frame)` for typing and notices; `onState(state, reason)` with
 * connecting, live, waiting (offline, portal, busy, lost), away (signed_out, expired, suspended, version, replaced, protocol) or idle.
 * `shareAs`: the person's id, to share one socket among the tabs of that person.
 *
 * Returns `{state, reason, isLeader, request(type, fields), tell(type, fields), nudge(), doubt(), start(), stop()}`;
 * `request` rejects with Refused (`code`, `retry`, `retryAfterMs`) or Lost (the outcome is unknown).
 */
export function connect({ onEvent, onSnapshot, onPush, onState, onLead, shareAs = null } = {}) {
  const nothing = () => {};
  const hooks = {
    onEvent: onEvent ?? nothing,
    onSnapshot: onSnapshot ?? nothing,
    onPush: onPush ?? nothing,
    onState: onState ?? nothing,
    onLead: onLead ?? nothing,
  };
  const canShare = shareAs !== null && "locks" in navigator && "BroadcastChannel" in globalThis;
  const line = canShare ? new SharedLine(hooks, shareAs) : makeOwnLine(hooks);
  line.start();
  return line;
}

function makeOwnLine(hooks) {
  const onBatch = (batch) => batch.ev.forEach(hooks.onEvent);
  const line = new Line({ deviceId: deviceId(), hooks: { ...hooks, onBatch, onWelcome: () => hooks.onLead() } });
  line.isLeader = true;
  return line;
}

class SharedLine {
  #hooks;
  #name;
  #channel;
  #line = null;
  #release = null;
  #cursor = null;
  #waiting = new Map();
  #held = null;
  #silence = null;
  #next = 1;
  #turn = 0;
  #tab = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #stopped = true;
  state = "idle";
  reason = null;

  constructor(hooks, person) {
    this.#hooks = hooks;
    this.#name = `warmlijn.line.${person}`;
  }

  get isLeader() {
    return this.#line !== null;
  }

  /** Start, or start again: a tab that was put aside takes the line. */
  start() {
    if (!this.#stopped) return void (this.#line ? this.#line.start() : this.#waitForLock({ steal: true }));
    this.#stopped = false;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#say("connecting");
    navigator.locks
      .request(this.#name, { ifAvailable: true }, (lock) => (lock ? this.#lead() : void this.#follow()))
      .catch(() => this.#lostLead());
  }

  stop() {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#silence);
    this.#line?.stop();
    this.#line = null;
    this.#release?.();
    this.#channel.close();
    this.#lose();
    this.#say("idle");
  }

  nudge() {
    if (this.#line) return this.#line.nudge();
    this.#tellOthers({ what: "nudge" });
    this.#expectLife();
  }

  doubt() {
    if (this.#line) this.#line.doubt();
    else this.#tellOthers({ what: "doubt" });
  }

  async request(type, fields) {
    if (this.state !== "live") throw new Lost("not connected");
    if (this.#line) return this.#line.request(type, fields);
    return this.#askLeader(type, fields);
  }

  tell(type, fields) {
    if (this.#line) this.#line.tell(type, fields);
    else this.#tellOthers({ what: "tell", type, fields });
  }

  /** Hold the lock as long as this page lives (or until it is stolen from a page that no longer answers). */
  #lead() {
    if (this.#stopped) return undefined;
    clearTimeout(this.#silence);
    const hooks = {
      onState: (state, reason) => this.#lineSaid(state, reason),
      onWelcome: () => this.#hooks.onLead(),
      onSnapshot: (snapshot) => this.#snapshotCame(snapshot),
      onBatch: (batch) => this.#batchCame(batch),
      onPush: (frame) => (this.#hooks.onPush(frame), this.#tellOthers({ what: "push", frame })),
    };
    this.#line = new Line({ deviceId: deviceId(), hooks, cursor: this.#cursor });
    this.#line.start();
    return new Promise((resolve) => (this.#release = resolve));
  }

  /** Hear what the leading tab hears; take its place when it goes. */
  #follow() {
    this.#waitForLock({});
    this.#startAfresh();
    this.#expectLife();
  }

  #waitForLock(options) {
    navigator.locks
      .request(this.#name, options, () => this.#lead())
      .catch(() => this.#lostLead());
  }

  #lostLead() {
    if (this.#stopped) return;
    this.#line?.stop();
    this.#line = null;
    this.#follow();
  }

  /** A leading tab that the system froze keeps its lock and says nothing: then the lock is taken from it. */
  #expectLife() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => !this.#stopped && !this.#line && this.#waitForLock({ steal: true }), SILENCE_MS);
    this.#tellOthers({ what: "who" });
  }

  async #startAfresh() {
    const turn = ++this.#turn;
    this.#held = [];
    try {
      const snapshot = await ask("GET", "/snapshot");
      if (this.#stopped || this.#line || turn !== this.#turn) return;
      this.#cursor = snapshot.cursor;
      this.#hooks.onSnapshot(snapshot);
    } catch {
      if (!this.#stopped && !this.#line && turn === this.#turn) setTimeout(() => turn === this.#turn && this.#startAfresh(), AGAIN_MS);
      return;
    }
    const held = this.#held;
    this.#held = null;
    held.forEach((batch) => this.#takeBatch(batch));
    this.#tellOthers({ what: "who" });
  }

  #hear(message) {
    if (message.to && message.to !== this.#tab) return;
    if (this.#line) this.#hearAsLeader(message);
    else this.#hearAsFollower(message);
  }

  #hearAsLeader({ what, from, id, type, fields }) {
    if (what === "who") this.#tellOthers({ what: "state", state: this.#line.state, reason: this.#line.reason, to: from });
    else if (what === "nudge") this.#line.nudge();
    else if (what === "doubt") this.#line.doubt();
    else if (what === "tell") this.#line.tell(type, fields);
    else if (what === "ask") this.#answer(from, id, type, fields);
  }

  #hearAsFollower(message) {
    if (message.what === "state") this.#leaderSaid(message.state, message.reason);
    else if (message.what === "batch") this.#takeBatch(message.batch);
    else if (message.what === "push") this.#hooks.onPush(message.frame);
    else if (message.what === "afresh") this.#startAfresh();
    else if (message.what === "answer") this.#takeAnswer(message);
  }

  async #answer(to, id, type, fields) {
    try {
      this.#tellOthers({ what: "answer", to, id, frame: await this.#line.request(type, fields) });
    } catch (error) {
      const refused = error instanceof Refused ? { code: error.code, retry: error.retry, retry_after_ms: error.retryAfterMs } : null;
      this.#tellOthers({ what: "answer", to, id, refused });
    }
  }

  #askLeader(type, fields) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#takeAnswer({ id, refused: null }), ANSWER_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#tellOthers({ what: "ask", id, type, fields });
    });
  }

  #takeAnswer({ id, frame, refused }) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (frame) waiting.resolve(frame);
    else waiting.reject(refused ? new Refused(refused) : new Lost("no answer from the leading tab"));
  }

  #lose() {
    for (const id of [...this.#waiting.keys()]) this.#takeAnswer({ id, refused: null });
  }

  #leaderSaid(state, reason) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#isWatched() && this.#expectLife(), ALIVE_MS); // it may be frozen later
    if (state === "idle") return this.#lose();
    if (state === this.state && reason === this.reason) return; // it lives, and nothing is new
    if (this.#held === null || state !== "live") this.#say(state, reason);
  }

  #isWatched() {
    return !this.#stopped && !this.#line && document.visibilityState === "visible";
  }

  #lineSaid(state, reason) {
    if (this.#stopped) return;
    this.#say(state, reason);
    this.#tellOthers({ what: "state", state, reason });
  }

  #snapshotCame(snapshot) {
    this.#cursor = snapshot.cursor;
    this.#hooks.onSnapshot(snapshot);
    this.#tellOthers({ what: "afresh" });
  }

  #batchCame(batch) {
    this.#cursor = batch.to;
    batch.ev.forEach(this.#hooks.onEvent);
    this.#tellOthers({ what: "batch", batch });
  }

  #takeBatch(batch) {
    if (this.#held) return void this.#held.push(batch);
    const verdict = judge(this.#cursor, batch);
    if (verdict === "sync") return void this.#startAfresh();
    if (verdict === "drop") return;
    this.#cursor = batch.to;
    batch.ev.forEach(this.#hooks.onEvent);
  }

  #tellOthers(message) {
    if (!this.#stopped) this.#channel.postMessage({ from: this.#tab, ...message });
  }

  #say(state, reason = null) {
    this.state = state;
    this.reason = reason;
    this.#hooks.onState(state, reason);
  }
}
