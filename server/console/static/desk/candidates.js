// For one youth: who would fit, side by side, with every reason; and who would not, with every rule. People decide.
import { classes, html, useState } from "../lib/ui.js";
import { language, t } from "../lib/i18n.js";
import { ActDialog, Chip, Empty, Loaded, Panel, Select, Table, word } from "./parts.js";
import { go, href } from "./routes.js";
import { call, say, useLoad } from "./store.js";

const SIDE_BY_SIDE = 3;
const WAIVABLE = ["kind", "no_go", "language", "language_need", "gender_need", "age_need", "declined", "overlap"];
const KINDS = ["buddy", "sounding_board", "listening_ear", "bridge"];

export function Candidates({ youth }) {
  const found = useLoad(() => call("GET", `/youths/${youth}/candidates`), [youth], ["pairing."]);
  const intake = useLoad(() => call("GET", `/people/${youth}/buddy-profile`), [youth]);
  const [proposing, setProposing] = useState(null);
  return html`<${Loaded} of=${found}>${(data) => html`<div class="stack">
    <p class="back"><a href=${href("pairing", "waiting")}>← ${t("pairing.waiting")}</a></p>
    <h2 class="subject">${data.youth.display_name}</h2>
    <${Wishes} of=${intake} />
    ${data.candidates.length === 0 && html`<${Empty}>${t("candidates.none")}<//>`}
    <ol class="columns">${data.candidates.slice(0, SIDE_BY_SIDE).map((one, at) => html`<li key=${one.expert.id} class=${classes("panel", at === 0 && "first")}>
      <h3>${one.expert.display_name}</h3>
      <${Score} of=${one} />
      <button type="button" class=${at === 0 ? "primary" : "outline"} onClick=${() => setProposing(one)}>${t("candidates.propose", { name: one.expert.display_name })}</button>
    </li>`)}</ol>
    ${data.candidates.length > SIDE_BY_SIDE && html`<${Panel} title=${t("candidates.others")}><${Table} caption=${t("candidates.others")}
      columns=${[["name", t("candidates.expert")], ["score", t("candidates.score")], ["why", t("candidates.reasons")], ["act", t("table.act")]]}
      rows=${data.candidates.slice(SIDE_BY_SIDE).map((one) => ({
        key: one.expert.id,
        name: one.expert.display_name,
        score: points(one.score),
        why: one.reasons.join(" "),
        act: html`<button type="button" class="ghost small" onClick=${() => setProposing(one)}>${t("act.propose")}</button>`,
      }))} /><//>`}
    <${Panel} title=${t("candidates.excluded")}>
      <${Table} caption=${t("candidates.excluded")} empty=${t("candidates.none_excluded")}
        columns=${[["name", t("candidates.expert")], ["why", t("candidates.why_not")], ["act", t("table.act")]]}
        rows=${data.excluded.map((one) => ({
          key: one.expert.id,
          name: one.expert.display_name,
          why: html`${one.text} ${one.rules.map((rule) => html`<${Chip} key=${rule} tone=${WAIVABLE.includes(rule) ? "warn" : "plain"}>${word("rule", rule)}<//> `)}`,
          act: one.rules.every((rule) => WAIVABLE.includes(rule))
            ? html`<button type="button" class="ghost small" onClick=${() => setProposing({ ...one, override: one.rules })}>${t("candidates.anyway")}</button>`
            : html`<span class="soft">${t("candidates.never")}</span>`,
        }))} />
    <//>
    ${proposing && html`<${Propose} youth=${data.youth} one=${proposing} others=${data.candidates} onClose=${() => setProposing(null)} />`}
  </div>`}<//>`;
}

const points = (score) => String(Math.round(score));

/** The points of a candidate: each part a bar with its number and its sentence. */
export function Score({ of }) {
  return html`
    <p class="score"><b>${points(of.score)}</b> <span class="soft">${t("candidates.of_100")}</span></p>
    <ul class="bars">${of.parts.map((part) => html`<li key=${part.component}>
      <span class="bar-words">${word("component", part.component)} <b>${part.points.toFixed(part.points % 1 ? 1 : 0)}</b></span>
      <meter min="0" max="40" value=${part.points} aria-hidden="true"></meter>
      <small>${part.text}</small>
    </li>`)}</ul>
  `;
}

/** "nl" as "Nederlands"; what is no code stays as it is. */
function nameLanguage(code) {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

function Wishes({ of }) {
  const profile = of.data?.profile;
  if (!profile) return null;
  const facts = [
    ["wish.themes", profile.themes.map((one) => word("theme", one)).join(", ")],
    ["wish.region", profile.region],
    ["wish.age", profile.age_band],
    ["wish.languages", [...profile.languages, profile.language_wish].filter(Boolean).map(nameLanguage).join(", ")],
    ["wish.gender", profile.gender_wish && word("gender", profile.gender_wish)],
    ["wish.likes", profile.likes.join(", ")],
    ["wish.words", profile.wishes],
  ].filter(([, said]) => said);
  if (!facts.length) return html`<p class="hint">${t("wish.none")}</p>`;
  return html`<dl class="facts inline">${facts.map(([key, said]) => html`<div key=${key}><dt>${t(key)}</dt><dd>${said}</dd></div>`)}</dl>`;
}

/** Propose the two to each other: both are asked, nothing happens before both have said yes. */
export function Propose({ youth, one, others = [], onClose }) {
  const backups = others.filter((other) => other.expert.id !== one.expert.id).map((other) => [other.expert.id, other.expert.display_name]);
  const act = async ({ backup, kind }) => {
    await call("POST", "/pairings", { youth: youth.id, expert: one.expert.id, backup: backup || null, kind: kind || null, override: one.override ?? null });
    say(t("done.propose", { youth: youth.display_name, expert: one.expert.display_name }));
    go("pairing", "pairs");
  };
  const names = { youth: youth.display_name, expert: one.expert.display_name };
  return html`<${ActDialog} name="propose" title=${t("propose.title", names)} what=${t("propose.what", names)} told=${t("propose.told", names)} action=${t("act.propose")} act=${act} onClose=${onClose}>
    ${one.override && html`<p class="note warn">${t("propose.override")} ${one.override.map((rule) => word("rule", rule)).join(", ")}</p>`}
    <${Select} label=${t("propose.backup")} hint=${t("propose.backup.hint")} name="backup" options=${[["", t("propose.no_backup")], ...backups]} />
    <${Select} label=${t("waiting.kind")} name="kind" value="" options=${[["", t("propose.as_asked")], ...KINDS.map((kind) => [kind, word("sort", kind)])]} />
  <//>`;
}
