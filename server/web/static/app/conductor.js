// What the signed-in app does: ties the line, the outbox and the book to the signals that the views read.
import { onSessionOver, request } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { Refused, connect } from "../lib/live.js";
import { findNote, isBorrowed, isTabOnly, keepNote } from "../lib/session.js";
import { now } from "../lib/time.js";
import { announce, effect } from "../lib/ui.js";
import { Book, newestUnread } from "./book.js";
import { lookAtDuty, takeDutyEvent } from "./duty.js";
import { lookAtEvening, lookAtHours, takeEveningEvent, watchHours } from "./evening.js";
import { lookAtHelp, takeHelpEvent } from "./help.js";
import { leave, onGone } from "./leaving.js";
import { Outbox } from "./outbox.js";
import { lookAtPairings, takePairingEvent } from "./pairs.js";
import { considerAsking, renewPush, showBadge } from "./push.js";
import { ReadMarks } from "./reading.js";
import { bookVersion, hours, isExpert, isListed, isWide, isYouth, line, me, outbox, showStrip, typing, view } from "./state.js";
import { openStore } from "./store.js";

const PAGE = 50;
const REFRESH_AFTER_MS = 500;
const TYPING_SHOWN_MS = 6_000;
const TYPING_EVERY_MS = 3_000;
const OPEN_TALK = "talk";

let book = null;
let live = null;
let waiting = null;
let marks = null;
let refreshTimer = null;
let [listsAsked, listTaken, isRefreshDue] = [0, 0, false];
let typingAt = -TYPING_EVERY_MS;
let hasChosen = false;
let wereListed = new Set();
const fetching = new Set();
const typingTimers = new Map();
const seenChecks = new Map();

/** Start for whoever `me` is. */
export async function startTalking() {
  book = new Book(me.value.id);
  const store = await openStore({ isBorrowed: isBorrowed() });
  if (!isTabOnly()) await store.keepOnly(me.value.id).catch(() => {});
  waiting = new Outbox({ store, user: me.value.id, send: sendEntry, hooks: outboxHooks() });
  marks = new ReadMarks((type, fields) => live.request(type, fields), drawBook);
  onSessionOver(() => goAway("expired"));
  onGone(() => (live?.stop(), store.close()));
  listenToPage();
  if (isExpert()) {
    watchHours(() => listTalks().some(({ gate }) => gate?.until && new Date(gate.until) <= now()));
    effect(() => hours.value && refreshSoon()); // with the own hours the gates of the talks turn
  }
  renewPush();
  effect(() => {
    const { name, c } = view.value;
    if (hasChosen) keepNote(OPEN_TALK, name === "talk" ? c : "");
  });
  await waiting.load();
  live = connect({ shareAs: me.value.id, onEvent: takeEvent, onSnapshot: startAfresh, onPush: takePush, onState: lineChanged, onLead: () => marks.forget() });
}

/** Return the conversations, the newest first. */
export function listTalks() {
  return book ? book.list() : [];
}

/** Return a conversation, or undefined. */
export function findTalk(c) {
  return book?.find(c);
}

/** Return the open talk in which a coordinator is with this youth, a line of their own first; undefined for none. */
export function findHelper() {
  const talks = listTalks().filter((talk) => !talk.closed && talk.members.some((member) => member.role === "coordinator"));
  return talks.find((talk) => talk.kind === "line") ?? talks[0];
}

/** Return the talk with the newest message that waits to be read, other than the one that is open; undefined for none. */
export function findElsewhere() {
  return listTalks().find((talk) => talk.id !== view.value.c && newestUnread(talk) > 0);
}

/** Open a conversation; one that is not known yet is asked for. */
export async function openTalk(c) {
  if (!findTalk(c)) await refresh();
  view.value = { name: "talk", c };
  const conversation = findTalk(c);
  if (conversation && !conversation.loaded) fetchPage(conversation);
}

/** Send a text into a conversation. */
export function say(c, body, replyTo = null) {
  waiting.add({ c, body, replyTo, at: now().toISOString() });
}

/** Try a refused message again. */
export function tryAgain(entry) {
  waiting.retry(entry);
}

