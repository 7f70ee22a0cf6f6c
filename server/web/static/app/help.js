// "I need help now": one tap opens the card at once and calls the team over REST, also while the socket is down.
import { request } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { announce } from "../lib/ui.js";
import { call, isYouth, openSheet } from "./state.js";

// The times that tests/faults/help.py presses by, in every fault run.
const AGAIN_MS = 300; // after no answer: a line that was cut, a server that starts again
const PATIENCE_MS = 1_500; // then it is pressed once more while the first goes on: calls are merged
const TIMEOUT_MS = 5_000;
const EAGER_MS = 60_000; // for so long; after that with pauses that spare the battery
const LATER_MS = 4_000;
const ENDED = ["resolved", "handed_over"];
let calling = false;
let heard = 0; // of calls and of answers about them

/** Show the card, then call until the team has been reached: pressing more often is never wrong. */
export async function pressHelp() {
  heard += 1;
  call.value = { isOn: true, text: t("help.calling") };
  openSheet("called");
  if (calling) return;
  calling = true;
  const began = Date.now();
  const waiting = new Set();
  while (calling) {
    const press = reach().finally(() => waiting.delete(press));
    waiting.add(press);
    const answered = await Promise.race([...waiting, pause(PATIENCE_MS)]);
    if (answered === false) await pause(Date.now() - began < EAGER_MS ? AGAIN_MS : LATER_MS);
  }
}

/** Ask where an earlier call stands: after a reload, and when the line comes back. */
export async function lookAtHelp() {
  if (!isYouth()) return;
  const before = heard;
  try {
    const found = await request("GET", "/help/current");
    if (before === heard && !calling) show(found); // else it was asked before somebody pressed
  } catch {
    // the line says that there is no connection; what was shown stays
  }
}

/** Take an event about the youth's own call: its sentence says what happens next. */
export function takeHelpEvent(event) {
  if (!isYouth() || !event.kind.startsWith("escalation.") || !event.text || event.c) return;
  show({ escalation: { state: event.state }, next: event.text });
  announce(event.text);
}

/** Return the numbers of the help card, which came with the page: they need no network. */
export function listHelpLines() {
  return [...document.querySelectorAll("#help-lines li")].map((item) => ({ ...item.dataset }));
}

/** Press once; true ends the call: the team was reached, or the answer is a no that stays one. */
async function reach() {
  try {
    show(await request("POST", "/help", {}, { timeoutMs: TIMEOUT_MS }));
    calling = false;
    return true;
  } catch (problem) {
    const isFinal = !problem.isUnreached && problem.status < 500 && problem.status !== 429;
    // Another press may have been answered meanwhile: then its words stay.
    if (calling) call.value = { isOn: !isFinal, text: t(isFinal ? "help.refused" : "help.unreached") };
    if (isFinal) calling = false;
    return isFinal;
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function show({ escalation, next }) {
  heard += 1;
  const isOn = escalation !== null && escalation !== undefined && !ENDED.includes(escalation.state);
  const wasOn = call.value.isOn;
  if (isOn || wasOn) call.value = { isOn, text: next };
}
