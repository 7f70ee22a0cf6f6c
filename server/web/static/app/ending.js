// The notice that the expert's hours end, with its three choices.
import { problemText, t } from "../lib/i18n.js";
import { clockTime, now } from "../lib/time.js";
import { ActButton, html, useEffect, useState } from "../lib/ui.js";
import { listTalks } from "./conductor.js";
import { extend, putNoticeAway } from "./evening.js";
import { ending, openSheet, showStrip } from "./state.js";

const DRAW_EVERY_MS = 10_000;

/** `c` is the conversation that is open; without one, the newest talk is meant. */
export function EndingCard({ c = null }) {
  const [problem, setProblem] = useState("");
  const [, drawAgain] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => drawAgain((count) => count + 1), DRAW_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const notice = ending.value;
  if (!notice || notice.until <= now()) return null;
  const talk = c ?? listTalks().find((one) => !one.closed)?.id;
  const more = async () => {
    const until = await extend(talk);
    showStrip("extended", t("ending.extended", { when: clockTime(until) }));
  };
  const roundOff = () => {
    showStrip("extended", t("ending.rounding", { when: clockTime(notice.until) }));
    putNoticeAway();
  };
  return html`<section class="card ending" id="ending" aria-labelledby="ending-title">
    <h2 id="ending-title">${t("ending.title", { count: Math.ceil((notice.until - now()) / 60_000) })}</h2>
    <p>${t("ending.text", { when: clockTime(notice.until) })}</p>
    <p class="buttons">
      <button type="button" class="outline" onClick=${roundOff}>${t("ending.round_off")}</button>
      ${talk && html`<${ActButton} class="outline" act=${more} onProblem=${(problem) => setProblem(problemText(problem, "ending"))}>${t("ending.more")}<//>`}
      ${talk && html`<button type="button" class="outline" onClick=${() => openSheet("handover", { c: talk })}>${t("ending.hand_over")}</button>`}
    </p>
    <p class="form-note" role="alert">${problem}</p>
  </section>`;
}
