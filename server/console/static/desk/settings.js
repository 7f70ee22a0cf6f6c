// What the team has agreed, in numbers: hours and caps, safety, chains, silence, pairing; each with what it was before.
import { html, useState } from "../lib/ui.js";
import { language, t } from "../lib/i18n.js";
import { weekdayName } from "../lib/time.js";
import { ActDialog, Field, KeyButton, Loaded, Panel, Select, When, word } from "./parts.js";
import { call, listRole, nameOf, say, useLoad } from "./store.js";

const LEVELS = ["emergency", "urgent", "concern"];
const HOURS = {
  grace_minutes: [0, 30], extension_minutes: [5, 30], most_extensions: [0, 4], talk_minutes: [1, 120], answer_once_hours: [1, 24],
  talks_at_once: [1, 20], contact_minutes_evening: [15, 720], evenings_in_row: [1, 14], hours_week: [1, 60], rest_hours: [1, 168],
};
const CAPS = ["talks_at_once", "contact_minutes_evening", "evenings_in_row", "hours_week", "rest_hours"];
const SAFETY = { promise_emergency_minutes: [5, 60], promise_urgent_minutes: [15, 240], promise_concern_minutes: [60, 4320] };
const BUDDIES = { pairings_per_youth: [1, 3], default_capacity: [1, 10], silence_days: [3, 90], reminder_days: [1, 60] };
const PROMISES = ["duty_windows", "on_call_windows"];
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const STEP_KINDS = ["on_call", "next_on_call", "coordinators", "fallback", "last_resort"];

export function Settings() {
  return html`<div class="stack settings">
    <${Numbers} title=${t("settings.safety")} path="/team/safety" fields=${SAFETY} text="standing_email" />
    <${Chains} />
    <${Silence} />
    <${Numbers} title=${t("settings.hours")} path="/team/hours" fields=${HOURS} caps=${CAPS} windows=${true} />
    <${Numbers} title=${t("settings.buddies")} path="/team/buddies" fields=${BUDDIES} historyInside=${true} />
  </div>`;
}

