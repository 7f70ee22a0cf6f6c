// The sheets of the expert's evening: the pause, a worry, handing over, and how it was.
import { problemText, t } from "../lib/i18n.js";
import { momentName, now } from "../lib/time.js";
import { ActButton, Dialog, Field, html, useState } from "../lib/ui.js";
import { answerCare, handOver, pause, putNoticeAway, worry } from "./evening.js";
import { closeSheet, isExpert, ownSheet, showStrip, worries } from "./state.js";

const LEVELS = ["concern", "urgent", "emergency"];
const MOST_NOTE = 2_000;

/** Two taps: "even pauze", and for how long. Nobody asks why. */
export function PauseSheet() {
  const [problem, setProblem] = useState("");
  const tomorrow = new Date(now());
  tomorrow.setDate(tomorrow.getDate() + 1);
  tomorrow.setHours(12, 0, 0, 0);
  const choices = [
    ["tomorrow", tomorrow],
    ["week", new Date(tomorrow.getTime() + 6 * 86_400_000)],
    ["open", null],
  ];
  const start = async (until) => {
    const end = ownSheet();
    await pause(until);
    end();
  };
  return html`<${Dialog} name="pause" title=${t("pause.title")} onClose=${closeSheet}>
    <p>${t("pause.text")}</p>
    ${choices.map(
      ([name, until]) => html`<${ActButton} key=${name} class="outline wide" act=${() => start(until)} onProblem=${(one) => setProblem(problemText(one))}>${t(`pause.${name}`, { when: until ? momentName(until) : "" })}<//>`,
    )}
    <p class="form-note" role="alert">${problem}</p>
  <//>`;
}

/** "Ik maak me zorgen", about a conversation and perhaps one message of it. */
export function WorrySheet({ c, seqs = [] }) {
  const [level, setLevel] = useState("concern");
  const [note, setNote] = useState("");
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");
  const tell = async () => setTold((await worry(c, { level, note: note.trim(), seqs })).text);
  if (told) return html`<${Dialog} name="worry" title=${t("worry.told")} onClose=${closeSheet}><p class="note" role="status">${told}</p><//>`;
  return html`<${Dialog} name="worry" title=${t("worry.title")} onClose=${closeSheet}>
    <p>${t("worry.text")}</p>
    <fieldset>
      <legend>${t("worry.level")}</legend>
      ${LEVELS.map(
        (one) => html`<label class="check" key=${one}><input type="radio" name="level" value=${one} checked=${level === one} onChange=${() => setLevel(one)} /><span><strong>${t(`worry.${one}`)}</strong><br /><small>${t(`worry.${one}_hint`)}</small></span></label>`,
      )}
    </fieldset>
    <${Field} label=${t("worry.note")} hint=${t("worry.note_hint")}><textarea rows="3" maxlength=${MOST_NOTE} value=${note} onInput=${(event) => setNote(event.currentTarget.value)}></textarea><//>
    <p class="buttons"><${ActButton} act=${tell} onProblem=${(one) => setProblem(problemText(one, "worry"))}>${t("worry.tell")}<//></p>
    <p class="form-note" role="alert">${problem}</p>
  <//>`;
}

/** "Draag over": an open worry is left to the coordinators; without one, they are asked to take over, and that is left to them. */
export function HandOverSheet({ c }) {
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");
  const open = worries.value.find((one) => one.c === c);
  const act = async () => {
    const { id } = open ?? (await worry(c, { level: "concern", note: t("handover.note") }));
    setTold(await handOver(id));
    putNoticeAway();
  };
  if (told) return html`<${Dialog} name="handover" title=${t("handover.done")} onClose=${closeSheet}><p class="note" role="status">${told}</p><//>`;
  return html`<${Dialog} name="handover" title=${t("handover.title")} onClose=${closeSheet}>
    <p>${t(open ? "handover.text_worry" : "handover.text")}</p>
    <p class="buttons"><${ActButton} act=${act} onProblem=${(one) => setProblem(problemText(one, "worry"))}>${t("handover.act")}<//></p>
    <p class="form-note" role="alert">${problem}</p>
  <//>`;
}

/** One question after a heavy talk; nobody has to answer. */
export function CareSheet({ care }) {
  const [heaviness, setHeaviness] = useState(null);
  const [callBack, setCallBack] = useState(false);
  const [problem, setProblem] = useState("");
  const answer = async () => {
    const end = ownSheet();
    const { rest_until: rest } = await answerCare(care.id, { heaviness, call_back: callBack });
    end();
    const thanks = rest ? t("care.rest", { when: momentName(new Date(rest)) }) : t("care.thanks");
    showStrip("care", callBack ? `${thanks} ${t("care.will_call")}` : thanks);
  };
  return html`<${Dialog} name="care" title=${t("care.title")} onClose=${closeSheet}>
    <p>${care.text}</p>
    <fieldset class="scale">
      <legend>${t("care.scale")}</legend>
      ${[1, 2, 3, 4, 5].map(
        (one) => html`<label key=${one}><input type="radio" name="heaviness" checked=${heaviness === one} onChange=${() => setHeaviness(one)} /><span>${one}</span></label>`,
      )}
    </fieldset>
    <p class="scale-ends"><small>${t("care.light")}</small><small>${t("care.heavy")}</small></p>
    ${isExpert() && heaviness >= 4 && html`<p class="hint" role="status">${t("care.will_rest")}</p>`}
    <label class="check"><input type="checkbox" checked=${callBack} onChange=${(event) => setCallBack(event.currentTarget.checked)} /><span>${t("care.call_back")}</span></label>
    <p class="buttons">${heaviness !== null && html`<${ActButton} act=${answer} onProblem=${(one) => setProblem(problemText(one))}>${t("care.send")}<//>`}</p>
    <p class="form-note" role="alert">${problem}</p>
  <//>`;
}
