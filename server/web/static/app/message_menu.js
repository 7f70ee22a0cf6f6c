// The menu of one message: copy, answer, take back while it is held, report, worry.
import { request } from "../lib/api.js";
import { problemText, t } from "../lib/i18n.js";
import { ActButton, Dialog, Field, html, useState } from "../lib/ui.js";
import { withdraw } from "./conductor.js";
import { closeSheet, isExpert, isYouth, openSheet, showStrip } from "./state.js";

export function MessageMenu({ message, talk, onReply }) {
  const copy = async () => {
    await navigator.clipboard?.writeText(message.body).catch(() => {});
    closeSheet();
  };
  const answer = () => (closeSheet(), onReply(message));
  const takeBack = async () => {
    closeSheet();
    const sentence = await withdraw(talk, message);
    if (sentence) showStrip("withdraw", sentence);
  };
  const item = (name, act) => html`<li><button type="button" class="row" data-act=${name} onClick=${act}>${t(`menu.${name}`)}</button></li>`;
  return html`<${Dialog} name="message" title=${t("menu.title")} onClose=${closeSheet}>
    <p class="quoted">${message.body}</p>
    <ul class="menu">
      ${!talk.closed && item("reply", answer)}
      ${item("copy", copy)}
      ${message.isMine && message.place === "held" && item("withdraw", takeBack)}
      ${!message.isMine && item("report", () => openSheet("report", { talk, message }))}
      ${!message.isMine && isExpert() && item("worry", () => openSheet("worry", { c: talk.id, seqs: [message.seq] }))}
    </ul>
  <//>`;
}

/** Point the coordinators at a message, or at the person one talks with. */
export function ReportSheet({ talk, message = null }) {
  const [note, setNote] = useState("");
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");
  const tell = async () => {
    const about = message ? { c: talk.id, seq: message.seq } : { person: otherIn(talk) };
    const { text } = await request("POST", "/reports", { ...about, ...(note.trim() ? { note: note.trim() } : {}) });
    setTold(text);
  };
  if (told) return html`<${Dialog} name="report" title=${t("report.told")} onClose=${closeSheet}><p class="note" role="status">${told}</p><//>`;
  return html`<${Dialog} name="report" title=${t("report.title")} onClose=${closeSheet}>
    <p>${t(isYouth() ? "report.text" : "report.text_expert", { name: talk.name })}</p>
    ${message && html`<p class="quoted">${message.body}</p>`}
    <${Field} label=${t("report.note")} hint=${t("report.note_hint")}><textarea rows="3" maxlength="2000" value=${note} onInput=${(event) => setNote(event.currentTarget.value)}></textarea><//>
    <p class="buttons"><${ActButton} act=${tell} onProblem=${(one) => setProblem(problemText(one))}>${t("report.tell")}<//></p>
    <p class="form-note" role="alert">${problem}</p>
  <//>`;
}

function otherIn(talk) {
  return talk.members.find((member) => member.display_name === talk.counterpart?.display_name)?.id;
}
