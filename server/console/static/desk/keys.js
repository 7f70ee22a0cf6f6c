// Shortcuts: one letter each, switched off with one switch (WCAG 2.1.4), never while somebody types or a dialog is open.
import { signal, useLayoutEffect } from "../lib/ui.js";
import { findChoice, keepChoice } from "../lib/session.js";

export const areKeysOn = signal(findChoice("keys") !== "off");

const layers = [];

/** Switch the shortcuts on or off, for this browser. */
export function switchKeys(isOn) {
  areKeysOn.value = isOn;
  keepChoice("keys", isOn ? "on" : "off");
}

/** While a component is shown, call `map[key]()` when the key is pressed, from the moment it is painted. The newest layer is asked first. */
export function useKeys(map, deps = []) {
  useLayoutEffect(() => {
    layers.push(map);
    return () => layers.splice(layers.indexOf(map), 1);
  }, deps);
}

addEventListener("keydown", (event) => {
  if (!areKeysOn.value || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const act = layers.findLast((map) => map[event.key])?.[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

function isTyping(element) {
  return element.closest?.("input, textarea, select, [contenteditable]") !== null;
}
