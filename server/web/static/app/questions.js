// The questions of the intake, each with the control that fits its answer. None of them needs an answer.
import { language, t } from "../lib/i18n.js";
import { weekdayName } from "../lib/time.js";
import { Field, html, useState } from "../lib/ui.js";
import { answer, file, findAnswer, refuse, refused } from "./answers.js";
import { PARTS, coverOf, setPart } from "./part_of_day.js";

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const LANGUAGES = ["nl", "en", "ar", "tr", "uk", "pl", "fr", "de", "es", "pt", "ti", "so", "fa", "ps", "ku", "ru", "bg", "ro", "zh"];
const HOME_ZONE = "Europe/Amsterdam";
const MOST_LANGUAGES = 8;
const MOST_LINES = 20;
const LONGEST_LINE = 80;
const YOUNGEST = -20;
const OLDEST = 40;
const languageNames = new Intl.DisplayNames(language, { type: "language" });

const CONTROLS = {
  themes: Themes,
  own_words: (needs) => html`<${Words} ...${needs} rows="5" most="2000" />`,
  age_band: Choice,
  likes: Lines,
  languages: Languages,
  region: (needs) => html`<${Line} ...${needs} most="80" />`,
  gender_wish: Choice,
  language_wish: LanguageWish,
  age_distance: Years,
  needs: Needs,
  times: Times,
  zone: Zone,
  not_from: Lines,
  institutions: Lines,
  places: Lines,
  people_known: Lines,
  professional_name: (needs) => html`<${Line} ...${needs} most="80" />`,
  professional_organisation: (needs) => html`<${Line} ...${needs} most="120" />`,
  professional_reach: (needs) => html`<${Line} ...${needs} most="200" />`,
  wishes: (needs) => html`<${Words} ...${needs} rows="3" most="1000" />`,
};
// Who sees an answer, where the step does not say it for all: also whoever is asked, or the buddy after both have said yes.
const SEEN = { themes: "later", age_band: "asked", likes: "asked", languages: "asked", region: "team" };

/** Draw the question of a field; nothing when the server does not ask it. */
export function Question({ field }) {
  const question = file.value.questions.find((one) => one.field === field);
  const Control = CONTROLS[field];
  if (!question) return null;
  return html`<div class="question" data-question=${field}>
    <${Control} field=${field} question=${question} label=${question[language]} />
    ${SEEN[field] && html`<p class="hint">${t(`intake.seen_${SEEN[field]}`)}</p>`}
    <p class="form-note" role="alert">${refused.value[field]}</p>
  </div>`;
}

function Words({ field, label, rows, most }) {
  return html`<${Field} label=${label}><textarea rows=${rows} maxlength=${most} value=${findAnswer(field)} onInput=${(event) => answer(field, event.currentTarget.value)}></textarea><//>`;
}

function Line({ field, label, most }) {
  return html`<${Field} label=${label}><input autocomplete="off" maxlength=${most} value=${findAnswer(field)} onInput=${(event) => answer(field, event.currentTarget.value)} /><//>`;
}

/** A list, one on each line: as it is typed, so that a line can be begun. */
function Lines({ field, label }) {
  const [text, setText] = useState(() => findAnswer(field).join("\n"));
  const write = (event) => {
    setText(event.currentTarget.value);
    const lines = event.currentTarget.value.split("\n").map((one) => one.trim()).filter(Boolean);
    if (lines.length > MOST_LINES) refuse(field, t("intake.too_many"));
    else if (lines.some((one) => one.length > LONGEST_LINE)) refuse(field, t("intake.too_long"));
    else answer(field, lines);
  };
  return html`<${Field} label=${label} hint=${t("intake.lines")}><textarea rows="3" value=${text} onInput=${write}></textarea><//>`;
}

function Themes({ field, label }) {
  const chosen = findAnswer(field);
  return html`<${Picks} legend=${label}>${file.value.themes.map(
    (one) => html`<${Pick} key=${one.code} type="checkbox" isOn=${chosen.includes(one.code)} onPick=${(isOn) => answer(field, toggle(chosen, one.code, isOn))}>${one[language]}<//>`,
  )}<//>`;
}

function Choice({ field, label, question }) {
  const chosen = findAnswer(field);
  const none = { value: "", nl: t("intake.none"), en: t("intake.none") };
  return html`<${Picks} legend=${label}>${[...question.choices, none].map(
    (one) => html`<${Pick} key=${one.value} type="radio" name=${field} isOn=${chosen === one.value} onPick=${() => answer(field, one.value)}>${one[language]}<//>`,
  )}<//>`;
}

function Needs({ field, label, question }) {
  const chosen = findAnswer(field);
  return html`<${Picks} legend=${label}>${question.choices.map(
    (one) => html`<${Pick} key=${one.value} type="checkbox" isOn=${chosen.includes(one.value)} onPick=${(isOn) => answer(field, toggle(chosen, one.value, isOn))}>${one[language]}<//>`,
  )}<//>`;
}

