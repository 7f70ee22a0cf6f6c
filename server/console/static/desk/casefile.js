// The file of a youth: facts, weighing, decisions, who was told, what is still to do; and the five steps of the meldcode.
import { html, useEffect, useRef, useState } from "../lib/ui.js";
import { language, t } from "../lib/i18n.js";
import { isoDate, now } from "../lib/time.js";
import { ActDialog, Chip, Choice, Empty, Field, KeyButton, Loaded, Name, Panel, Select, When, Words, showDay, word } from "./parts.js";
import { call, say, useLoad } from "./store.js";

const KINDS = ["fact", "weighing", "decision", "told", "follow_up", "outcome"];
const STEPS = [1, 2, 3, 4, 5];
const LAST = 5;
const ROLES = ["colleague", "coordinator", "attention_officer", "veilig_thuis", "youth", "parent", "professional", "doctor"];
const DECISIONS = ["no_suspicion", "organise_help", "report"];
const MOST_TEXT = 10_000;

/** The file, shut until somebody opens it: each look is written down. `part` opens it from outside. */
export function CaseFile({ youth, escalation, known, part }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => void (part && setOpen(true)), [part]);
  if (isOpen) return html`<${OpenFile} youth=${youth} escalation=${escalation} known=${known} part=${part} />`;
  return html`<${Panel} title=${t("file.title")}>
    <p class="hint">${t("file.logged")}</p>
    <div class="buttons"><${KeyButton} letter="d" act=${() => setOpen(true)}>${t("file.open")}<//></div>
  <//>`;
}

function OpenFile({ youth, escalation, known, part }) {
  const begun = useRef(known);
  const file = useLoad(() => findFile(youth, begun.current), [youth]);
  const templates = useLoad(() => call("GET", "/case-templates"), []);
  const begin = async () => {
    begun.current = (await call("POST", `/youths/${youth}/case`)).id;
    await file.reload();
  };
  return html`<${Loaded} of=${file}>${(found) =>
    found.id === null
      ? html`<${Panel} title=${t("file.title")}><${Empty}>${t("file.none")}<//><div class="buttons"><${KeyButton} class="primary" act=${begin}>${t("file.begin")}<//></div><//>`
      : html`
        <${Entries} file=${found} escalation=${escalation} templates=${templates.data} reload=${file.reload} />
        <${Meldcode} file=${found} templates=${templates.data} reload=${file.reload} focus=${part === "meldcode"} />
      `}<//>`;
}

/** `known` is null when the server has said that there is no file. */
async function findFile(youth, known) {
  if (known === null) return { id: null };
  try {
    return await call("GET", `/youths/${youth}/case`);
  } catch (problem) {
    if (problem.status === 404) return { id: null };
    throw problem;
  }
}

