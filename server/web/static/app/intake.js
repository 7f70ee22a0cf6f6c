// The intake of a youth who waits for a buddy: a few questions at a time, kept as one goes, and what happens next.
import { problemText, t } from "../lib/i18n.js";
import { findNote, keepNote } from "../lib/session.js";
import { ActButton, html, useEffect, useRef, useState } from "../lib/ui.js";
import { file, lookAtIntake, send, sending, unsent } from "./answers.js";
import { HelpNow } from "./help_card.js";
import { Question } from "./questions.js";
import { PageHead } from "./room.js";
import { Strips } from "./shell.js";
import { standing, view } from "./state.js";
import { NextSteps } from "./waiting.js";

const STEP = "intake.step";
const STEPS = [
  { name: "talk", fields: ["themes", "own_words"] },
  { name: "you", fields: ["age_band", "likes", "languages", "region"] },
  { name: "buddy", fields: ["gender_wish", "language_wish", "age_distance", "needs"] },
  { name: "times", fields: ["times", "zone"] },
  { name: "apart", fields: ["not_from", "institutions", "places", "people_known"] },
  { name: "more", fields: ["professional_name", "professional_organisation", "professional_reach", "wishes"] },
];

export function IntakePage() {
  const [problem, setProblem] = useState("");
  const look = () => lookAtIntake().then(() => setProblem(""));
  useEffect(() => void look().catch((one) => setProblem(problemText(one))), []);
  return html`<${PageHead} title=${t("intake.title")} />
    <${HelpNow} />
    <${Strips} />
    <div class="page" id="intake" tabindex="0" role="region" aria-label=${t("intake.title")}>
      ${file.value && html`<${Steps} />`}
      ${problem && !file.value && html`<p class="note" role="alert">${problem}</p><p class="buttons"><${ActButton} act=${look} onProblem=${(one) => setProblem(problemText(one))}>${t("action.retry")}<//></p>`}
    </div>`;
}

function Steps() {
  const [at, setAt] = useState(() => Math.min(Number(findNote(STEP)) || 0, STEPS.length - 1));
  const title = useRef(null);
  const [hasMoved, setMoved] = useState(false);
  useEffect(() => {
    if (!hasMoved) return;
    title.current.closest(".page").scrollTop = 0;
    title.current.focus();
  }, [at]);
  const go = (step) => {
    send();
    keepNote(STEP, step > 0 && step < STEPS.length ? String(step) : "");
    setMoved(true);
    setAt(step);
  };
  if (at === STEPS.length) return html`<${Done} title=${title} onBack=${() => go(0)} />`;
  const { name, fields } = STEPS[at];
  return html`<p class="hint" id="intake-step">${t("intake.step", { step: at + 1, steps: STEPS.length })}</p>
    <h2 ref=${title} tabindex="-1">${t(`intake.${name}`)}</h2>
    <p>${t(at === 0 ? "intake.lead" : `intake.${name}_text`)}</p>
    ${fields.map((field) => html`<${Question} key=${field} field=${field} />`)}
    <${Kept} />
    <p class="buttons">
      <button type="button" class="primary" id="intake-next" onClick=${() => go(at + 1)}>${t(at === STEPS.length - 1 ? "intake.finish" : "intake.next")}</button>
      ${at > 0 && html`<button type="button" class="quiet" id="intake-back" onClick=${() => go(at - 1)}>${t("intake.back")}</button>`}
    </p>`;
}

/** Say where the answers are: nobody has to wonder whether they are kept. */
function Kept() {
  const isWaiting = sending.value === "waiting" && Object.keys(unsent.value).length > 0;
  return html`<p class="hint" id="intake-kept" role="status">${t(isWaiting ? "intake.waiting" : "intake.kept")}</p>`;
}

function Done({ title, onBack }) {
  return html`<h2 ref=${title} tabindex="-1">${t("intake.done")}</h2>
    <p>${t(standing.value?.request ? "intake.done_text" : "intake.done_placed")}</p>
    ${standing.value?.request && html`<${NextSteps} />`}
    <${Kept} />
    <p class="buttons">
      <button type="button" class="primary" id="intake-home" onClick=${() => (view.value = { name: "home" })}>${t("intake.home")}</button>
      <button type="button" class="quiet" onClick=${onBack}>${t("intake.again")}</button>
    </p>`;
}
