// Where it goes silent, and who is alone: what a coordinator may want to ask about. Signals, never a ranking.
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { Chip, Empty, Loaded, Name, Panel, Table, When } from "./parts.js";
import { href } from "./routes.js";
import { call, useLoad } from "./store.js";

export function Signals() {
  const warmth = useLoad(() => call("GET", "/team/warmth"), [], ["pairing."]);
  const coverage = useLoad(() => call("GET", "/coverage"), [], ["availability."]);
  return html`<div class="two">
    <${Panel} title=${t("silence.title")}>
      <p class="hint">${t("silence.lead")}</p>
      <${Loaded} of=${warmth}>${({ pairings }) => html`<${Table} caption=${t("silence.title")} empty=${t("silence.none")}
        columns=${[["pair", t("silence.pair")], ["days", t("silence.days")], ["heard", t("silence.heard")], ["nudges", t("silence.nudges")]]}
        rows=${[...pairings].sort((one, other) => Number(other.silent) - Number(one.silent) || (other.days ?? -1) - (one.days ?? -1)).map((one) => ({
          key: one.pairing,
          pair: html`<a href=${href("pairing", "pairs", one.pairing)}>${one.youth.display_name} – ${one.expert.display_name}</a>`,
          days: html`${one.days === null ? "–" : t("time.days", { count: one.days })} ${one.silent ? html`<${Chip} tone="warn">${t("silence.silent")}<//>` : null}`,
          heard: html`<${When} at=${one.heard_at} />`,
          nudges: one.quiet_until ? html`${t("silence.quiet")} <${When} at=${one.quiet_until} />` : one.nudges,
        }))} />`}<//>
    <//>
    <${Panel} title=${t("alone.title")}>
      <p class="hint">${t("alone.lead")}</p>
      <${Loaded} of=${coverage}>${({ alone }) => (alone.length === 0 ? html`<${Empty}>${t("alone.none")}<//>` : html`<ul class="rows">${alone.map((one) => html`<li key=${one.pairing + one.starts_at} class="warn">
        <span><a href=${href("pairing", "pairs", one.pairing)}><${Name} id=${one.youth} /></a> <small>${t("alone.both")} <${Name} id=${one.expert} />${one.backup ? html`, <${Name} id=${one.backup} />` : null}</small></span>
        <small><${When} at=${one.starts_at} /> – <${When} at=${one.ends_at} /></small>
      </li>`)}</ul>`)}<//>
    <//>
  </div>`;
}