/** Give up a message that was not sent. */
export function discard(entry) {
  waiting.discard(entry);
}

/** Say that this person types; at most once in three seconds. */
export function tellTyping(c) {
  if (performance.now() - typingAt < TYPING_EVERY_MS) return;
  typingAt = performance.now();
  live.tell("typing", { c, on: true });
}

/** Take a held message back. Returns a sentence when that did not work, else null. */
export async function withdraw(conversation, message) {
  try {
    await live.request("withdraw", { c: conversation.id, mid: message.mid });
    book.apply({ kind: "msg.update", c: conversation.id, seq: message.seq, state: "withdrawn" });
    drawBook();
    return null;
  } catch (error) {
    return error instanceof Refused ? t("withdraw.failed", { name: conversation.name }) : t("withdraw.unsure");
  }
}

/** Fetch the page before what is known. Returns whether that worked. */
export async function fetchOlder(conversation) {
  return fetchPage(conversation);
}

/** Mark as read what is seen now; `isSeen()` is asked again a moment later. */
export function seeSoon(conversation, isSeen) {
  seenChecks.set(conversation.id, isSeen);
  marks.soon(conversation, isSeen);
}

/** Look after the line now. */
export function nudge() {
  if (line.value.state === "away" || line.value.state === "idle") live.start();
  else live.nudge();
}

/** Return how many messages wait to be sent. */
export function countUnsent() {
  return waiting?.entries.length ?? 0;
}

/** Forget what waits: the person signs out. */
export async function forgetUnsent() {
  await waiting?.clear();
}

function listenToPage() {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    live?.nudge();
    const conversation = findTalk(view.value.c);
    if (conversation && seenChecks.has(conversation.id)) marks.soon(conversation, seenChecks.get(conversation.id));
  });
  addEventListener("online", () => live?.nudge());
  addEventListener("offline", () => live?.doubt());
  addEventListener("pagehide", () => live?.stop());
  addEventListener("pageshow", (event) => event.persisted && live?.start());
}

function outboxHooks() {
  return {
    onChange: () => (outbox.value = [...waiting.entries]),
    onKeepingFailed: () => showStrip("keeping", t("line.keeping")),
    onSent: takeSent,
    mayPump: () => live?.isLeader ?? false,
  };
}

async function sendEntry({ c, m, body, replyTo }) {
  try {
    return await live.request("send", replyTo ? { c, m, body, reply_to: replyTo } : { c, m, body });
  } catch (error) {
    if (error.code === "expert.outside_window") lookAtHours(); // they ended a moment ago: the text box says so as well
    throw error;
  }
}

function lineChanged(state, reason) {
  line.value = { state, reason };
  document.documentElement.dataset.line = state;
  if (state === "away" && (reason === "signed_out" || reason === "expired")) goAway(reason);
  if (state === "live") cameLive();
}

/** Signed out from elsewhere: nothing stays here. A session that merely ended keeps what was unsent. */
async function goAway(reason) {
  if (reason === "signed_out") await waiting.clear();
  leave(reason);
}

function cameLive() {
  waiting.pump();
  if (isRefreshDue) refreshSoon();
  lookAtHelp();
  lookAtDuty();
  lookAtPairings();
  lookAtEvening();
  const conversation = findTalk(view.value.c);
  if (conversation && !conversation.loaded) fetchPage(conversation);
}

function startAfresh(snapshot) {
  [listTaken, isRefreshDue] = [++listsAsked, false];
  book.reset(snapshot.conversations);
  isListed.value = true;
  chooseAgain();
  drawBook();
}

function chooseAgain() {
  chooseView();
  wereListed = new Set(book.list().map((talk) => talk.id));
}

/** A youth has one talk as a rule: it is open at once. On a wide screen the newest is open beside the list. */
function chooseView() {
  const talks = book.list();
  const { name, c } = view.value;
  if (name === "talk" && book.find(c)) return;
  const before = findNote(OPEN_TALK);
  if (name === "home" && !hasChosen && book.find(before)) {
    hasChosen = true;
    view.value = { name: "talk", c: before };
    return;
  }
  hasChosen = true;
  if (name !== "home" && name !== "talk") return;
  const pairs = talks.filter((talk) => !talk.closed);
  if (name === "home" && !pairs.some((talk) => !wereListed.has(talk.id))) return; // who went back to the list stays there
  if (talks.length && isYouth() && (pairs.length === 1 || isWide.value)) view.value = { name: "talk", c: (pairs[0] ?? talks[0]).id };
  else if (talks.length && isWide.value && name === "talk") view.value = { name: "talk", c: talks[0].id };
  else if (name === "talk") view.value = { name: "home" };
}

