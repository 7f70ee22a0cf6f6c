// The own pairings: who is proposed, who is there, who says goodbye.
import { request } from "../lib/api.js";
import { isStaff, isYouth, me, pairings, standing } from "./state.js";

const OVER = ["closed", "rematch", "declined", "withdrawn"];

/** Ask for the pairings: after a reload, and when one changed. */
export async function lookAtPairings() {
  if (isStaff()) return;
  try {
    pairings.value = (await request("GET", "/pairings")).pairings;
    const isAlone = isYouth() && pairings.value.every((one) => OVER.includes(one.state));
    standing.value = isAlone ? await request("GET", "/me/buddy-request") : null;
  } catch {
    // asked again with the next event or the next line
  }
}

/** Take one event about a pairing. */
export function takePairingEvent() {
  lookAtPairings();
}

/** Return the pairing that a conversation belongs to, or undefined. */
export function findPairing(c) {
  return pairings.value.find((one) => one.conversation === c && !["closed", "rematch"].includes(one.state));
}

/** Return whom a pairing is with, seen from here. */
export function otherOf(pairing) {
  return pairing.youth.id === me.value.id ? pairing.expert : pairing.youth;
}

/** Say whether a proposal waits for a yes of the reader. */
export function waitsForMe(pairing) {
  const saidYes = pairing.youth.id === me.value.id ? pairing.youth_said_yes : pairing.expert_said_yes;
  return pairing.state === "proposed" && !saidYes;
}

/** Get onto the waiting list, for the first time or again. */
export async function askForBuddy() {
  await request("POST", "/me/buddy-request");
  await lookAtPairings();
}

/** Take a step (`accept`, `decline`, `activate`, `change`, `close`, `resume`) and fetch the pairings again. */
export async function step(pairing, verb, given = undefined) {
  await request("POST", `/pairings/${pairing.id}/${verb}`, given);
  await lookAtPairings();
}