function Entries({ file, escalation, templates, reload }) {
  const [writing, setWriting] = useState(null);
  const finish = (entry) => async () => {
    await call("POST", `/cases/${file.id}/follow-ups/${entry.id}/done`);
    await reload();
  };
  const shown = file.entries.filter((entry) => !entry.corrected_by);
  return html`<${Panel} title=${t("file.title")} tools=${html`<${KeyButton} class="primary small" act=${() => setWriting({})}>${t("file.add")}<//>`}>
    ${shown.length === 0 && html`<${Empty}>${t("file.empty")}<//>`}
    <ol class="entries">${shown.map((entry) => html`<li key=${entry.id}>
      <p><strong>${t(`entry.${entry.kind}`)}</strong> <span class="soft"><${Name} id=${entry.by} /> · <${When} at=${entry.at} />${entry.corrects ? ` · ${t("file.corrected")}` : ""}</span></p>
      <p class="words">${entry.text}</p>
      <div class="buttons">
        ${entry.due_on && html`<${Chip} tone=${dueTone(entry)}>${entry.done_at ? t("file.done") : t("file.due", { on: showDay(entry.due_on) })}<//>`}
        ${entry.due_on && !entry.done_at && html`<${KeyButton} class="ghost small" act=${finish(entry)}>${t("file.finish")}<//>`}
        <button type="button" class="ghost small" onClick=${() => setWriting(entry)}>${t("file.correct")}</button>
      </div>
    </li>`)}</ol>
    ${writing && html`<${EntryForm} file=${file} escalation=${escalation} before=${writing} templates=${templates} onClose=${() => setWriting(null)} reload=${reload} />`}
  <//>`;
}

function dueTone(entry) {
  if (entry.done_at) return "good";
  return entry.due_on < isoDate(now()) ? "bad" : "warn";
}

function EntryForm({ file, escalation, before, templates, onClose, reload }) {
  const [kind, setKind] = useState(before.kind ?? "fact");
  const template = templates?.entries.find((one) => one.kind === kind);
  const act = async ({ text, due_on: due }) => {
    const draft = { kind, text, due_on: kind === "follow_up" ? due : null, escalation: before.escalation ?? escalation, corrects: before.id ?? null };
    await call("POST", `/cases/${file.id}/entries`, draft);
    say(t("done.entry"));
    return reload;
  };
  return html`<${ActDialog} name="entry" title=${before.id ? t("file.correct") : t("file.add")} told=${t("file.readers")} what=${before.id ? t("file.correct.what") : t("file.add.what")} action=${t("action.save")} act=${act} onClose=${onClose} wide=${true}>
    <${Select} label=${t("file.kind")} name="kind" value=${kind} onChange=${setKind} options=${KINDS.map((one) => [one, t(`entry.${one}`)])} />
    ${template && html`<ul class="questions" lang=${language}>${template.questions.map((one) => html`<li key=${one}>${one}</li>`)}</ul>`}
    <${Words} label=${t("file.text")} name="text" rows="6" required=${true} most=${MOST_TEXT} value=${before.text ?? ""} />
    ${kind === "follow_up" && html`<${Field} label=${t("file.due_on")}><input type="date" name="due_on" required min=${isoDate(now())} defaultValue=${before.due_on ?? isoDate(now())} /><//>`}
  <//>`;
}

function Meldcode({ file, templates, reload, focus }) {
  const [taking, setTaking] = useState(null);
  const head = useRef(null);
  useEffect(() => {
    if (!focus || document.activeElement?.matches("input, textarea, select")) return; // somebody types by now
    head.current?.scrollIntoView({ block: "center" });
    head.current?.focus({ preventScroll: true }); // Tab goes on from here
  }, [focus]);
  const begin = async () => {
    await call("POST", `/cases/${file.id}/meldcode`);
    await reload();
  };
  const [current, ...earlier] = file.meldcodes;
  const isOpen = current && !current.closed_at;
  return html`<div ref=${head} tabindex="-1"><${Panel} title=${t("meldcode.title")} tools=${!isOpen && html`<${KeyButton} class="outline small" act=${begin}>${t("meldcode.begin")}<//>`}>
    <p class="hint">${t("meldcode.lead")}</p>
    ${!current && html`<${Empty}>${t("meldcode.none")}<//>`}
    ${current && html`<ol class="meldcode">${STEPS.map((number) => {
      const taken = current.steps.filter((step) => step.step === number);
      return html`<li key=${number} data-done=${taken.length > 0} aria-current=${current.next === number ? "step" : undefined}>
        <p><strong>${number}. ${t(`meldcode.${number}`)}</strong> ${taken.length ? html`<${Chip} tone=${taken.at(-1).outcome === "done" ? "good" : "warn"}>${t(`meldcode.${taken.at(-1).outcome}`)}<//>` : null}</p>
        ${taken.map((step) => html`<p class="soft" key=${step.id}>${showDay(step.on)}${step.with_role ? ` · ${word("with", step.with_role)}` : ""}${step.decision ? ` · ${t(`decision.${step.decision}`)}` : ""}${step.reason ? ` · ${step.reason}` : ""}</p>`)}
        ${isOpen && (current.next === number || taken.length > 0) && html`<button type="button" class=${current.next === number ? "outline small" : "ghost small"} onClick=${() => setTaking(number)}>${t(taken.length ? "meldcode.again" : "meldcode.take")}</button>`}
      </li>`;
    })}</ol>`}
    ${current?.closed_at && html`<p class="soft">${t("meldcode.closed")} <${When} at=${current.closed_at} /></p>`}
    ${earlier.length > 0 && html`<p class="soft">${t("meldcode.earlier", { count: earlier.length })}</p>`}
    ${taking && html`<${StepForm} file=${file} number=${taking} templates=${templates} onClose=${() => setTaking(null)} reload=${reload} />`}
  <//></div>`;
}

function StepForm({ file, number, templates, onClose, reload }) {
  const [outcome, setOutcome] = useState("done");
  const template = templates?.meldcode.find((one) => one.step === number);
  const act = async (values) => {
    await call("POST", `/cases/${file.id}/meldcode/steps`, {
      step: number,
      outcome,
      reason: values.reason,
      with_role: values.with_role || null,
      decision: values.decision || null,
      on: values.on,
    });
    say(t("done.meldcode"));
    return reload;
  };
  return html`<${ActDialog} name="meldcode" title=${`${number}. ${t(`meldcode.${number}`)}`} what=${t(number === LAST ? "meldcode.what.last" : "meldcode.what")} told=${t("meldcode.told")} action=${t("action.save")} act=${act} onClose=${onClose} wide=${true}>
    ${template && html`<ul class="questions">${template.questions.map((one) => html`<li key=${one}>${one}</li>`)}</ul>`}
    ${number !== LAST && html`<${Choice} legend=${t("meldcode.outcome")} name="outcome" value=${outcome} onChange=${setOutcome} options=${[["done", t("meldcode.done")], ["skipped", t("meldcode.skipped")]]} />`}
    <div class="side-by-side">
      <${Field} label=${t("meldcode.on")}><input type="date" name="on" required max=${isoDate(now())} defaultValue=${isoDate(now())} /><//>
      <${Select} label=${t("meldcode.with")} name="with_role" options=${[["", "–"], ...ROLES.map((one) => [one, word("with", one)])]} />
    </div>
    ${number === LAST && html`<${Choice} legend=${t("meldcode.decision")} name="decision" options=${DECISIONS.map((one) => [one, t(`decision.${one}`)])} />`}
    <${Words} label=${t("meldcode.reason")} name="reason" hint=${t("meldcode.names")} required=${number === LAST || outcome === "skipped"} most=${MOST_TEXT} />
  <//>`;
}