function takeEvent(event) {
  if (book.apply(event) === "refresh") refreshSoon();
  if (event.kind === "msg.new") tookMessage(event);
  else if (event.kind.startsWith("duty.")) takeDutyEvent(event);
  else if (event.kind.startsWith("pairing.")) (takePairingEvent(event), refreshSoon());
  else if (event.kind === "account.changed") tellAccountNews(event);
  takeHelpEvent(event);
  takeEveningEvent(event);
  drawBook();
}

async function tellAccountNews(event) {
  const { writeNews } = await import("../lib/account_news.js");
  const news = await writeNews(event);
  if (news) showStrip("account", news);
}

function tookMessage(event) {
  if (event.m) waiting.settle(event.m);
  if (event.sender === me.value.id) return;
  stopTyping(event.c);
  const conversation = findTalk(event.c);
  if (!conversation || event.c !== view.value.c) return;
  announce(t("announce.message", { name: nameOf(conversation, event.sender), body: event.body }));
  if (seenChecks.has(event.c)) marks.soon(conversation, seenChecks.get(event.c));
}

/** Return how a member of a conversation is called. */
export function nameOf(conversation, id) {
  return conversation.members.find((one) => one.id === id)?.display_name ?? conversation.name;
}

function takePush(frame) {
  if (frame.type !== "typing" || frame.user === me.value.id) return;
  stopTyping(frame.c);
  if (!frame.on) return;
  typing.value = new Set([...typing.value, frame.c]);
  typingTimers.set(frame.c, setTimeout(() => stopTyping(frame.c), TYPING_SHOWN_MS));
}

function stopTyping(c) {
  clearTimeout(typingTimers.get(c));
  if (!typing.value.has(c)) return;
  typing.value = new Set([...typing.value].filter((one) => one !== c));
}

function takeSent(entry, answer) {
  book.sent(entry, answer);
  if (answer.status === "held") announce(t("announce.held", { name: findTalk(entry.c)?.name ?? "" }));
  considerAsking();
  drawBook();
}

async function fetchPage(conversation) {
  if (fetching.has(conversation.id)) return true;
  fetching.add(conversation.id);
  try {
    const before = conversation.loaded ? `&before=${conversation.oldest}` : "";
    const page = await request("GET", `/conversations/${conversation.id}/messages?limit=${PAGE}${before}`);
    if (book.find(conversation.id) === conversation) book.addPage(conversation.id, page, { isNewest: !before });
    return true;
  } catch {
    return false;
  } finally {
    fetching.delete(conversation.id);
    drawBook();
  }
}

function refreshSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(refresh, REFRESH_AFTER_MS);
}

/** Ask for the list. An answer that is older than one that was taken says nothing new, and might end a talk that has just begun. */
async function refresh() {
  const turn = ++listsAsked;
  try {
    const { conversations } = await request("GET", "/conversations");
    if (turn < listTaken) return;
    listTaken = turn;
    isRefreshDue = false;
    book.replace(conversations).forEach(sayGone);
    chooseAgain();
    const conversation = findTalk(view.value.c);
    if (conversation && !conversation.loaded) fetchPage(conversation);
    drawBook();
  } catch {
    isRefreshDue = true; // without a line it waits for the next one
    if (line.value.state === "live") refreshSoon();
  }
}

/** An expert whose youth got another buddy reads so; nobody is told why. */
function sayGone({ id, name }) {
  keepNote(`draft.${id}`, "");
  if (isExpert()) showStrip(`gone ${id}`, t("talk.gone", { name }));
}

function drawBook() {
  bookVersion.value += 1;
  showBadge(listTalks().filter((talk) => newestUnread(talk) > 0).length);
}
