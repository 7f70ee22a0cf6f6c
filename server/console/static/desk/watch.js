// What is open now, kept fresh by events and by asking; and the alarm for what nobody has taken yet.
import { announce, effect, signal } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { now } from "../lib/time.js";
import { nudgeEar, ringing, silenced } from "./alarm.js";
import { call, hear, nameOf } from "./store.js";

const LOOK_EVERY_MS = 30_000; // a net below the events
const AFTER_STEP_MS = 1_500;
const RANK = { emergency: 0, urgent: 1, concern: 2 };

/** The team's open escalations, worst first, then who has waited longest; null before the first answer. */
export const open = signal(null);
export const openProblem = signal(null);

let turn = 0;
let soon = null;
let atStep = null;
let known = null;

/** Begin to look, and go on until the returned function is called: then nothing is known and nothing rings. */
export function watchOpen() {
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  const stop = hear(["escalation.", "care.", "worry.", "snapshot"], () => {
    clearTimeout(soon);
    soon = setTimeout(look, 100);
  });
  return () => {
    clearInterval(timer);
    clearTimeout(soon);
    clearTimeout(atStep);
    stop();
    turn += 1; // an answer on its way counts no more
    [known, open.value, ringing.value, silenced.value] = [null, null, [], new Set()];
  };
}

/** Ask now what is open, and again when the next step of one is due: no event tells of a step. */
export async function look() {
  const own = ++turn;
  try {
    const { escalations } = await call("GET", "/escalations");
    if (own !== turn) return;
    open.value = escalations.sort(byNeed);
    openProblem.value = null;
    const steps = escalations.map((one) => Date.parse(one.next_step_at)).filter((at) => at > now().getTime());
    clearTimeout(atStep);
    if (steps.length) atStep = setTimeout(look, Math.min(...steps) - now().getTime() + AFTER_STEP_MS);
  } catch (problem) {
    if (own === turn) openProblem.value = problem;
  }
}

/** Worst first; of two alike first what nobody has taken, then who waits longest. */
export function byNeed(one, other) {
  return (
    RANK[one.level] - RANK[other.level] ||
    Number(one.state !== "open") - Number(other.state !== "open") ||
    Date.parse(one.opened_at) - Date.parse(other.opened_at)
  );
}

/** Return a short sentence: what, about whom. */
export function describe(one) {
  return t("escalation.line", { level: t(`level.${one.level}`), who: one.youth ? nameOf(one.youth) : t("escalation.team") });
}

effect(() => {
  const rows = open.value;
  if (rows === null) return;
  const untaken = rows.filter((one) => one.state === "open");
  const before = known ?? new Set(untaken.filter((one) => one.level !== "emergency").map(stamp));
  const fresh = untaken.filter((one) => !before.has(stamp(one)));
  known = new Set(untaken.map(stamp));
  for (const one of fresh) announce(t("alarm.new", { what: describe(one) }), { urgent: one.level === "emergency" });
  if (fresh.some((one) => one.level === "urgent")) nudgeEar();
  ringing.value = untaken.filter((one) => one.level === "emergency").map((one) => ({ id: one.id, words: describe(one) }));
});

function stamp(one) {
  return `${one.id} ${one.level} ${one.changed_at}`;
}
