// A form in a dialog that does one thing.
import { t } from "./i18n.js";
import "./factor_words.js";
import { Dialog, html, useLayoutEffect, useRef, useState } from "./ui.js";

/**
 * `act(values)` gets the fields by name; what goes wrong is said in the dialog, by `explain(problem)`. When it returns a function, that is called after the dialog has closed: nobody's keys wait for a list to be loaded anew.
 * `what` says what happens, `told` who hears of it: every act that cannot be taken back has both.
 */
export function ActDialog({ title, what, told, action, danger = false, act, explain, onClose, children, wide = false, name }) {
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const back = useRef(null);
  const isShown = useRef(true);
  useLayoutEffect(() => () => void (isShown.current = false), []);
  const submit = async (event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      const after = await act(Object.fromEntries(new FormData(event.target)));
      if (isShown.current) onClose(); // else another dialog may be open by now
      await after?.();
    } catch (failed) {
      setProblem(failed);
      setBusy(false);
    }
  };
  // Somebody who types a sentence into nowhere has not decided anything: their Enter must not.
  const doubt = (event) => {
    if (event.key.length === 1 && event.key !== " " && event.target.matches("button")) back.current.focus();
  };
  return html`<${Dialog} title=${title} onClose=${onClose} plain=${true} wide=${wide} name=${name}>
    <form onSubmit=${submit} class="act" onKeyDown=${doubt}>
      ${(what || told) && html`<dl class="consequences">
        ${what && html`<div><dt>${t("act.what")}</dt><dd>${what}</dd></div>`}
        ${told && html`<div><dt>${t("act.told")}</dt><dd>${told}</dd></div>`}
      </dl>`}
      ${children}
      ${problem && html`<p class="note bad" role="alert">${explain(problem)}</p>`}
      <div class="buttons end">
        <button type="button" class="quiet" ref=${back} onClick=${onClose}>${t("action.cancel")}</button>
        <button type="submit" class=${danger ? "danger" : "primary"} aria-disabled=${isBusy} autofocus=${!children && !danger}>${action}</button>
      </div>
    </form>
  <//>`;
}
