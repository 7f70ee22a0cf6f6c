// One line to the server: ticket, hello, catching up by cursor, acks, pings, and coming back after every kind of close.
import { Acks } from "./acks.js";
import { Problem, request } from "./api.js";
import { isBehind, judge } from "./cursor.js";
import { Link, Lost, Refused } from "./link.js";
import { planAfterClose, planAfterProblem } from "./retry.js";
import { learnTime } from "./time.js";

const PING_MS = 25_000;
const PROBE_MS = 3_000;
const SETTLED_MS = 30_000;
const OFFLINE_RETRY_MS = 30_000;
const FIRST_EVENTS_MS = 5_000;
const REFUSED_MS = 2_000;

export class Line {
  #deviceId;
  #hooks;
  #link = null;
  #cursor = null;
  #generation = 0;
  #attempt = 0;
  #syncing = false;
  #liveAt = 0;
  #notBefore = 0;
  #timers = { retry: null, ping: null, first: null };
  #acks = new Acks(() => this.#link?.tell("ack", { cursor: this.#cursor }));

  /**
   * `cursor` is where another tab was, or null. Hooks, all synchronous:
   * `onState(state, reason)` with idle, connecting, live, waiting (reason offline, portal, busy or lost) or away (reason from retry.js);
   * `onWelcome(frame)`, `onSnapshot(snapshot)`, `onBatch({from, to, ev})`, `onPush(frame)` for typing and notices.
   */
  constructor({ deviceId, hooks, cursor = null }) {
    this.#deviceId = deviceId;
    this.#hooks = hooks;
    this.#cursor = cursor;
    this.state = "idle";
    this.reason = null;
  }

  /** Connect, and stay connected until `stop`. */
  start() {
    this.#attempt = 0;
    this.#connect();
  }

