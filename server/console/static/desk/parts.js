// The small parts that every screen of the desk draws.
import { ActButton, Dialog, Field, Fragment, classes, html, useEffect, useId, useRef } from "../lib/ui.js";
import { ActDialog as SharedActDialog } from "../lib/act_dialog.js";
import { hasText, t } from "../lib/i18n.js";
import { clockTime, dayKey, duration, momentName, now, shortDate } from "../lib/time.js";
import { complain, explain, nameOf, tick } from "./store.js";

const SHAPES = {
  emergency: html`<path d="M8 1.5h8L22.500 8v8L16 22.500H8L1.500 16V8z" /><path class="hole" d="M12 6.500v7M12 17v.5" />`,
  urgent: html`<path d="M12 2 23 21.500H1z" /><path class="hole" d="M12 9v6M12 18v.5" />`,
  concern: html`<circle cx="12" cy="12" r="10" /><path class="hole" d="M8 12h8" />`,
};

/** How bad it is: a shape, a word and a colour; none of them alone. */
export function Level({ level, big = false }) {
  return html`<span class=${classes("level", big && "big")} data-level=${level}>
    <svg viewBox="0 0 24 24" aria-hidden="true">${SHAPES[level]}</svg>
    <span>${t(`level.${level}`)}</span>
  </span>`;
}

const ICONS = {
  tonight: html`<path d="M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z" />`,
  pairing: html`<circle cx="8" cy="8" r="3.500" /><circle cx="17" cy="9.500" r="2.500" /><path d="M2 20c0-4 2.500-6 6-6s6 2 6 6M15.500 14.500c3.500-.500 6 1.500 6 5" />`,
  people: html`<rect x="3" y="4" width="18" height="16" rx="2" /><circle cx="9" cy="11" r="2.500" /><path d="M5.500 17c.500-2 1.800-3 3.500-3s3 1 3.500 3M15 10h3.500M15 14h3.500" />`,
  roster: html`<rect x="3" y="5" width="18" height="16" rx="2" /><path d="M3 10h18M8 2.500V7M16 2.500V7M7 14h4M13 17.500h4" />`,
  insight: html`<path d="M4 20V10M10 20V4M16 20v-8M21 20H3" />`,
  complaints: html`<path d="M4 5h16v11H11l-5 4v-4H4zM8.500 10.500h7" />`,
  account: html`<circle cx="12" cy="8" r="4" /><path d="M4 21c0-4.500 3.500-7 8-7s8 2.500 8 7" />`,
  sound: html`<path d="M4 9.500v5h3.500L12 19V5L7.500 9.500zM16 9c1.500 1.500 1.500 4.500 0 6M18.500 6.500c3 3 3 8 0 11" />`,
  mute: html`<path d="M4 9.500v5h3.500L12 19V5L7.500 9.500zM16 9.500l5 5M21 9.500l-5 5" />`,
  help: html`<circle cx="12" cy="12" r="9.500" /><path d="M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.700.400-1 .900-1 1.700M12 17v.3" />`,
  next: html`<path d="m9 5 7 7-7 7" />`,
  check: html`<path d="m5 12.500 4.500 4.500L19 7.500" />`,
  warn: html`<path d="M12 3 22 20.500H2zM12 10v4.500M12 17.500v.3" />`,
  glass: html`<circle cx="10.500" cy="10.500" r="6.500" /><path d="m15.500 15.500 6 6" />`,
};

