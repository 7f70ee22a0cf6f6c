// The signed-in page: ties the wire, the outbox and the book to what is on the screen.
import { Problem, createApi } from "./api.js";
import { Book } from "./book.js";
import { learnTime, now } from "./clock.js";
import { Desk } from "./desk.js";
import { openDialog, readyDialogs } from "./dialogs.js";
import { announce, byId, showText } from "./dom.js";
import { Duty } from "./duty.js";
import { Help } from "./help.js";
import { t } from "./i18n.js";
import { leave, readySignOut } from "./leaving.js";
import { showLine } from "./line.js";
import { Refused } from "./link.js";
import { Outbox } from "./outbox.js";
import { ReadMarks } from "./reading.js";
import { Room } from "./room.js";
import { deviceId, findToken } from "./session.js";
import { Stage } from "./stage.js";
import { openStore } from "./store.js";
import { heldText } from "./thread.js";
import { Wire } from "./wire.js";

const PAGE = 50;
const REFRESH_AFTER_MS = 500;
const ASK_AGAIN_MS = 3_000;

/** Open the page for whoever the token belongs to. */
export async function startTalk() {
  readyDialogs();
  const call = createApi(findToken());
  const me = await askWhoIAm(call);
  if (me) await new Talk(call, me, await openStore()).start();
}

