// About a talk: what one may do there, another buddy, the goodbye, and looking back together.
import { request } from "../lib/api.js";
import { problemText, t } from "../lib/i18n.js";
import { ActButton, Dialog, Field, html, useEffect, useState } from "../lib/ui.js";
import { findPairing, otherOf, step } from "./pairs.js";
import { closeSheet, isExpert, isYouth, openSheet, ownSheet, showStrip } from "./state.js";

const MOVES = ["nothing", "note", "history"];

/** The menu of a talk. */
export function TalkMenu({ talk }) {
  const pairing = findPairing(talk.id);
  const item = (name, act) => html`<li><button type="button" class="row" data-act=${name} onClick=${act}>${t(`talk.${name}`, { name: talk.name })}</button></li>`;
  const isRunning = pairing && ["active", "introduced", "paused", "closing"].includes(pairing.state);
  const answered = async () => {
    closeSheet();
    await request("POST", `/conversations/${talk.id}/no-reply-needed`, {}).then(() => showStrip("answered", t("talk.no_reply_done"))).catch((one) => showStrip("answered", problemText(one)));
  };
  return html`<${Dialog} name="talk" title=${talk.name} onClose=${closeSheet}>
    <ul class="menu">
      ${item("readers", () => openSheet("readers"))}
      ${isYouth() && item("looks", () => openSheet("looks"))}
      ${item("help", () => openSheet("help"))}
      ${isExpert() && !talk.closed && item("no_reply", answered)}
      ${isRunning && isYouth() && item("change", () => openSheet("change", { pairing }))}
      ${isRunning && isExpert() && item("give_back", () => openSheet("change", { pairing }))}
      ${isRunning && pairing.state !== "introduced" && item("round_off", () => openSheet(pairing.state === "closing" ? "closing" : "close", { pairing }))}
      ${talk.counterpart && item("report", () => openSheet("report", { talk }))}
    </ul>
  <//>`;
}

/** Another buddy, without a reason; a youth also says what moves along. */
export function ChangeSheet({ pairing }) {
  const [moves, setMoves] = useState("nothing");
  const [problem, setProblem] = useState("");
  const role = isYouth() ? "youth" : "expert";
  const name = otherOf(pairing).display_name;
  const part = async () => {
    const end = ownSheet();
    await step(pairing, "change", isYouth() ? { moves } : {});
    end();
    showStrip("change", t(`change.done.${role}`));
  };
  return html`<${Dialog} name="change" title=${t(`change.title.${role}`)} onClose=${closeSheet}>
    <p>${t(`change.text.${role}`, { name })}</p>
    ${isYouth() && html`<fieldset>
      <legend>${t("change.moves")}</legend>
      ${MOVES.map(
        (one) => html`<label class="check" key=${one}><input type="radio" name="moves" checked=${moves === one} onChange=${() => setMoves(one)} /><span><strong>${t(`change.${one}`)}</strong><br /><small>${t(`change.${one}_hint`, { name })}</small></span></label>`,
      )}
    </fieldset>`}
    <p class="buttons"><${ActButton} data-act="change-now" act=${part} onProblem=${(one) => setProblem(problemText(one, "pair"))}>${t(`change.act.${role}`)}<//></p>
    <p class="form-note" role="alert">${problem}</p>
  <//>`;
}

/** Begin the goodbye. */
export function CloseSheet({ pairing }) {
  const [words, setWords] = useState("");
  const [problem, setProblem] = useState("");
  const name = otherOf(pairing).display_name;
  const close = async () => {
    const end = ownSheet();
    await step(pairing, "close", words.trim() ? { words: words.trim() } : {});
    end(() => openSheet("closing", { pairing: { ...pairing, state: "closing" } }));
  };
  return html`<${Dialog} name="close" title=${t("close.title", { name })} onClose=${closeSheet}>
    <p>${t("close.text", { name })}</p>
    <${Field} label=${t("close.words", { name })} hint=${t("close.words_hint")}><textarea rows="3" maxlength="2000" value=${words} onInput=${(event) => setWords(event.currentTarget.value)}></textarea><//>
    <p class="buttons"><${ActButton} act=${close} onProblem=${(one) => setProblem(problemText(one, "pair"))}>${t("close.act")}<//></p>
    <p class="form-note" role="alert">${problem}</p>
  <//>`;
}

/** The closing talk: how it was and how it is, and a word; then really the end, or go on after all. */
export function ClosingSheet({ pairing }) {
  const [closing, setClosing] = useState(null);
  const [note, setNote] = useState("");
  const failed = (one) => setNote(problemText(one, "pair"));
  useEffect(() => {
    request("GET", `/pairings/${pairing.id}/closing`).then(setClosing).catch(failed);
  }, [pairing.id]);
  const keep = async () => {
    const scores = closing.scores.filter((one) => one.before || one.after);
    setClosing(await request("PUT", `/pairings/${pairing.id}/closing`, { scores, words: closing.words }));
    setNote(t("closing.kept"));
  };
  const go = async (verb) => {
    const end = ownSheet();
    await step(pairing, verb, {});
    end();
  };
  return html`<${Dialog} name="closing" wide title=${t("closing.look_back")} onClose=${closeSheet}>
    ${closing?.goodbyes.map((one) => html`<blockquote class="quoted" key=${one.at}>${one.words}</blockquote>`)}
    ${closing && html`<p>${closing.next || t("closing.text")}</p>
      ${closing.questions.map(({ area, question }) => html`<${Score} key=${area} area=${area} question=${question} closing=${closing} onChange=${setClosing} />`)}
      <${Field} label=${t("closing.words")}><textarea rows="3" maxlength="2000" value=${closing.words} onInput=${(event) => setClosing({ ...closing, words: event.currentTarget.value })}></textarea><//>
      <p class="buttons">
        <${ActButton} act=${keep} onProblem=${failed}>${t("closing.keep")}<//>
        <${ActButton} class="outline" act=${() => go("close")} onProblem=${failed}>${t("closing.end")}<//>
        <${ActButton} class="quiet" act=${() => go("resume")} onProblem=${failed}>${t("closing.resume")}<//>
      </p>`}
    <p class="form-note" role="status">${note}</p>
  <//>`;
}

function Score({ area, question, closing, onChange }) {
  const own = closing.scores.find((one) => one.area === area) ?? { area, before: null, after: null };
  const set = (name) => (event) => {
    const value = event.currentTarget.value === "" ? null : Number(event.currentTarget.value);
    onChange({ ...closing, scores: [...closing.scores.filter((one) => one.area !== area), { ...own, [name]: value }] });
  };
  const choose = (name) => html`<label>${t(`closing.${name}`)}<select value=${own[name] ?? ""} onChange=${set(name)}>
    <option value="">${t("closing.skip")}</option>
    ${Array.from({ length: 10 }, (_, index) => html`<option key=${index} value=${index + 1}>${index + 1}</option>`)}
  </select></label>`;
  return html`<fieldset class="score"><legend>${question}</legend>${choose("before")}${choose("after")}</fieldset>`;
}
