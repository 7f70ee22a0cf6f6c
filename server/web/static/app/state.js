// What the screen depends on, as signals. Only the modules that do things write them; views read.
import { now } from "../lib/time.js";
import { signal } from "../lib/ui.js";

/** Who is signed in: the answer of GET /me, or null. */
export const me = signal(null);
/** The line to the server: `{state, reason}` of lib/live.js. */
export const line = signal({ state: "idle", reason: null });
/** What is open beside the list: `{name: "home" | "talk" | "hours" | "ledger" | "mine" | "intake", c?}`. */
export const view = signal({ name: "home" });
/** The sheet that lies on top, or null: `{name, ...what it needs}`. */
export const sheet = signal(null);
/** Rises with every change of the book; whoever draws from the book reads it. */
export const bookVersion = signal(0);
/** Whether the server has said which conversations there are: before that nobody may be told that they have none. */
export const isListed = signal(false);
/** What waits to be sent. */
export const outbox = signal([]);
/** Ids of conversations in which somebody else types now. */
export const typing = signal(new Set());
/** A sentence that stays until it is closed: `{key, text, action?: {label, act}}` each. */
export const strips = signal([]);
/** The youth's own call for help: `{isOn, text}`. */
export const call = signal({ isOn: false, text: "" });
/** The youth's question to the duty pool: `{id, state, c}`, or null. */
export const dutyAsked = signal(null);
/** Open questions of youths that this expert may take: ids. */
export const dutyOffers = signal([]);
/** The pairings of the two themselves, as GET /pairings gives them. */
export const pairings = signal([]);
/** Where a youth without a buddy stands: the answer of GET /me/buddy-request, or null. */
export const standing = signal(null);
/** The expert's own hours: GET /me/availability, or null. */
export const hours = signal(null);
/** Until when the expert has duty now: a Date, or null. */
export const dutyUntil = signal(null);
/** Until when the expert took more time in a talk, beyond the own hours: a Date, or null. */
export const extendedUntil = signal(null);
/** The expert's open worries. */
export const worries = signal([]);
/** Questions after a heavy talk that were not answered. */
export const cares = signal([]);
/** The running notice that the expert's hours end: `{until}`, or null. */
export const ending = signal(null);
/** Whether to ask for permission to push now. */
export const pushAsk = signal(false);

/** Whether list and page stand side by side. */
export const isWide = signal(matchMedia("(min-width: 56rem)").matches);
matchMedia("(min-width: 56rem)").addEventListener("change", (event) => (isWide.value = event.matches));

export const isYouth = () => me.value?.role === "youth";
export const isExpert = () => me.value?.role === "expert";
/** Whether an expert has time off now: outside their hours, without duty, and without more time in a talk. */
export const isFree = () => isExpert() && hours.value !== null && !hours.value.reachability.open && dutyUntil.value === null && extendedUntil.value === null;
/** Return when this expert may write in a talk again: a Date, null when nobody knows, undefined while they may. */
export function shutUntil({ gate }) {
  if (!isExpert() || gate?.state !== "closed") return undefined;
  const opens = gate.opens_at ? new Date(gate.opens_at) : null;
  return opens && opens <= now() ? undefined : opens; // the server judges a moment that has come
}
export const isStaff = () => me.value?.role === "coordinator" || me.value?.role === "admin";

/** Open a sheet in place of another. */
export function openSheet(name, needs = {}) {
  sheet.value = { name, ...needs };
}

/** Return a function that acts (closes it, as a rule) only while the sheet that is open now still is: answers come late. */
export function ownSheet() {
  const own = sheet.value;
  return (act = closeSheet) => sheet.value === own && act();
}

/** Close whatever sheet is open. */
export function closeSheet() {
  sheet.value = null;
}

/** Show a sentence at the top until it is closed or said otherwise; the same key replaces. */
export function showStrip(key, text, action = null) {
  strips.value = [...strips.value.filter((one) => one.key !== key), ...(text ? [{ key, text, action }] : [])];
}