/** A group of numbers, its form, and its history. What the form does not show is sent back as it was. */
function Numbers({ title, path, fields, caps = [], text, windows = false, historyInside = false }) {
  const found = useLoad(() => call("GET", path), [path]);
  const [isOpen, setOpen] = useState(false);
  const [promised, setPromised] = useState({});
  const begin = () => {
    setPromised(Object.fromEntries(PROMISES.map((name) => [name, found.data[name]])));
    setOpen(true);
  };
  const act = async (given) => {
    const numbers = Object.fromEntries(Object.keys(fields).map((name) => [name, given[name] === "" && caps.includes(name) ? null : Number(given[name])]));
    const { history: _history, changed_at: _at, ...old } = found.data;
    if (windows) Object.assign(old, promised);
    const draft = historyInside ? { ...numbers, version: old.version } : { ...old, ...numbers, ...(text ? { [text]: given[text].trim() } : {}) };
    await call("PUT", path, draft);
    say(t("done.settings"));
    return found.reload;
  };
  return html`<${Loaded} of=${found}>${(data) => html`<${Panel} title=${title} tools=${html`<button type="button" class="ghost small" onClick=${begin}>${t("action.change")}</button>`}>
    <dl class="facts">${Object.keys(fields).map((name) => html`<div key=${name}><dt>${t(`set.${name}`)}</dt><dd>${data[name] ?? t("settings.off")}</dd></div>`)}
      ${text && html`<div><dt>${t(`set.${text}`)}</dt><dd>${data[text] || t("settings.house")}</dd></div>`}
      ${windows && PROMISES.map((name) => html`<div key=${name}><dt>${t(`set.${name}`)}</dt><dd>${data[name].map((one) => `${weekdayName(one.weekday, "short")} ${one.start}–${one.end}`).join(", ") || "–"}</dd></div>`)}
    </dl>
    <${History} path=${path} inside=${historyInside ? data.history : null} fields=${Object.keys(fields)} />
    ${isOpen && html`<${ActDialog} name="settings" title=${title} what=${t("settings.what")} told=${t("settings.told")} action=${t("action.save")} act=${act} onClose=${() => setOpen(false)} wide=${true}>
      <div class="grid-fields">${Object.entries(fields).map(([name, [least, most]]) => html`<${Field} key=${name} label=${t(`set.${name}`)} hint=${`${least}–${most}${caps.includes(name) ? ` · ${t("settings.empty_off")}` : ""}`}>
        <input type="number" name=${name} min=${least} max=${most} required=${!caps.includes(name)} defaultValue=${data[name] ?? ""} />
      <//>`)}
      ${text && html`<${Field} label=${t(`set.${text}`)}><input type="email" name=${text} defaultValue=${data[text]} /><//>`}</div>
      ${windows && PROMISES.map((name) => html`<${Windows} key=${name} legend=${t(`set.${name}`)} rows=${promised[name]} change=${(rows) => setPromised({ ...promised, [name]: rows })} />`)}
    <//>`}
  <//>`}<//>`;
}

/** Weekly hours in which somebody is promised, as rows that can be changed, added and taken away. */
function Windows({ legend, rows, change }) {
  const set = (at, part) => change(rows.map((row, own) => (own === at ? { ...row, ...part } : row)));
  return html`<fieldset><legend>${legend}</legend>
    ${rows.map((row, at) => html`<div class="side-by-side" key=${at}>
      <${Select} label=${t("set.weekday")} name=${`${legend}-${at}`} value=${String(row.weekday)} onChange=${(day) => set(at, { weekday: Number(day) })} options=${WEEKDAYS.map((day) => [String(day), weekdayName(day)])} />
      <${Field} label=${t("roster.start")}><input type="time" required value=${row.start} onInput=${(event) => set(at, { start: event.target.value })} /><//>
      <${Field} label=${t("roster.end")}><input type="time" required value=${row.end} onInput=${(event) => set(at, { end: event.target.value })} /><//>
      <button type="button" class="ghost small" onClick=${() => change(rows.filter((_, own) => own !== at))}>${t("chain.remove")}</button>
    </div>`)}
    <button type="button" class="ghost small" onClick=${() => change([...rows, { weekday: 1, start: "19:00", end: "23:00" }])}>${t("set.add_hours")}</button>
  </fieldset>`;
}

/** Who changed what, and when; fetched when somebody opens it. */
function History({ path, inside, fields }) {
  const [isOpen, setOpen] = useState(false);
  return html`<details class="history" onToggle=${(event) => setOpen(event.target.open)}>
    <summary>${t("settings.history")}</summary>
    ${isOpen && (inside ? html`<${Versions} versions=${inside.map((one) => ({ ...one, settings: one }))} fields=${fields} />` : html`<${Fetched} path=${path} fields=${fields} />`)}
  </details>`;
}

function Fetched({ path, fields }) {
  const found = useLoad(() => call("GET", `${path}/history`), [path]);
  return html`<${Loaded} of=${found}>${({ versions }) => html`<${Versions} versions=${versions} fields=${fields} />`}<//>`;
}

function Versions({ versions, fields }) {
  if (!versions.length) return html`<p class="soft">${t("settings.never")}</p>`;
  return html`<ol class="timeline">${versions.map((one, at) => html`<li key=${`${one.version}${one.level ?? ""}`}>
    <p><${When} at=${one.changed_at} long=${true} /> <strong>${nameOf(one.changed_by)}</strong></p>
    <p class="soft">${compare(one, versions.slice(at + 1).find((older) => older.level === one.level), fields)}</p>
  </li>`)}</ol>`;
}

function compare(one, before, fields) {
  if (fields === null) return one.level ? `${t(`level.${one.level}`)}: ${showSteps(one.settings.steps ?? one.settings)}` : "";
  const changed = fields.filter((name) => !before || before.settings[name] !== one.settings[name]);
  return changed.map((name) => `${t(`set.${name}`)}: ${before ? `${show(before.settings[name])} → ` : ""}${show(one.settings[name])}`).join(" · ") || t("settings.other");
}

const show = (value) => (value === null || value === undefined ? t("settings.off") : Array.isArray(value) ? value.join(", ") : String(value));

function showSteps(steps) {
  if (!Array.isArray(steps)) return "";
  return steps.map((one) => `${word("step", one.kind)}${one.wait_minutes ? ` (${t("time.minutes", { count: one.wait_minutes })})` : ""}`).join(" → ");
}

function Silence() {
  const found = useLoad(() => call("GET", "/team/silence"), []);
  const [isOpen, setOpen] = useState(false);
  const act = async ({ level, minutes }) => {
    await call("PUT", "/team/silence", { level, minutes: minutes ? Number(minutes) : null });
    say(t("done.settings"));
    return found.reload;
  };
  return html`<${Loaded} of=${found}>${(data) => html`<${Panel} title=${t("settings.silence")} tools=${html`<button type="button" class="ghost small" onClick=${() => setOpen(true)}>${t("action.change")}</button>`}>
    <p>${t("settings.silence.line", { minutes: data.minutes, level: t(`level.${data.level}`) })}</p>
    <${History} path="/team/silence" fields=${["minutes", "level"]} />
    ${isOpen && html`<${ActDialog} name="silence" title=${t("settings.silence")} what=${t("settings.what")} told=${t("settings.told")} action=${t("action.save")} act=${act} onClose=${() => setOpen(false)}>
      <${Select} label=${t("set.level")} name="level" value=${data.level} options=${["concern", "urgent"].map((one) => [one, t(`level.${one}`)])} />
      <${Field} label=${t("set.minutes")} hint="10–240"><input type="number" name="minutes" min="10" max="240" defaultValue=${data.minutes} /><//>
    <//>`}
  <//>`}<//>`;
}

function Chains() {
  const found = useLoad(() => call("GET", "/team/chains"), []);
  const [level, setLevel] = useState(null);
  return html`<${Loaded} of=${found}>${(data) => html`<${Panel} title=${t("settings.chains")}>
    <p class="hint">${t("settings.chains.lead")}</p>
    <dl class="facts">${LEVELS.map((one) => html`<div key=${one}><dt>${t(`level.${one}`)} <button type="button" class="ghost small" onClick=${() => setLevel(one)}>${t("action.change")}</button></dt><dd>${showSteps(data[one].steps)}${data[one].version === 0 ? html` <span class="soft">(${t("settings.house")})</span>` : null}</dd></div>`)}</dl>
    <${History} path="/team/chains" fields=${null} />
    ${level && html`<${ChainForm} key=${level} level=${level} steps=${data[level].steps} onClose=${() => setLevel(null)} reload=${found.reload} />`}
  <//>`}<//>`;
}

function ChainForm({ level, steps: before, onClose, reload }) {
  const [steps, setSteps] = useState(before);
  const change = (at, part) => setSteps(steps.map((one, own) => (own === at ? { ...one, ...part } : one)));
  const act = async () => {
    const drafts = steps.map((one) => ({ kind: one.kind, wait_minutes: one.kind === "last_resort" ? null : one.wait_minutes, people: one.kind === "fallback" ? one.people : [] }));
    await call("PUT", `/team/chains/${level}`, { steps: drafts });
    say(t("done.settings"));
    return reload;
  };
  return html`<${ActDialog} name="chain" title=${`${t("settings.chains")}: ${t(`level.${level}`)}`} what=${t("settings.chains.what")} told=${t("settings.told")} action=${t("action.save")} act=${act} onClose=${onClose} wide=${true}>
    <ol class="chain" lang=${language}>${steps.map((one, at) => html`<li key=${at}><div class="side-by-side">
      <${Select} label=${`${at + 1}.`} name=${`kind-${at}`} value=${one.kind} onChange=${(kind) => change(at, { kind })} options=${STEP_KINDS.map((kind) => [kind, word("step", kind)])} />
      ${one.kind !== "last_resort" && html`<${Field} label=${t("chain.wait")}><input type="number" min="1" max="4320" value=${one.wait_minutes ?? ""} onInput=${(event) => change(at, { wait_minutes: event.target.value ? Number(event.target.value) : null })} /><//>`}
      ${one.kind !== "last_resort" && html`<button type="button" class="ghost small" onClick=${() => setSteps(steps.filter((_, own) => own !== at))}>${t("chain.remove")}</button>`}
    </div>
    ${one.kind === "fallback" && html`<${Fallback} people=${one.people} change=${(people) => change(at, { people })} />`}
    </li>`)}</ol>
    <${KeyButton} class="ghost small" act=${() => setSteps([...steps.slice(0, -1), { kind: STEP_KINDS.find((kind) => !steps.some((one) => one.kind === kind)) ?? "fallback", wait_minutes: 5, people: [] }, ...steps.slice(-1)])}>${t("chain.add")}<//>
  <//>`;
}

/** Which coordinators a step of the fallback list calls. */
function Fallback({ people, change }) {
  const turn = (id) => change(people.includes(id) ? people.filter((one) => one !== id) : [...people, id]);
  return html`<fieldset><legend>${t("chain.people")}</legend>
    ${listRole("coordinator").map((one) => html`<label class="check" key=${one.id}><input type="checkbox" checked=${people.includes(one.id)} onChange=${() => turn(one.id)} /> ${one.display_name}</label>`)}
  </fieldset>`;
}
