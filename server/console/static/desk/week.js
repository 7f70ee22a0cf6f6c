// The team's week: who can be reached when, and in colour and in words the hours in which nobody can.
import { html, useState } from "../lib/ui.js";
import { language, t } from "../lib/i18n.js";
import { clockTime, isoDate, now, shortDate, weekdayName } from "../lib/time.js";
import { Empty, Loaded, Panel, Table } from "./parts.js";
import { call, useLoad } from "./store.js";

/** What a gap is marked with, beside its colour: two for the worse one. */
const MARKS = { on_call: "‼", duty: "!" };
const FIRST_HOUR = 8; // before that hardly anybody is there; it is shown when somebody is

export function Week() {
  const [back, setBack] = useState(0);
  const first = findFirstDay(now(), back);
  const days = Array.from({ length: 7 }, (_, at) => addDays(first, at));
  const span = `from=${isoDate(first)}&to=${isoDate(addDays(first, 7))}`;
  const openings = useLoad(() => call("GET", `/team/openings?${span}`), [span], ["availability."]);
  const coverage = useLoad(() => call("GET", `/coverage?${span}`), [span], ["availability."]);
  return html`<${Panel} title=${t("week.title", { from: shortDate(first), to: shortDate(days[6]) })} tools=${html`
      <button type="button" class="ghost small" onClick=${() => setBack(back - 1)} disabled=${back <= 0}>← ${t("week.earlier")}</button>
      <button type="button" class="ghost small" onClick=${() => setBack(back + 1)} disabled=${back >= 8}>${t("week.later")} →</button>`}>
    <${Loaded} of=${openings}>${({ people }) => (people.length === 0 ? html`<${Empty}>${t("week.nobody")}<//>` : html`
      <${Grid} days=${days} people=${people} gaps=${coverage.data?.gaps ?? []} />
    `)}<//>
  <//>`;
}

function Grid({ days, people, gaps }) {
  const stretches = people.flatMap((one) => one.stretches.map((stretch) => ({ ...stretch, name: one.person.display_name })));
  const hours = days.map((day) => Array.from({ length: 24 }, (_, hour) => cell(day, hour, stretches, gaps)));
  const ahead = gaps.filter((one) => Date.parse(one.ends_at) > now().getTime());
  const first = Math.min(FIRST_HOUR, ...hours.map((row) => row.findIndex((one) => one.names.length)).filter((at) => at >= 0));
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${t("week.grid")}>
      <table class="week">
        <caption class="unseen">${t("week.grid")}</caption>
        <thead><tr><td></td>${hours[0].slice(first).map((_, at) => html`<th scope="col" key=${at}>${String(first + at).padStart(2, "0")}</th>`)}</tr></thead>
        <tbody>${days.map((day, at) => html`<tr key=${at} class=${isoDate(day) === isoDate(now()) ? "today" : ""}>
          <th scope="row">${dayLabel(day)} <small>${day.getDate()}</small></th>
          ${hours[at].slice(first).map((one, hour) => html`<td key=${hour} data-count=${Math.min(4, one.names.length)} data-gap=${one.gap || undefined} title=${one.names.join(", ")}>
            ${one.names.length || html`<span class="unseen">0</span>`}${one.gap && html` <b class="mark" aria-hidden="true">${MARKS[one.gap]}</b><span class="unseen">, ${t(`gaps.${one.gap}`)}</span>`}
          </td>`)}
        </tr>`)}</tbody>
      </table>
    </div>
    <ul class="legend"><li><i data-count="0"></i>${t("week.zero")}</li><li><i data-count="1"></i>1</li><li><i data-count="2"></i>2</li><li><i data-count="3"></i>3</li><li><i data-count="4"></i>${t("week.many")}</li><li><i data-gap="on_call"><b class="mark">${MARKS.on_call}</b></i>${t("gaps.on_call")}</li><li><i data-gap="duty"><b class="mark">${MARKS.duty}</b></i>${t("gaps.duty")}</li></ul>
    <h3>${t("week.people")}</h3>
    <${Table} caption=${t("week.people")}
      columns=${[["name", t("candidates.expert")], ...days.map((day, at) => [`d${at}`, `${dayLabel(day)} ${day.getDate()}`])]}
      rows=${people.map((one) => ({ key: one.person.id, name: one.person.display_name, ...Object.fromEntries(days.map((day, at) => [`d${at}`, listHours(one, day)])) }))} />
    ${ahead.length > 0 && html`<h3>${t("week.gaps")}</h3><ul class="rows">${ahead.map((one) => html`<li key=${one.kind + one.starts_at} class=${one.kind === "on_call" ? "bad" : "warn"}><span>${t(`gaps.${one.kind}`)}</span><small>${spanName(one)}</small></li>`)}</ul>`}
  `;
}

function cell(day, hour, stretches, gaps) {
  const from = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour).getTime();
  const to = from + 3_600_000;
  const touches = (one) => Date.parse(one.starts_at) < to && Date.parse(one.ends_at) > from;
  const gap = to > now().getTime() ? (gaps.find((one) => touches(one) && one.kind === "on_call") ?? gaps.find(touches)) : undefined;
  return { names: [...new Set(stretches.filter(touches).map((one) => one.name))], gap: gap?.kind };
}

function listHours(one, day) {
  const [from, to] = [day.getTime(), addDays(day, 1).getTime()];
  const found = one.stretches.filter((stretch) => Date.parse(stretch.starts_at) >= from && Date.parse(stretch.starts_at) < to);
  return found.map((stretch) => `${clockTime(new Date(stretch.starts_at))}–${clockTime(new Date(stretch.ends_at))}`).join(", ") || "–";
}

function spanName(one) {
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : "nl-NL", { weekday: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
  return `${format.format(new Date(one.starts_at))} – ${format.format(new Date(one.ends_at))}`;
}

/** The first of the seven days that are shown, at midnight here: today, or so many weeks later. */
export function findFirstDay(date, weeks = 0) {
  return addDays(date, weeks * 7);
}

/** "ma", "di" … of a date. */
export function dayLabel(date) {
  return weekdayName(((date.getDay() + 6) % 7) + 1, "short");
}

/** The same time of day, so many days later: also over a change of the clock. */
export function addDays(date, days) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}
