// Pictures drawn by hand as SVG: columns by day or hour, and a week as a field of shades. Behind each stands its table.
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { weekdayName } from "../lib/time.js";
import { Empty, Table } from "./parts.js";

const WIDTH = 640;
const HEIGHT = 200;
const MARGIN = { top: 12, right: 8, bottom: 26, left: 44 };
const MOST_LABELS = 10;

/**
 * Columns for `rows`, stacked when there are several `series` (`[key, words]`). A hidden row is drawn as a hatched foot and
 * said to be hidden: too few people stand behind it. `label(row)` names a column, `show(value)` a number.
 */
export function Columns({ title, rows, series, label, show = String }) {
  if (rows.every((row) => row.hidden || series.every(([key]) => !row[key]))) return html`<${Empty}>${t("chart.nothing")}<//>`;
  const sums = rows.map((row) => series.reduce((sum, [key]) => sum + (row[key] ?? 0), 0));
  const top = niceTop(Math.max(1, ...sums));
  const step = (WIDTH - MARGIN.left - MARGIN.right) / Math.max(1, rows.length);
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const y = (value) => MARGIN.top + height * (1 - value / top);
  const every = Math.ceil(rows.length / MOST_LABELS);
  return html`<figure class="chart">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${t("chart.says", { title, count: rows.length, most: show(Math.max(0, ...sums)) })}>
      <defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="5" class="hatch" /></pattern></defs>
      ${[0, 0.5, 1].filter((part) => show !== String || Number.isInteger(top * part)).map((part) => html`<g key=${part} class="axis"><line x1=${MARGIN.left} x2=${WIDTH - MARGIN.right} y1=${y(top * part)} y2=${y(top * part)} /><text x=${MARGIN.left - 6} y=${y(top * part) + 4} text-anchor="end">${show(top * part)}</text></g>`)}
      ${rows.map((row, at) => html`<g key=${at}>
        <title>${label(row)}: ${row.hidden ? t("chart.hidden") : series.map(([key, words]) => `${series.length > 1 ? `${words} ` : ""}${row[key] === null || row[key] === undefined ? "–" : show(row[key])}`).join(", ")}</title>
        ${row.hidden
          ? html`<rect x=${MARGIN.left + at * step + step * 0.15} width=${step * 0.7} y=${y(0) - 10} height="10" fill="url(#hatch)" />`
          : stack(row, series).map(([from, to, number]) => html`<rect key=${number} class="series-${number}" data-level=${series[number][0]} x=${MARGIN.left + at * step + step * 0.15} width=${Math.max(1, step * 0.7)} y=${y(to)} height=${y(from) - y(to)} />`)}
        ${at % every === 0 && html`<text class="tick" x=${MARGIN.left + (at + 0.5) * step} y=${HEIGHT - 8} text-anchor="middle">${label(row)}</text>`}
      </g>`)}
    </svg>
    ${series.length > 1 && html`<ul class="legend">${series.map(([key, words], number) => html`<li key=${key}><i class="series-${number}" data-level=${key}></i>${words}</li>`)}</ul>`}
    <${Behind} title=${title} rows=${rows} series=${series} label=${label} show=${show} />
  </figure>`;
}

function stack(row, series) {
  let sum = 0;
  return series.map(([key], number) => {
    const from = sum;
    sum += row[key] ?? 0;
    return [from, sum, number];
  });
}

/** A week: seven rows of 24 hours, the more the darker; the number stands in each field. */
export function WeekField({ title, rows, field, show = String }) {
  const found = new Map(rows.map((row) => [`${row.weekday} ${row.hour}`, row]));
  const most = Math.max(1, ...rows.map((row) => row[field] ?? 0));
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return html`<figure class="chart">
    <div class="scroll" tabindex="0" role="region" aria-label=${title}>
      <table class="week shades">
        <caption class="unseen">${title}</caption>
        <thead><tr><td></td>${hours.map((hour) => html`<th scope="col" key=${hour}>${hour}</th>`)}</tr></thead>
        <tbody>${[1, 2, 3, 4, 5, 6, 7].map((weekday) => html`<tr key=${weekday}>
          <th scope="row">${weekdayName(weekday, "short")}</th>
          ${hours.map((hour) => html`<${Shade} key=${hour} row=${found.get(`${weekday} ${hour}`)} field=${field} most=${most} show=${show} />`)}
        </tr>`)}</tbody>
      </table>
    </div>
    <p class="hint">${t("chart.hidden.note")}</p>
  </figure>`;
}

function Shade({ row, field, most, show }) {
  if (!row) return html`<td></td>`;
  if (row.hidden) return html`<td data-hidden="true"><span aria-hidden="true">·</span><span class="unseen">${t("chart.hidden")}</span></td>`;
  const value = row[field] ?? 0;
  return html`<td data-shade=${value ? Math.max(1, Math.ceil((value / most) * 4)) : 0}>${value ? show(value) : ""}</td>`;
}

function Behind({ title, rows, series, label, show }) {
  return html`<details><summary>${t("chart.table")}</summary>
    <${Table} caption=${title} columns=${[["label", t("chart.label")], ...series]}
      rows=${rows.map((row, at) => ({ key: at, label: label(row), ...Object.fromEntries(series.map(([key]) => [key, row.hidden ? t("chart.few") : row[key] === null || row[key] === undefined ? "–" : show(row[key])])) }))} />
  </details>`;
}

function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value);
}