/** A drawn sign beside words that say the same. */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`;
}

/** Somebody's name by id. */
export function Name({ id }) {
  return html`<span class="name">${nameOf(id)}</span>`;
}

/** A moment: "23:41", with the day when it is another. The whole of it stands in the title. */
export function When({ at, long = false }) {
  if (!at) return html`<span class="soft">–</span>`;
  const date = new Date(at);
  const isToday = dayKey(date) === dayKey(now());
  return html`<time datetime=${at} title=${date.toLocaleString()}>${isToday && !long ? clockTime(date) : momentName(date)}</time>`;
}

/** A date of the server ("2028-04-07") as people say it. */
export function showDay(date) {
  return shortDate(new Date(`${date}T12:00:00`));
}

/** How long ago something was; it grows by itself. */
export function Since({ at }) {
  const passed = tick.value - Date.parse(at);
  return html`<time class="since" datetime=${at}>${passed < 60_000 ? t("time.now") : duration(passed)}</time>`;
}

/** The clock that runs towards an instant: "2:14"; past it, how late it is. Screen readers hear the moment, not each second. */
export function Countdown({ at }) {
  const left = Date.parse(at) - tick.value;
  const far = left > 3_600_000;
  return html`<span class=${classes("countdown", left < 0 && "late")}>
    <span aria-hidden="true">${far ? duration(left) : clockFace(left)}</span>
    <span class="unseen">${momentName(new Date(at))}</span>
  </span>`;
}

function clockFace(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A word in a small box; `tone` good, warn, bad or plain. The word says it, the colour repeats it. */
export function Chip({ tone = "plain", children }) {
  return html`<span class="tag" data-tone=${tone}>${children}</span>`;
}

/** What stands where nothing is. */
export function Empty({ children }) {
  return html`<p class="empty">${children}</p>`;
}

/** Something that is loaded: what went wrong with a button to try again, a quiet line while waiting, or its content. */
export function Loaded({ of, children }) {
  if (of.data !== null) return children(of.data);
  if (of.problem) {
    return html`<div class="note" role="alert"><p>${explain(of.problem)}</p><p><button type="button" class="outline" onClick=${of.reload}>${t("action.again")}</button></p></div>`;
  }
  return html`<p class="empty" aria-busy="true">${t("action.loading")}</p>`;
}

/** A panel with a heading; `level` of the heading and `tools` to the right of it. */
export function Panel({ title, tools, children, level = 2, class: name, id }) {
  const own = useId();
  const heading = level === 2 ? html`<h2 id=${own}>${title}</h2>` : html`<h3 id=${own}>${title}</h3>`;
  return html`<section class=${classes("panel", name)} aria-labelledby=${own} id=${id}>
    <header>${heading}${tools && html`<div class="tools">${tools}</div>`}</header>
    ${children}
  </section>`;
}

/** The name of the screen; it takes the focus when the screen changes. */
export function Title({ children, tools, back }) {
  const heading = useRef(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return html`<header class="screen-head">
    <div>
      ${back && html`<p class="back"><a href=${back.href}>← ${back.words}</a></p>`}
      <h1 tabindex="-1" ref=${heading}>${children}</h1>
    </div>
    ${tools && html`<div class="tools">${tools}</div>`}
  </header>`;
}

/** Links between the parts of a screen. */
export function Tabs({ tabs, chosen, label }) {
  return html`<nav class="tabs" aria-label=${label}>
    <ul>${tabs.map(([key, address, words, count]) => html`<li key=${key}>
      <a href=${address} aria-current=${key === chosen ? "page" : undefined}>${words}${count ? html` <span class="count">${count}</span>` : null}</a>
    </li>`)}</ul>
  </nav>`;
}

/** A table with a caption that screen readers hear; `columns` are `[key, heading]`, `rows` hold cells by key. */
export function Table({ caption, columns, rows, empty, shown = false }) {
  if (!rows.length) return html`<${Empty}>${empty ?? t("table.empty")}<//>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class=${shown ? "" : "unseen"}>${caption}</caption>
      <thead><tr>${columns.map(([key, heading]) => html`<th scope="col" key=${key}>${heading}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr key=${row.key} class=${row.class}>
        ${columns.map(([key], at) => (at === 0 ? html`<th scope="row" key=${key}>${row[key]}</th>` : html`<td key=${key}>${row[key]}</td>`))}
      </tr>`)}</tbody>
    </table>
  </div>`;
}

/** A form in a dialog that does one thing; see lib/act_dialog.js. */
export function ActDialog(needs) {
  return html`<${SharedActDialog} explain=${explain} ...${needs} />`;
}

/** A button with the letter that presses it. */
export function KeyButton({ letter, act, class: name = "outline", children, disabled = false, ...rest }) {
  return html`<${ActButton} act=${act} class=${name} onProblem=${complain} aria-keyshortcuts=${letter} disabled=${disabled} ...${rest}>
    <span>${children}</span>${letter && html`<kbd aria-hidden="true">${letter.toUpperCase()}</kbd>`}
  <//>`;
}

/** Radio buttons in a fieldset; `options` are `[value, words, hint?]`. */
export function Choice({ legend, name, options, value, onChange }) {
  return html`<fieldset class="choice">
    <legend>${legend}</legend>
    ${options.map(([key, words, hint]) => html`<label class="check" key=${key}>
      <input type="radio" name=${name} value=${key} required defaultChecked=${key === value} onChange=${onChange && (() => onChange(key))} />
      <span>${words}${hint && html`<small>${hint}</small>`}</span>
    </label>`)}
  </fieldset>`;
}

/** A drop-down with a label. */
export function Select({ label, name, options, value, hint, onChange, required = false }) {
  return html`<${Field} label=${label} hint=${hint}>
    <select name=${name} required=${required} onChange=${onChange && ((event) => onChange(event.target.value))}>
      ${options.map(([key, words]) => html`<option key=${key} value=${key} selected=${key === value}>${words}</option>`)}
    </select>
  <//>`;
}

/** A text of several lines with a label. */
export function Words({ label, name, hint, rows = 4, required = false, most, value = "" }) {
  return html`<${Field} label=${label} hint=${hint}>
    <textarea name=${name} rows=${rows} required=${required} maxlength=${most} defaultValue=${value}></textarea>
  <//>`;
}

/** Return the text for a code, or the code itself when this desk is older than the server. */
export function word(prefix, code) {
  const key = `${prefix}.${code}`;
  return hasText(key) ? t(key) : String(code).replaceAll("_", " ");
}

export { ActButton, Dialog, Field, Fragment, classes };
