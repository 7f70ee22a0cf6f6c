// The joint proposal for the whole waiting list: a draft that people take over pair by pair, or not.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { Score, Propose } from "./candidates.js";
import { ActDialog, Empty, KeyButton, Loaded, Panel, Table, word } from "./parts.js";
import { href } from "./routes.js";
import { call, explain, say, useLoad } from "./store.js";

export function Assignment() {
  const draft = useLoad(() => call("GET", "/waiting-list/assignment"), [], ["pairing."]);
  const [proposing, setProposing] = useState(null);
  const [isAll, setAll] = useState(false);
  const [left, setLeft] = useState(new Set());
  const toggle = (id) => setLeft((old) => (old.has(id) ? new Set([...old].filter((one) => one !== id)) : new Set([...old, id])));
  return html`<${Loaded} of=${draft}>${({ proposals, unplaced }) => {
    const chosen = proposals.filter((one) => !left.has(one.youth.id));
    return html`
      <p class="lead">${t("together.lead")}</p>
      ${proposals.length === 0 && html`<${Empty}>${t("together.none")}<//>`}
      ${proposals.length > 0 && html`<div class="buttons"><${KeyButton} class="primary" act=${() => setAll(true)} disabled=${chosen.length === 0}>${t("together.all", { count: chosen.length })}<//></div>`}
      <ul class="draft">${proposals.map((one) => html`<li key=${one.youth.id} class="panel" data-left=${left.has(one.youth.id)}>
        <label class="check"><input type="checkbox" checked=${!left.has(one.youth.id)} onChange=${() => toggle(one.youth.id)} />
          <span><strong>${one.youth.display_name}</strong> <span class="soft">${t("together.with")}</span> <strong>${one.expert.display_name}</strong></span></label>
        <${Score} of=${one} />
        <div class="buttons"><button type="button" class="outline small" onClick=${() => setProposing(one)}>${t("act.propose")}</button> <a href=${href("pairing", "youth", one.youth.id)}>${t("together.others")}</a></div>
      </li>`)}</ul>
      ${unplaced.length > 0 && html`<${Panel} title=${t("together.unplaced")}><${Table} caption=${t("together.unplaced")}
        columns=${[["youth", t("waiting.youth")], ["why", t("candidates.why_not")], ["rules", t("together.rules")]]}
        rows=${unplaced.map((one) => ({
          key: one.youth.id,
          youth: html`<a href=${href("pairing", "youth", one.youth.id)}>${one.youth.display_name}</a>`,
          why: one.text,
          rules: one.rules.map((rule) => `${word("rule", rule.rule)} (${rule.experts})`).join(", "),
        }))} /><//>`}
      ${proposing && html`<${Propose} youth=${proposing.youth} one=${proposing} onClose=${() => setProposing(null)} />`}
      ${isAll && html`<${ProposeAll} chosen=${chosen} onClose=${() => setAll(false)} reload=${draft.reload} />`}
    `;
  }}<//>`;
}

function ProposeAll({ chosen, onClose, reload }) {
  const act = async () => {
    const failed = [];
    for (const one of chosen) {
      try {
        await call("POST", "/pairings", { youth: one.youth.id, expert: one.expert.id });
      } catch (problem) {
        failed.push(`${one.youth.display_name}: ${explain(problem)}`);
      }
    }
    say(failed.length ? failed.join(" ") : t("done.propose_all", { count: chosen.length }), { bad: failed.length > 0 });
    return reload;
  };
  return html`<${ActDialog} name="propose-all" title=${t("together.all", { count: chosen.length })} what=${t("together.what", { count: chosen.length })} told=${t("together.told")} action=${t("act.propose")} act=${act} onClose=${onClose}>
    <ul class="plain-list">${chosen.map((one) => html`<li key=${one.youth.id}>${one.youth.display_name} – ${one.expert.display_name}</li>`)}</ul>
  <//>`;
}
