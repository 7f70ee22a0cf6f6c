// The card of somebody one might talk with: who they are, yes or no; and after the trial, go on or not.
import { request } from "../lib/api.js";
import { language, problemText, t } from "../lib/i18n.js";
import { ActButton, html, useEffect, useState } from "../lib/ui.js";
import { openTalk } from "./conductor.js";
import { initial } from "./home.js";
import { otherOf, step, waitsForMe } from "./pairs.js";
import { isYouth, openSheet } from "./state.js";

let themeNames = null;

export function IntroductionCard({ pairing }) {
  const [problem, setProblem] = useState("");
  const other = otherOf(pairing);
  const failed = (one) => setProblem(problemText(one, "pair"));
  return html`<section class="card introduction" data-pairing=${pairing.state} aria-label=${t("pair.card", { name: other.display_name })}>
    ${pairing.state === "proposed" && !waitsForMe(pairing) && html`<h2>${t("pair.said_yes")}</h2><p>${t("pair.said_yes_text", { name: other.display_name })}</p>`}
    ${pairing.state === "proposed" && waitsForMe(pairing) && html`<${Proposal} pairing=${pairing} other=${other} onProblem=${failed} />`}
    ${pairing.state === "introduced" && html`<${Trial} pairing=${pairing} other=${other} onProblem=${failed} />`}
    ${pairing.state === "closing" && html`<${Goodbye} pairing=${pairing} other=${other} />`}
    <p class="form-note" role="alert">${problem}</p>
  </section>`;
}

function Proposal({ pairing, other, onProblem }) {
  const role = isYouth() ? "youth" : "expert";
  const [isSure, setSure] = useState(false);
  return html`<${WhoTheyAre} person=${other} title=${t(`pair.proposed.${role}`, { name: other.display_name })} />
    <p>${t(`pair.ask.${role}`, { name: other.display_name })}</p>
    <p class="buttons">
      <${ActButton} data-answer="yes" act=${() => step(pairing, "accept", {})} onProblem=${onProblem}>${t("pair.yes")}<//>
      ${!isSure && html`<button type="button" class="outline" data-answer="no" onClick=${() => setSure(true)}>${t("pair.no")}</button>`}
    </p>
    ${isSure && html`<p class="note">${t("pair.no_sure", { name: other.display_name })}</p>
      <p class="buttons">
        <${ActButton} class="outline" data-answer="really-no" act=${() => step(pairing, "decline", {})} onProblem=${onProblem}>${t("pair.no_really")}<//>
        <button type="button" class="quiet" onClick=${() => setSure(false)}>${t("action.back")}</button>
      </p>`}`;
}

function Trial({ pairing, other, onProblem }) {
  return html`<${WhoTheyAre} person=${other} title=${t("pair.trial", { name: other.display_name })} />
    <p>${t("pair.trial_text", { name: other.display_name })}</p>
    <p class="buttons">
      ${pairing.conversation && html`<button type="button" class="primary" data-answer="talk" onClick=${() => openTalk(pairing.conversation)}>${t("pair.to_talk")}</button>`}
      <${ActButton} class="outline" data-answer="go-on" act=${() => step(pairing, "activate", {})} onProblem=${onProblem}>${t("pair.go_on")}<//>
      <button type="button" class="quiet" onClick=${() => openSheet("change", { pairing })}>${t("pair.rather_other")}</button>
    </p>`;
}

function Goodbye({ pairing, other }) {
  return html`<h2>${t("closing.title", { name: other.display_name })}</h2>
    <p>${t("closing.text")}</p>
    <p class="buttons"><button type="button" class="primary" onClick=${() => openSheet("closing", { pairing })}>${t("closing.look_back")}</button></p>`;
}

function WhoTheyAre({ person, title }) {
  const [card, setCard] = useState(null);
  const [names, setNames] = useState(themeNames);
  useEffect(() => {
    request("GET", `/people/${person.id}/buddy-card`).then((found) => setCard(found.card)).catch(() => setCard({}));
    if (!names) fetchThemes().then(setNames);
  }, [person.id]);
  const themes = (card?.themes ?? []).map((one) => (typeof one === "string" ? one : one.theme));
  const words = card?.introduction || card?.own_words;
  return html`<div class="who-they-are">
      <span class="avatar big" aria-hidden="true">${initial(person.display_name)}</span>
      <h2>${title}</h2>
    </div>
    ${words && html`<p class="own-words">“${words}”</p>`}
    ${themes.length > 0 && html`<p class="label">${t("pair.themes")}</p><ul class="chips">${themes.map((theme) => html`<li key=${theme} class="chip">${names?.get(theme) ?? theme}</li>`)}</ul>`}
    ${card?.likes?.length > 0 && html`<p class="label">${t("pair.likes")}</p><ul class="chips">${card.likes.map((like) => html`<li key=${like} class="chip">${like}</li>`)}</ul>`}`;
}

async function fetchThemes() {
  const { themes } = await request("GET", "/buddy-themes").catch(() => ({ themes: [] }));
  themeNames = new Map(themes.map((theme) => [theme.code, theme[language]]));
  return themeNames;
}
