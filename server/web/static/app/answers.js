// A youth's answers of the intake: what the server has, and what waits in this tab until the server has it.
import { request } from "../lib/api.js";
import { problemText } from "../lib/i18n.js";
import { findNote, keepNote } from "../lib/session.js";
import { effect, signal, untracked } from "../lib/ui.js";
import { lookAtPairings } from "./pairs.js";
import { line } from "./state.js";

const NOTE = "intake";
const SEND_AFTER_MS = 600;
const AGAIN_AFTER_MS = 5_000; // a line may come back without anybody saying so

/** The answer of GET /me/intake with the themes to choose from, `{intake, questions, themes}`, or null. */
export const file = signal(null);
/** Answers that the server does not have yet: field → value. */
export const unsent = signal(findUnsent());
/** Where the sending stands: "kept", "sending" or "waiting" for a line. */
export const sending = signal(Object.keys(unsent.value).length > 0 ? "waiting" : "kept");
/** What cannot be kept as it stands: field → sentence. */
export const refused = signal({});
let timer = null;
let isSending = false;
let taken = 0;

effect(() => line.value.state === "live" && void untracked(send)); // whenever there is a line, what waits goes

/** Ask for the questions and the answers so far. Throws Problem. */
export async function lookAtIntake() {
  const before = taken;
  const [found, { themes }] = await Promise.all([request("GET", "/me/intake"), request("GET", "/buddy-themes")]);
  if (file.value === null || before === taken) file.value = { ...found, themes }; // else an answer was kept meanwhile
}

/** Return what the person answered, sent or not. */
export function findAnswer(field) {
  return field in unsent.value ? unsent.value[field] : file.value.intake[field];
}

/** Take an answer: kept in this tab at once, sent in a moment. */
export function answer(field, value) {
  refused.value = without(refused.value, field);
  keep({ ...unsent.value, [field]: value });
  clearTimeout(timer);
  timer = setTimeout(send, SEND_AFTER_MS);
}

/** Say what is wrong with an answer before it is kept: the one before stays. */
export function refuse(field, sentence) {
  refused.value = { ...refused.value, [field]: sentence };
}

/** Send what waits, a field at a time: a no to one is no reason to lose another. */
export async function send() {
  clearTimeout(timer);
  if (isSending) return;
  isSending = true;
  const [wasEmpty, first] = [Object.keys(unsent.value).length === 0, file.value?.filled_in === false];
  try {
    for (let [next] = Object.entries(unsent.value); next; [next] = Object.entries(unsent.value)) {
      if (sending.value !== "waiting") sending.value = "sending";
      await sendOne(...next);
    }
    sending.value = "kept";
    if (!wasEmpty && first) lookAtPairings(); // the card of the waiting list says that something was told
  } catch {
    sending.value = "waiting";
    timer = setTimeout(send, AGAIN_AFTER_MS);
  } finally {
    isSending = false;
  }
}

async function sendOne(field, value) {
  try {
    const { intake, filled_in } = await request("PUT", "/me/intake", { [field]: value });
    taken += 1;
    const kept = typeof value === "string" ? value : intake[field]; // a text stays as it is being typed: the server drops the space at its end
    if (file.value) file.value = { ...file.value, filled_in, intake: { ...file.value.intake, [field]: kept } };
  } catch (problem) {
    if (problem.isUnreached || problem.status >= 500 || problem.status === 429 || problem.status === 401) throw problem;
    refuse(field, problemText(problem, "intake"));
    if (file.value) file.value = { ...file.value, intake: { ...file.value.intake, [field]: value } }; // it stays on the screen, to be mended
  }
  if (unsent.value[field] === value) keep(without(unsent.value, field)); // else it was changed meanwhile, and goes again
}

function keep(answers) {
  unsent.value = answers;
  keepNote(NOTE, Object.keys(answers).length > 0 ? JSON.stringify(answers) : "");
}

function findUnsent() {
  try {
    return JSON.parse(findNote(NOTE) || "{}");
  } catch {
    return {};
  }
}

function without(answers, field) {
  const { [field]: _, ...rest } = answers;
  return rest;
}
