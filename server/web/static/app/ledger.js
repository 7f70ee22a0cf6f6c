// The expert's own boundary ledger, and what was kept away from their phone.
import { hasText, t } from "../lib/i18n.js";
import { clockTime, dayKey, dayName } from "../lib/time.js";
import { html } from "../lib/ui.js";
import { useAnswer } from "./honest.js";
import { PageHead } from "./room.js";
import { Strips } from "./shell.js";
import { hours } from "./state.js";

export function LedgerPage() {
  const [ledger, problem] = useAnswer("/me/boundary-ledger");
  const [pushes] = useAnswer("/me/pushes");
  const isFree = !hours.value?.reachability.open; // a push that was held says that somebody wrote: not before one's hours
  return html`<${PageHead} title=${t("ledger.title")} />
    <${Strips} />
    <div class="page" tabindex="0" role="region" aria-label=${t("ledger.title")}>
      <p>${t("ledger.text")}</p>
      ${problem && html`<p class="note" role="alert">${problem}</p>`}
      ${ledger && html`<${Entries} entries=${ledger.entries} write=${writeEntry} none=${t("ledger.none")} />`}
      ${pushes && !isFree && html`<h2>${t("ledger.pushes")}</h2><${Entries} entries=${pushes.pushes ?? pushes.decisions ?? []} write=${(one) => one.text ?? one.reason} none=${t("ledger.no_pushes")} />`}
      ${pushes && isFree && html`<h2>${t("ledger.pushes")}</h2><p class="note">${t("ledger.pushes_later")}</p>`}
    </div>`;
}

function Entries({ entries, write, none }) {
  if (entries.length === 0) return html`<p class="note">${none}</p>`;
  const days = [];
  for (const entry of entries) {
    const at = new Date(entry.at);
    if (days.at(-1)?.key !== dayKey(at)) days.push({ key: dayKey(at), name: dayName(at), rows: [] });
    days.at(-1).rows.push({ at, text: write(entry) });
  }
  return html`${days.map((day) => html`<section key=${day.key} class="ledger-day">
    <h3>${day.name}</h3>
    <ul>${day.rows.map((row, index) => html`<li key=${index}><time datetime=${row.at.toISOString()}>${clockTime(row.at)}</time><span>${row.text}</span></li>`)}</ul>
  </section>`)}`;
}

function writeEntry(entry) {
  const key = `ledger.${entry.kind}`;
  const text = hasText(key) ? t(key, { count: entry.minutes ?? 0 }) : entry.kind;
  return entry.own_choice ? `${text} ${t("ledger.own_choice")}` : text;
}
