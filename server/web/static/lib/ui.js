// The one door to Preact, htm and signals; and the small parts that both faces draw.
import { Component, Fragment, createContext, h, render } from "../vendor/preact.js";
import { useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState } from "../vendor/preact-hooks.js";
import { batch, computed, effect, signal, untracked } from "../vendor/signals-core.js";
import { useComputed, useSignal, useSignalEffect } from "../vendor/signals.js";
import htm from "../vendor/htm.js";
import { t } from "./i18n.js";

export const html = htm.bind(h);
export { Component, Fragment, createContext, h, render };
export { useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState };
export { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect };

/** Join class names; falsy ones fall away. */
export function classes(...names) {
  return names.filter(Boolean).join(" ");
}

/** Have a screen reader say something once; `urgent` interrupts what it is saying. */
export function announce(text, { urgent = false } = {}) {
  const region = liveRegion(urgent);
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  setTimeout(() => line.remove(), 10_000);
}

function liveRegion(urgent) {
  const id = urgent ? "announcer-urgent" : "announcer";
  const known = document.getElementById(id);
  if (known) return known;
  const region = document.createElement("div");
  region.id = id;
  region.className = "unseen";
  region.setAttribute("aria-live", urgent ? "assertive" : "polite");
  document.body.append(region);
  return region;
}

/**
 * A modal sheet. Escape, the back button in it and a press beside it call `onClose`; the focus goes back where it was.
 * `<${Dialog} title="…" onClose=${close}>…<//>`; render it only while it is open. `plain` leaves the back button out.
 */
export function Dialog({ title, onClose, children, plain = false, wide = false, name }) {
  const sheet = useRef(null);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    sheet.current.showModal();
    sheet.current.scrollTop = 0;
    return () => before?.isConnected && before.focus?.();
  }, []);
  const began = useRef(false);
  // Text that is selected out over the edge ends with a click on the dialog itself, as does a press between two fields.
  const isBeside = ({ target, clientX: x, clientY: y }) => {
    const box = sheet.current.getBoundingClientRect();
    return target === sheet.current && (x < box.left || x > box.right || y < box.top || y > box.bottom);
  };
  const press = (event) => (began.current = isBeside(event));
  const beside = (event) => began.current && isBeside(event) && onClose();
  const cancel = (event) => (event.preventDefault(), onClose());
  return html`<dialog ref=${sheet} class=${classes(wide && "wide")} data-sheet=${name} aria-labelledby=${id} onPointerDown=${press} onClick=${beside} onCancel=${cancel}>
    <h2 id=${id}>${title}</h2>
    ${children}
    ${plain ? null : html`<p class="sheet-end"><button type="button" class="quiet" onClick=${onClose}>${t("action.back")}</button></p>`}
  </dialog>`;
}

/**
 * A button that does something on the server: while `act()` runs it cannot be pressed twice and says so.
 * What `act` throws is handed to `onProblem`.
 */
export function ActButton({ act, onProblem = () => {}, children, class: className = "primary", ...rest }) {
  const [isBusy, setBusy] = useState(false);
  const press = async () => {
    if (isBusy) return;
    setBusy(true);
    try {
      await act();
    } catch (problem) {
      onProblem(problem);
    } finally {
      setBusy(false);
    }
  };
  return html`<button type="button" class=${className} aria-disabled=${isBusy} data-busy=${isBusy} onClick=${press} ...${rest}>${children}</button>`;
}

/** A labelled field: `<${Field} label="…" hint="…"><input name="x" /><//>`; label, hint and error are tied to the control. */
export function Field({ label, hint, error, children }) {
  const id = useId();
  const control = children;
  control.props.id ??= id;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  if (described) control.props["aria-describedby"] = described;
  if (error) control.props["aria-invalid"] = "true";
  return html`<div class="field">
    <label for=${control.props.id}>${label}</label>
    ${control}
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${error && html`<p class="note" id="${id}-error" role="alert">${error}</p>`}
  </div>`;
}