function Languages({ field, label }) {
  const chosen = findAnswer(field);
  const isFull = chosen.length >= MOST_LANGUAGES;
  return html`<${Picks} legend=${label}>${listLanguages(chosen).map(
    (code) => html`<${Pick} key=${code} type="checkbox" isOn=${chosen.includes(code)} isOff=${isFull && !chosen.includes(code)} onPick=${(isOn) => answer(field, toggle(chosen, code, isOn))}>${languageNames.of(code)}<//>`,
  )}<//>`;
}

function LanguageWish({ field, label }) {
  const chosen = findAnswer(field);
  return html`<${Field} label=${label}><select value=${chosen} onChange=${(event) => answer(field, event.currentTarget.value)}>
    <option value="">${t("intake.none")}</option>
    ${listLanguages([chosen]).map((code) => html`<option key=${code} value=${code}>${languageNames.of(code)}</option>`)}
  </select><//>`;
}

/** Least and most; one of the two alone leaves the other side open. Kept as it is typed, judged when the field is left. */
function Years({ field, label }) {
  const [given, setGiven] = useState(() => findAnswer(field) ?? ["", ""]);
  const read = (index, event) => given.map((one, at) => (at === index ? event.currentTarget.value : one));
  const judge = (typed) => {
    const [low, high] = typed.map((one) => (one === "" ? null : Math.min(OLDEST, Math.max(YOUNGEST, Math.trunc(Number(one))))));
    if (low === null && high === null) answer(field, null);
    else if (low !== null && high !== null && low > high) refuse(field, t("intake.backwards"));
    else answer(field, [low ?? Math.min(0, high), high ?? OLDEST]);
  };
  const number = (index) => html`<input type="number" inputmode="numeric" min=${YOUNGEST} max=${OLDEST} value=${given[index]} onInput=${(event) => setGiven(read(index, event))} onChange=${(event) => judge(read(index, event))} />`;
  return html`<fieldset><legend>${label}</legend><div class="pair-of-fields">
    <${Field} label=${t("intake.least")}>${number(0)}<//>
    <${Field} label=${t("intake.most")}>${number(1)}<//>
  </div></fieldset>`;
}

function Times({ field, label }) {
  const windows = findAnswer(field);
  const cell = (weekday, part) => {
    const cover = coverOf(windows, weekday, part);
    const named = t("intake.part_of", { day: weekdayName(weekday), part: t(`intake.${part.name}`) });
    return html`<td key=${part.name}><label><span class="unseen">${named}</span><input type="checkbox" checked=${cover === "all"} ref=${(box) => box && (box.indeterminate = cover === "some")} onChange=${(event) => answer(field, setPart(windows, weekday, part, event.currentTarget.checked))} /></label></td>`;
  };
  return html`<table class="parts">
    <caption>${label}</caption>
    <thead><tr><td></td>${PARTS.map((part) => html`<th key=${part.name} scope="col">${t(`intake.${part.name}`)}<small>${t(`intake.${part.name}_hours`)}</small></th>`)}</tr></thead>
    <tbody>${WEEKDAYS.map((weekday) => html`<tr key=${weekday}><th scope="row"><abbr title=${weekdayName(weekday)}>${weekdayName(weekday, "short")}</abbr></th>${PARTS.map((part) => cell(weekday, part))}</tr>`)}</tbody>
  </table>`;
}

/** Where one is now is offered; nobody has to know the name of a time zone. */
function Zone({ field, label }) {
  const chosen = findAnswer(field);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set([here, chosen])].filter((zone) => zone && zone !== HOME_ZONE);
  if (zones.length === 0) return null;
  return html`<${Field} label=${label}><select value=${chosen} onChange=${(event) => answer(field, event.currentTarget.value)}>
    <option value="">${t("intake.zone_home")}</option>
    ${zones.map((zone) => html`<option key=${zone} value=${zone}>${zone.replaceAll("_", " ")}</option>`)}
  </select><//>`;
}

function Picks({ legend, children }) {
  return html`<fieldset><legend>${legend}</legend><div class="picks">${children}</div></fieldset>`;
}

function Pick({ type, name, isOn, isOff = false, onPick, children }) {
  return html`<label class="pick"><input type=${type} name=${name} checked=${isOn} disabled=${isOff} onChange=${(event) => onPick(event.currentTarget.checked)} /><span>${children}</span></label>`;
}

function listLanguages(chosen) {
  return [...new Set([...LANGUAGES, ...chosen])].filter(Boolean);
}

function toggle(chosen, value, isOn) {
  return isOn ? [...chosen, value] : chosen.filter((one) => one !== value);
}
