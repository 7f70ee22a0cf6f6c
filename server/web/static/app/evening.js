// The expert's evening: own hours, the notice that they end, worries, and how it was afterwards.
import { request } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { findNote, keepNote } from "../lib/session.js";
import { isoDate, now } from "../lib/time.js";
import { announce } from "../lib/ui.js";
import { cares, dutyUntil, ending, extendedUntil, hours, isExpert, isStaff, me, showStrip, worries } from "./state.js";

const WATCH_EVERY_MS = 5_000;
const NOTICE_MS = 15 * 60_000; // the house's first notice
const EXTENSION_NOTICE_MS = 5 * 60_000;
const READ_NOTICE = "ending.read";
const DAY_MS = 86_400_000;
let [asked, taken] = [0, 0];

/** See the own hours, and what `isTalkOver` knows, begin and end while the app is open: no event tells of the clock. */
export function watchHours(isTalkOver) {
  setInterval(() => (isOver() || isExtensionEnding() || isTalkOver()) && lookAtHours(), WATCH_EVERY_MS);
}

/** Ask for everything of the evening: after a reload, and when the line comes back. */
export async function lookAtEvening() {
  if (!isStaff()) lookAtCares();
  if (!isExpert()) return;
  await Promise.all([lookAtHours(), lookAtWorries()]);
}

/** Take one event that belongs to the evening. */
export function takeEveningEvent(event) {
  if (event.kind === "care.asked") lookAtCares();
  if (!isExpert()) return;
  if (event.kind === "hours.ending") end(event);
  else if (event.kind.startsWith("worry.")) worryMoved(event);
  else if (event.kind === "gate.opened" || event.kind === "availability.changed") lookAtHours();
}

/** Fetch the own hours again. */
export async function lookAtHours() {
  await quietly(async () => {
    const turn = ++asked;
    const own = await request("GET", "/me/availability");
    if (turn < taken) return; // a newer answer was quicker
    [taken, hours.value] = [turn, own];
    extendedUntil.value = findExtension(hours.value);
    bringBackNotice(hours.value.reachability);
    dutyUntil.value = await findDuty();
  });
}

/** Take the own hours as a change of them answered. */
export function takeHours(own) {
  taken = ++asked;
  hours.value = own;
}

/** Say whether what is known of the own hours has passed. */
function isOver() {
  const { open, until, next_opening: next } = hours.value?.reachability ?? {};
  const turn = open ? until : next;
  return [turn, dutyUntil.value, extendedUntil.value].some((at) => at && new Date(at) <= now());
}

/** Return until when the own duty of now lasts, or null. */
async function findDuty() {
  const at = now();
  const [from, to] = [at.getTime() - DAY_MS, at.getTime() + DAY_MS].map((time) => isoDate(new Date(time)));
  const { shifts } = await request("GET", `/shifts?from=${from}&to=${to}`);
  const isNow = (one) => one.kind === "duty" && one.person === me.value.id && new Date(one.starts_at) <= at && at < new Date(one.ends_at);
  const own = shifts.find(isNow);
  return own ? new Date(own.ends_at) : null;
}

/** Pause at once; `until` is an instant or null for "until I come back". */
export async function pause(until) {
  await request("POST", "/me/pause", until ? { until: until.toISOString() } : {});
  await lookAtHours();
}

/** Come back from a pause. */
export async function comeBack() {
  await request("DELETE", "/me/pause");
  if (hours.value?.rest) await request("DELETE", "/me/rest");
  await lookAtHours();
}

/** Give a running talk fifteen minutes more. */
export async function extend(c) {
  const { until } = await request("POST", "/me/extension", { c });
  putNoticeAway();
  await lookAtHours();
  return new Date(until);
}

/** Say that one worries. Returns `{id, text}`: the worry, and the server's sentence. */
export async function worry(c, { level, note, seqs }) {
  const given = { level, ...(note ? { note } : {}), ...(seqs?.length ? { seqs } : {}) };
  const raised = await request("POST", `/conversations/${c}/worries`, given);
  await lookAtWorries();
  return raised;
}

/** Leave an open worry to the coordinators. Returns the server's sentence. */
export async function handOver(id) {
  const { text } = await request("POST", `/me/worries/${id}/hand-over`, {});
  await lookAtWorries();
  return text;
}

/** Answer how it was. */
export async function answerCare(id, answer) {
  const answered = await request("POST", `/me/after-care/${id}`, answer);
  cares.value = cares.value.filter((one) => one.id !== id);
  if (isExpert()) await lookAtHours();
  return answered;
}

/** The notice that the hours end was read: it comes back with the next one, not with a reload. */
export function putNoticeAway() {
  keepNote(READ_NOTICE, ending.value?.until.toISOString() ?? "");
  ending.value = null;
}

// The event comes once and knows of no extension: a page that was reloaded, or whose expert has more time, knows the end.
function bringBackNotice({ open, until }) {
  const end = extendedUntil.value ?? (open && until ? new Date(until) : null);
  const most = extendedUntil.value ? EXTENSION_NOTICE_MS : NOTICE_MS;
  const isSoon = end !== null && end > now() && end - now() <= most;
  if (!isSoon) ending.value = null;
  else if (ending.value === null && findNote(READ_NOTICE) !== end.toISOString()) ending.value = { until: end };
}

function end({ until, minutes }) {
  if (extendedUntil.value >= new Date(until)) return;
  ending.value = { until: new Date(until) };
  announce(t("ending.title", { count: minutes }));
}

/** Return until when a talk was extended, on whichever device, or null. */
function findExtension({ extensions }) {
  const ends = extensions.map(({ until }) => new Date(until)).filter((until) => until > now());
  return ends.sort((one, other) => other - one)[0] ?? null;
}

function isExtensionEnding() {
  const until = extendedUntil.value;
  const isSoon = until !== null && until > now() && until - now() <= EXTENSION_NOTICE_MS;
  return isSoon && ending.value === null && findNote(READ_NOTICE) !== until.toISOString();
}

function worryMoved(event) {
  lookAtWorries();
  showStrip(`worry ${event.worry}`, event.text);
  announce(event.text);
}

async function lookAtWorries() {
  await quietly(async () => (worries.value = (await request("GET", "/me/worries")).worries.filter((one) => !one.released)));
}

async function lookAtCares() {
  await quietly(async () => (cares.value = (await request("GET", "/me/after-care")).after_care));
}

async function quietly(ask) {
  try {
    await ask();
  } catch {
    // asked again with the next event or the next line
  }
}