async function askWhoIAm(call) {
  for (;;) {
    try {
      return await call("GET", "/me");
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return void leave("expired");
      if (error instanceof Problem && error.status === 403) return void showLine("suspended");
      showLine(navigator.onLine ? "lost" : "offline", () => location.reload());
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }
}

class Talk {
  #call;
  #me;
  #book;
  #outbox;
  #wire;
  #room;
  #stage;
  #marks;
  #duty;
  #help;
  #desk;
  #isDrawing = false;
  #refreshTimer = null;
  #fetching = new Set();

  constructor(call, me, store) {
    this.#call = call;
    this.#me = me;
    this.#book = new Book(me.id);
    this.#wire = new Wire({ call, deviceId: deviceId(), hooks: this.#wireHooks() });
    this.#outbox = new Outbox({ store, user: me.id, send: (entry) => this.#sendEntry(entry), hooks: this.#outboxHooks() });
    this.#room = new Room(this.#roomHooks());
    this.#stage = new Stage(me, this.#room, { onOpened: () => this.#opened() });
    this.#duty = new Duty(call, (c) => this.#openTalk(c));
    this.#help = new Help(call, me);
    this.#desk = new Desk(call, me, (c) => this.#openTalk(c));
    this.#marks = new ReadMarks((type, fields) => this.#wire.request(type, fields));
  }

  /** Listen to the page, bring back what was unsent, connect. */
  async start() {
    showText(byId("more-me"), t("more.me", { name: this.#me.display_name }));
    readySignOut({ call: this.#call, outbox: this.#outbox, wire: this.#wire });
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    addEventListener("online", () => this.#wire.nudge());
    addEventListener("offline", () => this.#wire.doubt());
    addEventListener("pagehide", () => this.#wire.stop());
    addEventListener("pageshow", (event) => event.persisted && this.#wire.start());
    await this.#outbox.load();
    this.#wire.start();
  }

  #wireHooks() {
    return {
      onState: (state, reason) => this.#lineChanged(state, reason),
      onWelcome: () => this.#marks.forget(),
      onSnapshot: (snapshot) => this.#startAfresh(snapshot),
      onEvents: (events) => events.forEach((event) => this.#takeEvent(event)),
      onPush: (frame) => this.#takePush(frame),
      onServerTime: learnTime,
    };
  }

  #outboxHooks() {
    return {
      onChange: () => this.#drawSoon(),
      onKeepingFailed: () => showLine("keeping", null),
      onSent: (entry, answer) => this.#takeSent(entry, answer),
    };
  }

  #roomHooks() {
    return {
      onSend: (body) => this.#outbox.add({ c: this.#room.conversation.id, body, at: now().toISOString() }),
      onTyping: () => this.#wire.tell("typing", { c: this.#room.conversation.id, on: true }),
      onSeen: () => this.#seeSoon(),
      onOlder: () => this.#fetchPage(this.#room.conversation),
      onWithdraw: (message) => this.#withdraw(message),
      onDiscard: (entry) => this.#outbox.discard(entry),
      onHelp: () => openDialog("help"),
      onDuty: () => this.#duty.ask(),
    };
  }

  #lineChanged(state, reason) {
    document.documentElement.dataset.line = state;
    if (state === "away" && (reason === "signed_out" || reason === "expired")) return void this.#goAway(reason);
    if (state === "away" || state === "waiting") showLine(reason, this.#mendingFor(reason));
    if (state === "connecting") showLine(null);
    if (state === "live") this.#cameLive();
    this.#drawSoon();
  }

  #mendingFor(reason) {
    if (reason === "replaced") return () => this.#wire.start();
    if (reason === "version" || reason === "protocol") return () => location.reload();
    return () => this.#wire.nudge();
  }

  /** Signed out from elsewhere: nothing stays here. A session that merely ended keeps what was unsent. */
  async #goAway(reason) {
    if (reason === "signed_out") await this.#outbox.clear();
    leave(reason);
  }

  #cameLive() {
    showLine(null);
    this.#outbox.pump();
    this.#help.look();
    this.#desk.look();
    if (this.#room.conversation && !this.#room.conversation.loaded) this.#fetchPage(this.#room.conversation);
    this.#seeSoon();
  }

  #startAfresh(snapshot) {
    this.#book.reset(snapshot.conversations);
    this.#stage.choose(this.#book.list());
    this.#drawSoon();
  }

  #opened() {
    const { conversation } = this.#room;
    if (conversation && !conversation.loaded) this.#fetchPage(conversation);
    this.#seeSoon();
    this.#drawSoon();
  }

  #takeEvent(event) {
    if (this.#book.apply(event) === "refresh") this.#refreshSoon();
    if (event.kind === "msg.new") this.#tookMessage(event);
    if (event.kind.startsWith("duty.")) this.#duty.take(event);
    if (event.kind.startsWith("escalation.")) this.#takeEscalation(event);
    this.#drawSoon();
  }

  #takeEscalation(event) {
    this.#help.take(event);
    this.#desk.take(event);
  }

  #tookMessage(event) {
    if (event.m) this.#outbox.settle(event.m);
    if (event.sender === this.#me.id || event.c !== this.#room.conversation?.id) return;
    this.#room.heard(event);
    this.#seeSoon();
  }

  #takePush(frame) {
    const isHere = frame.type === "typing" && frame.c === this.#room.conversation?.id;
    if (isHere && frame.user !== this.#me.id) this.#room.showTyping(frame.on);
  }

  #takeSent(entry, answer) {
    this.#book.sent(entry, answer);
    const name = this.#book.find(entry.c)?.name ?? "";
    if (answer.status === "held") announce(t("announce.held", { text: heldText(answer.hold, name) }));
    this.#drawSoon();
  }

  #sendEntry({ c, m, body }) {
    return this.#wire.request("send", { c, m, body });
  }

  async #withdraw(message) {
    const { id, name } = this.#room.conversation;
    try {
      await this.#wire.request("withdraw", { c: id, mid: message.mid });
      this.#book.apply({ kind: "msg.update", c: id, seq: message.seq, state: "withdrawn" });
      this.#drawSoon();
    } catch (error) {
      this.#room.say(error instanceof Refused ? t("withdraw.failed", { name }) : t("withdraw.unsure"));
    }
  }

  async #fetchPage(conversation) {
    if (this.#fetching.has(conversation.id)) return;
    this.#fetching.add(conversation.id);
    try {
      const before = conversation.loaded ? `&before=${conversation.oldest}` : "";
      const page = await this.#call("GET", `/conversations/${conversation.id}/messages?limit=${PAGE}${before}`);
      if (this.#book.find(conversation.id) !== conversation) return;
      this.#book.addPage(conversation.id, page, { isNewest: !before });
      this.#seeSoon();
    } catch {
      this.#room.say(t("older.failed"));
    } finally {
      this.#fetching.delete(conversation.id);
      this.#drawSoon();
    }
  }

  #refreshSoon() {
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = setTimeout(() => this.#refresh(), REFRESH_AFTER_MS);
  }

  async #refresh() {
    try {
      this.#book.update((await this.#call("GET", "/conversations")).conversations);
      this.#stage.choose(this.#book.list());
      this.#drawSoon();
    } catch {
      if (this.#wire.state === "live") this.#refreshSoon();
    }
  }

  async #openTalk(c) {
    await this.#refresh();
    this.#stage.open(c);
  }

  #visibilityChanged() {
    if (document.visibilityState !== "visible") return;
    this.#wire.nudge();
    this.#seeSoon();
  }

  #seeSoon() {
    const { conversation } = this.#room;
    if (conversation) this.#marks.soon(conversation, () => this.#room.conversation === conversation && this.#room.isSeen());
  }

  #drawSoon() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      this.#stage.draw(this.#book.list(), this.#outbox.entries, { isLive: this.#wire.state === "live" });
    });
  }
}
