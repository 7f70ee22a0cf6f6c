// Bringing together and keeping an eye on it: who waits, who would fit and why, what is, where it goes silent, the week.
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { Assignment } from "./assignment.js";
import { Candidates } from "./candidates.js";
import { Pairings } from "./pairings.js";
import { Chip, KeyButton, Loaded, Table, Tabs, Title, When, word } from "./parts.js";
import { href } from "./routes.js";
import { Signals } from "./signals.js";
import { call, say, useLoad } from "./store.js";
import { Week } from "./week.js";

const PARTS = ["waiting", "together", "pairs", "signals", "week"];

export function Pairing({ parts: [part = "waiting", id] }) {
  const tabs = PARTS.map((one) => [one, href("pairing", one), t(`pairing.${one}`)]);
  return html`
    <${Title}>${t("way.pairing")}<//>
    <${Tabs} tabs=${tabs} chosen=${part === "youth" ? "waiting" : part} label=${t("way.pairing")} />
    ${part === "waiting" && html`<${Waiting} />`}
    ${part === "youth" && html`<${Candidates} key=${id} youth=${id} />`}
    ${part === "together" && html`<${Assignment} />`}
    ${part === "pairs" && html`<${Pairings} chosen=${id} />`}
    ${part === "signals" && html`<${Signals} />`}
    ${part === "week" && html`<${Week} />`}
  `;
}

function Waiting() {
  const list = useLoad(() => call("GET", "/waiting-list"), [], ["waiting.", "pairing."]);
  const withdraw = (one) => async () => {
    await call("POST", `/waiting-list/${one.id}/withdraw`);
    say(t("done.waiting_withdraw", { name: one.youth.display_name }));
    await list.reload();
  };
  return html`<${Loaded} of=${list}>${({ waiting, duty_open: isOpen }) => html`
    <p class="lead">${t("waiting.lead", { count: waiting.length })} ${t(isOpen ? "waiting.duty_open" : "waiting.duty_shut")}</p>
    <${Table} caption=${t("pairing.waiting")} empty=${t("waiting.none")}
      columns=${[["youth", t("waiting.youth")], ["since", t("waiting.since")], ["why", t("waiting.why")], ["kind", t("waiting.kind")], ["intake", t("waiting.intake")], ["act", t("table.act")]]}
      rows=${waiting.map((one) => ({
        key: one.id,
        youth: html`<a href=${href("pairing", "youth", one.youth.id)}>${one.youth.display_name}</a>`,
        since: html`${t("time.days", { count: one.days })} ${one.overdue ? html`<${Chip} tone="bad">${t("waiting.overdue")}<//>` : null}${one.due_at && !one.overdue ? html`<small> ${t("waiting.due")} <${When} at=${one.due_at} /></small>` : null}`,
        why: word("asked", one.reason),
        kind: word("sort", one.kind),
        intake: html`<${Chip} tone=${one.filled_in ? "good" : "plain"}>${t(one.filled_in ? "waiting.filled" : "waiting.unfilled")}<//>`,
        act: html`<a class="button ghost small" href=${href("pairing", "youth", one.youth.id)}>${t("waiting.find")}</a> <${KeyButton} class="ghost small" act=${withdraw(one)}>${t("waiting.withdraw")}<//>`,
      }))} />
  `}<//>`;
}
