// The expert's evening: own hours, the notice that they end, worries, and how it was afterwards.
import { request } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { announce } from "../lib/ui.js";
import { cares, ending, hours, isExpert, isStaff, showStrip, worries } from "./state.js";

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
    hours.value = await request("GET", "/me/availability");
    if (!hours.value.reachability.open) ending.value = null;
  });
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
  ending.value = null;
  await lookAtHours();
  return new Date(until);
}

/** Say that one worries. Returns the server's sentence. */
export async function worry(c, { level, note, seqs }) {
  const given = { level, ...(note ? { note } : {}), ...(seqs?.length ? { seqs } : {}) };
  const { text } = await request("POST", `/conversations/${c}/worries`, given);
  await lookAtWorries();
  return text;
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

function end({ until, minutes }) {
  ending.value = { until: new Date(until), minutes };
  announce(t("ending.title", { count: minutes }));
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
