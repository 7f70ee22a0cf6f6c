// The door to whoever has duty: a youth asks, experts of the shift hear of it and one of them takes the talk.
import { Problem, request } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { announce } from "../lib/ui.js";
import { openTalk } from "./conductor.js";
import { dutyAsked, dutyOffers, isExpert, isYouth, showStrip } from "./state.js";

/** Ask for whoever has duty. */
export async function askDuty() {
  showStrip("duty", t("duty.asking"));
  try {
    const asked = await request("POST", "/duty-requests", {});
    showAsked(asked);
  } catch (problem) {
    const isClosed = problem instanceof Problem && problem.code === "duty.closed";
    showStrip("duty", t(isClosed ? "duty.closed" : "duty.failed"));
  }
}

/** Ask no longer. */
export async function withdrawDuty() {
  await request("DELETE", "/duty-requests/current");
  dutyAsked.value = null;
  showStrip("duty", "");
}

/** Take the talk with a youth who asked. */
export async function claimDuty(id) {
  try {
    const { conversation } = await request("POST", `/duty-requests/${id}/claim`, {});
    drop(id);
    await openTalk(conversation);
  } catch (problem) {
    drop(id);
    showStrip("duty", t(problem.isUnreached ? "duty.failed" : "duty.gone"));
  }
}

/** Ask what is open now: after a reload, and when the line comes back. */
export async function lookAtDuty() {
  if (!isYouth() && !isExpert()) return;
  try {
    const { requests } = await request("GET", "/duty-requests");
    const open = requests.filter((one) => one.state === "open");
    if (isYouth()) open.length ? showAsked(open[0]) : showStrip("duty", "");
    else dutyOffers.value = open.map((one) => one.id);
  } catch {
    // asked again with the next line
  }
}

/** Take one event of the duty pool. */
export function takeDutyEvent(event) {
  if (event.kind === "duty.offered") offer(event.request);
  else if (event.kind === "duty.taken") drop(event.request);
  else if (event.kind === "duty.claimed") found(event.c);
  else if (event.kind === "duty.closed") closed(event.request);
}

function offer(id) {
  if (dutyOffers.value.includes(id)) return;
  dutyOffers.value = [...dutyOffers.value, id];
  announce(t("duty.offered"));
}

function drop(id) {
  dutyOffers.value = dutyOffers.value.filter((one) => one !== id);
}

function closed(id) {
  drop(id);
  if (!isYouth() || !dutyAsked.value) return;
  dutyAsked.value = null;
  showStrip("duty", t("duty.closed"));
}

function found(c) {
  dutyAsked.value = null;
  announce(t("duty.found"));
  showStrip("duty", t("duty.found"), { label: t("duty.open"), act: () => (showStrip("duty", ""), openTalk(c)) });
}

function showAsked(asked) {
  if (asked.state === "claimed") return void found(asked.c);
  dutyAsked.value = asked;
  showStrip("duty", t("duty.asked"), { label: t("duty.withdraw"), act: withdrawDuty });
}
