// Who can read what, and who looked: both as the server tells it.
import { request } from "../lib/api.js";
import { hasText, problemText, t } from "../lib/i18n.js";
import { momentName } from "../lib/time.js";
import { Dialog, html, useEffect, useState } from "../lib/ui.js";
import { closeSheet, isYouth, openSheet } from "./state.js";

/** Who can read what, and when. */
export function ReadersSheet() {
  const [found, problem] = useAnswer("/who-can-read");
  return html`<${Dialog} name="readers" title=${t("honest.title")} onClose=${closeSheet}>
    ${problem && html`<p>${t("honest.who")}</p><p>${t("honest.sealed")}</p><p class="note" role="alert">${problem}</p>`}
    ${found?.parts.map((part) => html`<section key=${part.id}><h3>${part.title}</h3><p>${part.text}</p></section>`)}
    ${found?.conversations.map((one) => html`<p key=${one.c} class="hint">${t("honest.in_talk", { names: one.readers.map((reader) => reader.display_name).join(", ") })}</p>`)}
    ${isYouth() && html`<p><button type="button" class="outline" onClick=${() => openSheet("looks")}>${t("talk.looks")}</button></p>`}
  <//>`;
}

/** Who looked at what is the youth's. */
export function LooksSheet() {
  const [found, problem] = useAnswer("/me/who-looked");
  return html`<${Dialog} name="looks" title=${t("looks.title")} onClose=${closeSheet}>
    <p>${t("looks.text")}</p>
    ${problem && html`<p class="note" role="alert">${problem}</p>`}
    ${found?.length === 0 && html`<p class="note">${t("looks.none")}</p>`}
    <ul class="looks">${found?.map((look, index) => html`<li key=${index} class="card">
      <p><strong>${momentName(new Date(look.at))}</strong> <span class="chip">${hasText(`role.${look.role}`) ? t(`role.${look.role}`) : look.role}</span></p>
      <p>${look.text}</p>
    </li>`)}</ul>
  <//>`;
}

/** Return `[answer, sentence]` of one GET: null and an empty sentence while it runs. */
export function useAnswer(path) {
  const [state, setState] = useState([null, ""]);
  useEffect(() => {
    let isShown = true;
    request("GET", path)
      .then((answer) => isShown && setState([answer, ""]))
      .catch((problem) => isShown && setState([null, problemText(problem)]));
    return () => (isShown = false);
  }, [path]);
  return state;
}
