// Every pairing by its state, and one with its steps and what a coordinator may do with it.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { isoDate, now, shortDate } from "../lib/time.js";
import { ActDialog, Chip, Field, Loaded, Panel, Select, Table, When, Words, word } from "./parts.js";
import { href } from "./routes.js";
import { call, listRole, say, useLoad } from "./store.js";

const STATES = ["proposed", "introduced", "active", "paused", "closing", "rematch", "closed", "declined", "withdrawn"];
const OVER = ["closed", "declined", "withdrawn"];
const TONES = { active: "good", introduced: "good", proposed: "warn", paused: "warn", closing: "warn", rematch: "bad" };
const VERBS = {
  proposed: ["withdraw"],
  introduced: ["activate", "change", "close", "withdraw"],
  active: ["pause", "backup", "change", "close"],
  paused: ["resume", "backup", "change", "close"],
  closing: ["resume", "close", "change"],
  rematch: ["close"],
};
const KEEPS_WARM = ["active", "paused", "closing"];
const MOST_DAYS = 90;

export function Pairings({ chosen }) {
  const all = useLoad(() => call("GET", "/pairings"), [], ["pairing."]);
  const [state, setState] = useState("now");
  return html`<${Loaded} of=${all}>${({ pairings }) => {
    const shown = pairings.filter((one) => (state === "now" ? !OVER.includes(one.state) : one.state === state));
    return html`
      <ul class="filters" aria-label=${t("pairs.filter")}>
        ${["now", ...STATES].map((one) => html`<li key=${one}><button type="button" class="filter" aria-pressed=${state === one} onClick=${() => setState(one)}>${t(`pairs.${one}`)} <b>${count(pairings, one)}</b></button></li>`)}
      </ul>
      ${chosen && html`<${One} key=${chosen} id=${chosen} reload=${all.reload} />`}
      <${Table} caption=${t("pairing.pairs")} empty=${t("pairs.none")}
        columns=${[["youth", t("waiting.youth")], ["expert", t("candidates.expert")], ["state", t("pairs.state")], ["kind", t("waiting.kind")], ["backups", t("pairs.backups")], ["since", t("pairs.since")]]}
        rows=${shown.map((one) => ({
          key: one.id,
          class: one.id === chosen ? "chosen" : "",
          youth: html`<a href=${href("pairing", "pairs", one.id)}>${one.youth.display_name}</a>`,
          expert: html`${one.expert.display_name}${one.cover?.person ? html` <${Chip} tone="warn">${t("pairs.covered", { name: one.cover.person.display_name })}<//>` : null}`,
          state: html`<${Chip} tone=${TONES[one.state] ?? "plain"}>${t(`pairs.${one.state}`)}<//>`,
          kind: html`${word("sort", one.kind)}${showBridge(one)}`,
          backups: one.backups.map((person) => person.display_name).join(", ") || "–",
          since: html`<${When} at=${one.ended_at ?? one.active_at ?? one.introduced_at ?? one.proposed_at} />`,
        }))} />
    `;
  }}<//>`;
}

function showBridge({ bridge_until: until, state }) {
  if (!until) return null;
  const isOver = until < isoDate(now()) && !OVER.includes(state);
  return html` <${Chip} tone=${isOver ? "warn" : "plain"}>${t(isOver ? "pairs.bridge_over" : "pairs.bridge_until", { day: shortDate(new Date(`${until}T00:00`)) })}<//>`;
}

function count(pairings, state) {
  return pairings.filter((one) => (state === "now" ? !OVER.includes(one.state) : one.state === state)).length;
}

