// The team: who is in it, papers and until when, inviting, and one person with devices, sessions, role and suspension.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { now } from "../lib/time.js";
import { Invitations } from "./invite.js";
import { Chip, Loaded, Table, Tabs, Title, showDay, word } from "./parts.js";
import { Person } from "./person.js";
import { href } from "./routes.js";
import { Settings } from "./settings.js";
import { call, isCoordinator, loadPeople, me, people, useLoad } from "./store.js";

const PARTS = { coordinator: ["all", "invite", "settings"], admin: ["all", "invite"] };
const ROLES = ["coordinator", "expert", "youth", "admin"];
const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

export function People({ parts: [part = "all", id] }) {
  const tabs = PARTS[me.value.role].map((one) => [one, href("people", one), t(`people.${one}`)]);
  return html`
    <${Title}>${t("way.people")}<//>
    <${Tabs} tabs=${tabs} chosen=${part === "one" ? "all" : part} label=${t("way.people")} />
    ${part === "all" && html`<${Everybody} />`}
    ${part === "one" && html`<${Person} key=${id} id=${id} />`}
    ${part === "invite" && html`<${Invitations} />`}
    ${part === "settings" && html`<${Settings} />`}
  `;
}

function Everybody() {
  const fresh = useLoad(async () => (await loadPeople(), true), [], ["validity."]);
  const validity = useLoad(() => (isCoordinator() ? call("GET", "/team/validity") : null), [], ["validity."]);
  const [role, setRole] = useState("expert");
  const [text, setText] = useState("");
  return html`<${Loaded} of=${fresh}>${() => {
    const papers = new Map(validity.data?.experts.map((one) => [one.person.id, one]));
    const sought = text.trim().toLocaleLowerCase();
    const rows = [...people.value.values()]
      .filter((one) => one.role === role && one.display_name.toLocaleLowerCase().includes(sought))
      .sort((one, other) => one.display_name.localeCompare(other.display_name));
    return html`
      <div class="filter-bar">
        <ul class="filters" aria-label=${t("people.role")}>${ROLES.map((one) => html`<li key=${one}><button type="button" class="filter" aria-pressed=${one === role} onClick=${() => setRole(one)}>${t(`roles.${one}`)} <b>${countRole(one)}</b></button></li>`)}</ul>
        <input type="search" aria-label=${t("people.search")} placeholder=${t("people.search")} value=${text} onInput=${(event) => setText(event.target.value)} />
      </div>
      <${Table} caption=${t(`roles.${role}`)} empty=${t("people.none")}
        columns=${listColumns(role)}
        rows=${rows.map((one) => ({
          key: one.id,
          name: html`<a href=${href("people", "one", one.id)}>${one.display_name}</a>`,
          state: one.standing === "suspended" ? html`<${Chip} tone="bad">${t("people.suspended")}<//>` : html`<${Chip} tone="good">${t("people.good")}<//>`,
          seen: one.last_seen ? word("seen", one.last_seen) : "–",
          devices: one.devices === null ? "–" : one.devices === 0 ? html`<${Chip} tone=${role === "coordinator" ? "bad" : "plain"}>${t("people.no_device")}<//>` : one.devices,
          training: html`<${Paper} of=${papers.get(one.id)} what="training" />`,
          vog: html`<${Paper} of=${papers.get(one.id)} what="vog" />`,
          load: showLoad(papers.get(one.id)),
        }))} />
    `;
  }}<//>`;
}

function countRole(role) {
  return [...people.value.values()].filter((one) => one.role === role).length;
}

function listColumns(role) {
  const columns = [["name", t("people.name")], ["state", t("people.state")]];
  if (role === "expert" && isCoordinator()) columns.push(["training", t("paper.training")], ["vog", t("paper.vog")], ["load", t("people.load")]);
  if (role !== "youth") columns.push(["seen", t("people.seen")], ["devices", t("people.devices")]);
  return columns;
}

function showLoad(paper) {
  if (!paper) return "–";
  return html`${paper.pairings} / ${paper.capacity ?? "–"}${paper.takes_new ? null : html` <${Chip}>${t("people.takes_none")}<//>`}`;
}

/** Training or certificate of conduct: until when, and how soon that is. */
export function Paper({ of, what }) {
  if (!of) return "–";
  const [until, isValid] = [of[`${what}_until`], of[`${what}_valid`]];
  if (!until) return html`<${Chip} tone="bad">${t("paper.none")}<//>`;
  const days = Math.ceil((Date.parse(until) - now().getTime()) / DAY_MS);
  if (!isValid) return html`<${Chip} tone="bad">${t("paper.over", { on: showDay(until) })}<//>`;
  return html`<${Chip} tone=${days <= SOON_DAYS ? "warn" : "good"}>${t("paper.until", { on: showDay(until) })}<//>`;
}
