// Complaints that this coordinator handles with one other: read, ask advice without names, decide, answer.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { ActDialog, Chip, Choice, KeyButton, Loaded, Name, Panel, Select, Table, Title, When, Words } from "./parts.js";
import { href } from "./routes.js";
import { call, isCoordinator, listRole, nameOf, say, useLoad } from "./store.js";

const TONES = { received: "bad", assigned: "warn", advised: "warn", decided: "good", closed: "plain" };
const DECISIONS = ["upheld", "partly_upheld", "not_upheld"];
const ACTS = { assigned: ["advice", "decide"], advised: ["advice", "decide"], decided: ["close"], closed: ["reopen"] };
const MOST_TEXT = 4000;

export function Complaints({ parts: [id] }) {
  const all = useLoad(() => call("GET", "/complaints"), [], ["complaint."]);
  return html`
    <${Title} back=${isCoordinator() ? { href: href("tonight"), words: t("way.tonight") } : null}>${t("complaints.title")}<//>
    <p class="lead">${t("complaints.lead")}</p>
    ${id && html`<${One} key=${id} id=${id} reload=${all.reload} />`}
    <${Loaded} of=${all}>${({ complaints }) => html`<${Table} caption=${t("complaints.title")} empty=${t("complaints.none")}
      columns=${[["at", t("complaints.at")], ["about", t("complaints.about")], ["state", t("people.state")], ["decision", t("complaints.decision")]]}
      rows=${complaints.map((one) => ({
        key: one.id,
        at: html`<a href=${href("complaints", one.id)}><${When} at=${one.received_at} long=${true} /></a>`,
        about: one.about ? html`<${Name} id=${one.about} />` : t("complaints.team"),
        state: html`<${Chip} tone=${TONES[one.state]}>${t(`complaint.${one.state}`)}<//>`,
        decision: one.decision ? t(`decided.${one.decision}`) : "–",
      }))} />`}<//>
  `;
}

function One({ id, reload }) {
  const found = useLoad(() => call("GET", `/complaints/${id}`), [id], ["complaint."]);
  const [verb, setVerb] = useState(null);
  const done = async () => {
    await Promise.all([found.reload(), reload()]);
  };
  return html`<${Loaded} of=${found}>${(one) => html`<${Panel} title=${one.about ? t("complaints.of", { name: nameOf(one.about) }) : t("complaints.of_team")} tools=${html`<a href=${href("complaints")}>${t("action.close")}</a>`} class="one">
    <p><${Chip} tone=${TONES[one.state]}>${t(`complaint.${one.state}`)}<//> ${one.waiting ? t("complaints.waiting") : null}</p>
    <dl class="facts">
      <div><dt>${t("complaints.text")}</dt><dd class="words">${one.text}</dd></div>
      ${one.complainant && html`<div><dt>${t("complaints.by")}</dt><dd><${Name} id=${one.complainant} /></dd></div>`}
      ${one.handlers && html`<div><dt>${t("complaints.handlers")}</dt><dd>${one.handlers.map((handler) => nameOf(handler.person)).join(", ")}</dd></div>`}
      ${one.votes?.map((vote) => html`<div key=${vote.person + vote.round}><dt><${Name} id=${vote.person} /> <${When} at=${vote.at} /></dt><dd>${t(`decided.${vote.decision}`)}: ${vote.note}</dd></div>`)}
      ${one.advice?.map((advice) => html`<div key=${advice.id}><dt>${t("complaints.advice")} <${Name} id=${advice.expert} /></dt><dd>${advice.question}${advice.answer ? html`<blockquote>${advice.answer}</blockquote>` : html` <${Chip}>${t("complaints.unanswered")}<//>`}</dd></div>`)}
      ${one.answer && html`<div><dt>${t("complaints.answer")}</dt><dd>${one.answer}</dd></div>`}
    </dl>
    ${one.handling && html`<div class="buttons">${(ACTS[one.state] ?? []).map((name) => html`<${KeyButton} key=${name} class=${["advice", "reopen"].includes(name) ? "outline" : "primary"} act=${() => setVerb(name)}>${t(`complain.${name}`)}<//>`)}</div>`}
    ${verb && html`<${Step} key=${verb} one=${one} verb=${verb} onClose=${() => setVerb(null)} done=${done} />`}
  <//>`}<//>`;
}

function Step({ one, verb, onClose, done }) {
  const act = async ({ expert, decision, text }) => {
    const [path, body] = {
      advice: ["ask-advice", { expert, text }],
      decide: ["decide", { decision, note: text }],
      close: ["close", { answer: text }],
      reopen: ["reopen", { reason: text }],
    }[verb];
    await call("POST", `/complaints/${one.id}/${path}`, body);
    say(t(`done.complain.${verb}`));
    return done;
  };
  const experts = listRole("expert").filter((person) => person.id !== one.about && person.id !== one.complainant);
  return html`<${ActDialog} name=${`complain-${verb}`} title=${t(`complain.${verb}`)} what=${t(`complain.${verb}.what`)} told=${t(`complain.${verb}.told`)} action=${t(`complain.${verb}`)} act=${act} onClose=${onClose} wide=${true}>
    ${verb === "advice" && html`<${Select} label=${t("candidates.expert")} name="expert" required=${true} options=${experts.map((person) => [person.id, person.display_name])} />`}
    ${verb === "decide" && html`<${Choice} legend=${t("complaints.decision")} name="decision" options=${DECISIONS.map((name) => [name, t(`decided.${name}`)])} />`}
    <${Words} label=${t(`complain.${verb}.words`)} name="text" required=${true} most=${MOST_TEXT} />
  <//>`;
}