function One({ id, reload }) {
  const found = useLoad(() => call("GET", `/pairings/${id}`), [id], ["pairing."]);
  const warmth = useLoad(() => call("GET", `/pairings/${id}/warmth`).catch((problem) => (problem.status === 0 ? Promise.reject(problem) : { none: true })), [id]);
  const [verb, setVerb] = useState(null);
  const done = async () => {
    await Promise.all([found.reload(), reload(), warmth.reload()]);
  };
  return html`<${Loaded} of=${found}>${(one) => html`<${Panel} title=${`${one.youth.display_name} – ${one.expert.display_name}`} tools=${html`<a href=${href("pairing", "pairs")}>${t("action.close")}</a>`} class="one">
    <p><${Chip} tone=${TONES[one.state] ?? "plain"}>${t(`pairs.${one.state}`)}<//> ${one.state === "proposed" ? t("pairs.yes", { youth: t(one.youth_said_yes ? "pairs.said" : "pairs.unsaid"), expert: t(one.expert_said_yes ? "pairs.said" : "pairs.unsaid") }) : null}
      ${one.paused_until ? html` ${t("shift.until")} <${When} at=${one.paused_until} />` : null}</p>
    ${KEEPS_WARM.includes(one.state) && warmth.data && !warmth.data.none && html`<p class="soft">${warmth.data.heard_at ? html`${t("warmth.heard")} <${When} at=${warmth.data.heard_at} />` : t("warmth.never")} · ${t("warmth.after", { count: warmth.data.silence_days })} <button type="button" class="ghost small" onClick=${() => setVerb("warmth")}>${t("action.change")}</button></p>`}
    <div class="buttons">${(VERBS[one.state] ?? []).map((name) => html`<button key=${name} type="button" class="outline small" onClick=${() => setVerb(name)}>${t(`pair.${name}`)}</button>`)}</div>
    <ol class="timeline">${[...one.steps].reverse().map((step) => html`<li key=${step.number}><p><${When} at=${step.at} /> <strong>${word("pairverb", step.verb)}</strong></p><p class="soft">${[step.by && word("role", step.by), step.reason && word("pairreason", step.reason)].filter(Boolean).join(" · ")}</p></li>`)}</ol>
    ${verb && html`<${Step} key=${verb} one=${one} verb=${verb} warmth=${warmth.data} onClose=${() => setVerb(null)} done=${done} />`}
  <//>`}<//>`;
}

/** One verb on a pairing: what happens, and who is told. */
function Step({ one, verb, warmth, onClose, done }) {
  const names = { youth: one.youth.display_name, expert: one.expert.display_name };
  const act = async (values, form) => {
    await ACTS[verb](one, values, form);
    say(t(`done.pair.${verb}`, names));
    return done;
  };
  return html`<${ActDialog} name=${`pair-${verb}`} title=${`${t(`pair.${verb}`)}: ${names.youth} – ${names.expert}`} what=${t(`pair.${verb}.what`, names)} told=${t(`pair.${verb}.told`, names)} action=${t(`pair.${verb}`)} danger=${verb === "change" || verb === "close"} act=${act} onClose=${onClose}>
    ${verb === "pause" && html`<${Field} label=${t("pair.until")} hint=${t("pair.until.hint")}><input type="date" name="until" min=${new Date().toISOString().slice(0, 10)} /><//>`}
    ${verb === "close" && html`<${Words} label=${t("pair.words")} hint=${t("pair.words.hint")} name="words" most="4000" />`}
    ${verb === "backup" && html`<${Select} label=${t("pairs.backups")} name="backup" value=${one.backups[0]?.id ?? ""} options=${[["", t("propose.no_backup")], ...listRole("expert").filter((person) => person.id !== one.expert.id).map((person) => [person.id, person.display_name])]} />`}
    ${verb === "warmth" && html`<${Field} label=${t("warmth.days")} hint=${t("warmth.days.hint")}><input type="number" name="days" min="3" max=${MOST_DAYS} defaultValue=${warmth?.silence_days} /><//>`}
  <//>`;
}

const post = (one, verb, body) => call("POST", `/pairings/${one.id}/${verb}`, body);
const ACTS = {
  withdraw: (one) => post(one, "withdraw"),
  activate: (one) => post(one, "activate"),
  resume: (one) => post(one, "resume"),
  pause: (one, { until }) => post(one, "pause", { until: until ? new Date(`${until}T00:00`).toISOString() : null }),
  change: (one) => post(one, "change", {}), // what moves along is the youth's own choice
  close: (one, { words }) => post(one, "close", { words: words.trim() || null }),
  backup: (one, { backup }) => call("PUT", `/pairings/${one.id}/backup`, { backups: backup ? [backup] : [] }),
  warmth: (one, { days }) => call("PUT", `/pairings/${one.id}/warmth`, { silence_days: days ? Number(days) : null }),
};
