// A youth without a buddy: on the waiting list or not, what happens next, and whom one may talk with meanwhile.
import { addWords, language, problemText, t } from "../lib/i18n.js";
import { dayName, momentName } from "../lib/time.js";
import { ActButton, html, useState } from "../lib/ui.js";
import { unsent } from "./answers.js";
import { askDuty } from "./duty.js";
import { askForBuddy } from "./pairs.js";
import { dutyAsked, standing, view } from "./state.js";

const { words } = await import(`./waiting-words-${language}.js`);
addWords({ [language]: words });

export function WaitingCard() {
  const { request, filled_in: isFilledIn } = standing.value;
  const open = () => (view.value = { name: "intake" });
  if (!request) return html`<${OffTheList} />`;
  const isTold = isFilledIn || Object.keys(unsent.value).length > 0;
  return html`<section class="card waiting" id="waiting" aria-labelledby="waiting-title">
    <h2 id="waiting-title">${t("waiting.title")}</h2>
    <p>${t("waiting.since", { when: dayName(new Date(request.asked_at)) })} ${t(request.due_at ? "waiting.due" : "waiting.how_long", { when: request.due_at && momentName(new Date(request.due_at)) })}</p>
    <${NextSteps} />
    ${!isTold && html`<p>${t("waiting.tell_text")}</p>`}
    <p class="buttons"><button type="button" class=${isTold ? "outline" : "primary"} data-open="intake" onClick=${open}>${t(isTold ? "waiting.change" : "waiting.tell")}</button></p>
    <h3>${t("waiting.meanwhile")}</h3>
    <p>${t("waiting.meanwhile_text")}</p>
    <p class="buttons"><button type="button" class="outline" data-door="duty" aria-disabled=${dutyAsked.value !== null} onClick=${() => dutyAsked.value === null && askDuty()}>${t("held.duty_unknown")}</button></p>
  </section>`;
}

/** What happens between now and the first talk. */
export function NextSteps() {
  return html`<h3>${t("waiting.next")}</h3>
    <ol class="steps">${["search", "see", "talk"].map((step) => html`<li key=${step}>${t(`waiting.${step}`)}</li>`)}</ol>`;
}

function OffTheList() {
  const [problem, setProblem] = useState("");
  return html`<section class="card waiting" id="waiting" aria-labelledby="waiting-title">
    <h2 id="waiting-title">${t("waiting.off")}</h2>
    <p>${t("waiting.off_text")}</p>
    <p class="buttons"><${ActButton} data-act="ask-buddy" act=${askForBuddy} onProblem=${(one) => setProblem(problemText(one, "pair"))}>${t("waiting.ask")}<//></p>
    <p class="form-note" role="alert">${problem}</p>
  </section>`;
}