  /** Hang up; everything applied is acknowledged first. */
  stop() {
    this.#generation += 1;
    this.#acks.flush();
    const link = this.#link;
    this.#letGo();
    clearTimeout(this.#timers.retry);
    link?.close();
    this.#say("idle");
  }

  /** Look after the line now: somebody came back to the page, or the network did. */
  nudge() {
    if (this.state === "live") this.#pulse();
    else if (this.state === "waiting") this.#retryIn(Math.max(0, this.#notBefore - Date.now()));
  }

  /** The browser says that the network is gone: find out quickly, rather than at the next ping. */
  doubt() {
    if (this.state === "waiting") this.#say("waiting", "offline");
    if (this.state !== "live") return;
    const link = this.#link;
    const asked = performance.now();
    this.#pulse();
    setTimeout(() => link.heardAt < asked && link.close(4001), PROBE_MS);
  }

  /** Send a request while live. Rejects with Refused, or with Lost when the outcome is unknown. */
  async request(type, fields) {
    if (this.state !== "live") throw new Lost("not connected");
    return this.#link.request(type, fields);
  }

  /** Send a frame without an answer, if there is a line. */
  tell(type, fields) {
    if (this.state === "live") this.#link.tell(type, fields);
  }

  async #connect() {
    const generation = ++this.#generation;
    clearTimeout(this.#timers.retry);
    this.#say("connecting");
    try {
      const { ticket } = await request("POST", "/realtime/tickets");
      if (generation === this.#generation) this.#open(ticket);
    } catch (error) {
      if (generation === this.#generation) this.#follow(this.#planFor(error), error);
    }
  }

  #open(ticket) {
    const link = new Link(`${location.origin.replace(/^http/, "ws")}/ws/v1`, {
      onPush: (frame) => link === this.#link && this.#hear(link, frame),
      onClose: (end) => link === this.#link && this.#closed(end),
    });
    this.#link = link;
    this.#greet(link, ticket).catch((error) => this.#mend(link, error));
  }

  async #greet(link, ticket) {
    await link.opened;
    const askedAt = performance.now();
    const welcome = await link.request("hello", {
      ticket,
      device_id: this.#deviceId,
      cursor: this.#cursor,
      caps: [],
    });
    if (link !== this.#link) return;
    learnTime(welcome.server_time, askedAt);
    this.#hooks.onWelcome(welcome);
    this.#timers.ping = setInterval(() => this.#pulse(), Math.min(PING_MS, heartbeat(welcome)));
    if (welcome.resumed) this.#timers.first = setTimeout(() => this.#sync(link), FIRST_EVENTS_MS);
    else await this.#reset(link);
  }

  async #reset(link) {
    this.#cursor = null; // batches are dropped until the snapshot is in
    const snapshot = await request("GET", "/snapshot");
    if (link !== this.#link) return;
    this.#hooks.onSnapshot(snapshot);
    this.#cursor = snapshot.cursor;
    await this.#sync(link);
  }

  async #sync(link) {
    if (this.#syncing || link !== this.#link) return;
    this.#syncing = true;
    try {
      await link.request("sync", { cursor: this.#cursor });
      if (link === this.#link) this.#syncing = false;
    } catch (error) {
      if (link === this.#link) this.#syncing = false;
      await this.#syncFailed(link, error);
    }
  }

  async #syncFailed(link, error) {
    if (!(error instanceof Refused)) return this.#mend(link, error);
    if (error.code === "sync.reset_required") return this.#reset(link).catch((again) => this.#mend(link, again));
    if (error.retry === "never") return this.#mend(link, error);
    setTimeout(() => this.#sync(link), error.retryAfterMs || 1_000);
  }

  #hear(link, frame) {
    if (frame.type === "events") this.#batch(link, frame);
    else if (frame.type !== "bye" && frame.type !== "error") this.#hooks.onPush(frame);
  }

  #batch(link, frame) {
    const verdict = judge(this.#cursor, frame);
    if (verdict === "sync") return void this.#sync(link);
    if (this.#cursor === null) return;
    clearTimeout(this.#timers.first);
    if (verdict === "apply") {
      this.#hooks.onBatch({ from: frame.from, to: frame.to, ev: frame.ev });
      this.#cursor = frame.to;
      this.#acks.note(frame.ev.length);
    }
    if (!frame.more && this.state !== "live") this.#becomeLive();
  }

  #becomeLive() {
    this.#liveAt = Date.now();
    this.#say("live");
  }

  async #pulse() {
    const link = this.#link;
    if (this.state !== "live" || link === null) return;
    this.#acks.flush();
    const askedAt = performance.now();
    try {
      const pong = await link.request("ping", { cursor: this.#cursor });
      learnTime(pong.server_time, askedAt);
      if (isBehind(this.#cursor, pong.head)) this.#sync(link);
    } catch (error) {
      if (!(error instanceof Refused)) this.#mend(link, error);
    }
  }

  /** Something failed on a line that may still look open: start it afresh, save where the answer is final. */
  #mend(link, error) {
    if (link !== this.#link) return;
    // The server says why in a bye of its own after it refused; closing first would hide a "stay away".
    if (error instanceof Refused) return void setTimeout(() => link.close(4001), REFUSED_MS);
    const plan = error instanceof Problem ? this.#planFor(error) : null;
    if (!plan?.away) return link.close(4001);
    this.#letGo();
    link.close();
    this.#follow(plan, error);
  }

  #closed(end) {
    if (this.state === "live" && Date.now() - this.#liveAt > SETTLED_MS) this.#attempt = 0;
    this.#letGo();
    this.#follow(planAfterClose({ ...end, attempt: this.#attempt }), end);
  }

  #letGo() {
    this.#link = null;
    this.#syncing = false;
    this.#acks.drop();
    clearInterval(this.#timers.ping);
    clearTimeout(this.#timers.first);
  }

  #planFor(error) {
    if (!(error instanceof Problem) || error.isUnreached) return planAfterClose({ code: 1006, attempt: this.#attempt });
    return planAfterProblem({ ...error, attempt: this.#attempt });
  }

  #follow(plan, cause) {
    if (plan.away) return this.#say("away", plan.away);
    this.#attempt += 1;
    const isBusy = cause.status === 429 || (cause.code >= 4200 && cause.code <= 4299);
    this.#notBefore = isBusy || cause.retryAfterMs ? Date.now() + plan.waitMs : 0;
    this.#say("waiting", isBusy ? "busy" : reasonOf(cause));
    this.#retryIn(navigator.onLine ? plan.waitMs : Math.max(plan.waitMs, OFFLINE_RETRY_MS));
  }

  #retryIn(waitMs) {
    clearTimeout(this.#timers.retry);
    this.#timers.retry = setTimeout(() => this.#connect(), waitMs);
  }

  #say(state, reason = null) {
    this.state = state;
    this.reason = reason;
    this.#hooks.onState(state, reason);
  }
}

function reasonOf(cause) {
  if (cause?.code === "net.portal") return "portal";
  return navigator.onLine ? "lost" : "offline";
}

function heartbeat(welcome) {
  return welcome.heartbeat_s > 0 ? welcome.heartbeat_s * 1_000 : PING_MS;
}
