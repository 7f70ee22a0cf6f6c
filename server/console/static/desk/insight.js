// The work in numbers: contacts, hours, waiting, escalations, pairings. Of the whole team, never of one person.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { duration, isoDate, monthName, now } from "../lib/time.js";
import { Columns, WeekField } from "./charts.js";
import { Empty, KeyButton, Loaded, Panel, Tabs, Title, word } from "./parts.js";
import { href } from "./routes.js";
import { call, save, say, useLoad } from "./store.js";
import { addDays } from "./week.js";

const PARTS = ["contacts", "hours", "waiting", "escalations", "buddies"];
const MOST_BACK = 23;
const SETTLED_DAYS = 7; // as the server has it: until then answers may still come, and the numbers would move
const minutes = (value) => duration(value * 60_000);
const seconds = (value) => (value < 90 ? `${Math.round(value)} s` : duration(value * 1000));
/** What is drawn of each part: `[title, cut, series, how a number is shown]`; a cut of the week is a field of shades. */
const PICTURES = {
  contacts: [
    ["talks_by_day", "day", ["talks"], String],
    ["talks_by_hour", "hour", ["talks"], String],
    ["talks_by_week", "weekday_hour", ["talks"], String],
  ],
  hours: [
    ["hours_by_day", "day", ["duty_minutes", "on_call_minutes"], minutes],
    ["contact_by_day", "day", ["contact_minutes"], minutes],
    ["contact_by_week", "weekday_hour", ["contact_minutes"], String],
  ],
  waiting: [
    ["median_by_day", "day", ["median_seconds"], seconds],
    ["median_by_hour", "hour", ["median_seconds"], seconds],
    ["p90_by_hour", "hour", ["p90_seconds"], seconds],
    ["unanswered_by_day", "day", ["unanswered"], String],
    ["turns_by_week", "weekday_hour", ["turns"], String],
  ],
  escalations: [
    ["escalations_by_day", "day", ["emergency", "urgent", "concern"], String],
    ["escalations_by_hour", "hour", ["emergency", "urgent", "concern"], String],
    ["acknowledge_by_level", "level", ["median_seconds"], seconds],
  ],
  buddies: [
    ["pairings_by_state", "state", ["pairings"], String],
    ["begun_by_week", "week", ["begun"], String],
    ["ended_by_week", "week", ["ended"], String],
    ["asked_by_week", "week", ["asked"], String],
    ["placed_by_week", "week", ["placed"], String],
    ["days_by_week", "week", ["median_days"], String],
  ],
};

export function Insight({ parts: [part = "contacts"] }) {
  const [back, setBack] = useState(0);
  const first = findMonth(now(), back);
  const month = isoDate(first).slice(0, 7);
  const found = useLoad(() => call("GET", `/insight/${part}?month=${month}`), [part, month]);
  const take = async () => {
    await save(`/insight/${part}.csv?month=${month}`, "text/csv", `warmlijn-${part}-${month}.csv`);
    say(t("done.export"));
  };
  return html`
    <${Title} tools=${html`<${KeyButton} act=${take}>${t("insight.export")}<//>`}>${t("way.insight")}<//>
    <${Tabs} tabs=${PARTS.map((one) => [one, href("insight", one), t(`insight.${one}`)])} chosen=${part} label=${t("way.insight")} />
    <div class="filter-bar">
      <div class="tools" role="group" aria-label=${t("insight.month")}>
        <button type="button" class="ghost small" onClick=${() => setBack(back + 1)} disabled=${back >= MOST_BACK}>← ${t("insight.before")}</button>
        <strong aria-live="polite">${monthName(first)}</strong>
        <button type="button" class="ghost small" onClick=${() => setBack(back - 1)} disabled=${back <= 0}>${t("insight.after")} →</button>
      </div>
      <p class="hint">${t("insight.private")} ${t("insight.settled")}</p>
    </div>
    <${Loaded} of=${found}>${({ rows }) => html`<div class="pictures"><${Pictures} part=${part} rows=${rows} /></div>`}<//>
  `;
}

/** The first day of the newest month that is over for SETTLED_DAYS, or of the one so many months before it. */
function findMonth(today, back) {
  const settled = addDays(today, -SETTLED_DAYS);
  return new Date(settled.getFullYear(), settled.getMonth() - 1 - back, 1);
}

function Pictures({ part, rows }) {
  return PICTURES[part].map(([title, cut, keys, show]) => {
    const cells = rows.filter((row) => row.cut === cut);
    const name = word("picture", title);
    return html`<${Panel} key=${title} title=${name}>
      ${cells.length === 0 && html`<${Empty}>${t("insight.none")}<//>`}
      ${cells.length > 0 && cut === "weekday_hour" && html`<${WeekField} title=${name} rows=${cells} field=${keys[0]} show=${show} />`}
      ${cells.length > 0 && cut !== "weekday_hour" && html`<${Columns} title=${name} rows=${cells} series=${keys.map((key) => [key, word("number", key)])} label=${nameRow} show=${show} />`}
    <//>`;
  });
}

function nameRow(row) {
  if (row.cut === "level") return t(`level.${row.level}`);
  if (row.on) return row.on.slice(5).split("-").reverse().join("-");
  if (row.hour !== null && row.hour !== undefined) return `${row.hour}`;
  return row.state ? word("pairs", row.state) : "";
}
