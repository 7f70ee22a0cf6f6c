// The text box: grows with the text, keeps a draft, tells that somebody types, refuses only what cannot be sent.
import { byId, showText } from "./dom.js";
import { t } from "./i18n.js";
import { findDraft, keepDraft } from "./session.js";

const MOST = 4_000;
const TYPING_EVERY_MS = 3_200;
const hasMouse = matchMedia("(hover: hover) and (pointer: fine)");

export class Composer {
  #form = byId("composer");
  #box = byId("body");
  #note = byId("composer-note");
  #hooks;
  #conversation = null;
  #typedAt = 0;

  /** Hooks: `onSend(text)` and `onTyping()`, the latter at most once per three seconds. */
  constructor(hooks) {
    this.#hooks = hooks;
    this.#form.addEventListener("submit", (event) => (event.preventDefault(), this.#submit()));
    this.#box.addEventListener("input", () => this.#changed());
    this.#box.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show the box for a conversation, with what was being written there; null hides it. */
  open(conversation) {
    this.#form.hidden = conversation === null;
    if (conversation === this.#conversation) return;
    this.#conversation = conversation;
    this.#fill(conversation === null ? "" : findDraft(conversation));
  }

  /** Put a text back into the box, after what already stands there. */
  giveBack(text) {
    this.#fill([this.#box.value.trimEnd(), text].filter(Boolean).join("\n"));
    keepDraft(this.#conversation, this.#box.value);
    this.#box.focus();
  }

  /** Show a short note under the box until the text changes. */
  say(text) {
    showText(this.#note, text);
  }

  #fill(text) {
    this.#box.value = text;
    this.#fit();
    showText(this.#note, tooLong(text));
  }

  #changed() {
    const text = this.#box.value;
    keepDraft(this.#conversation, text);
    this.#fit();
    showText(this.#note, tooLong(text));
    if (!text.trim() || Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    this.#hooks.onTyping();
  }

  #fit() {
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight}px`;
  }

  // On a phone's keyboard Enter is a new line; with a mouse and keys it sends, and Shift+Enter is a new line.
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !hasMouse.matches) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = sendable(this.#box.value);
    if (!text || tooLong(text)) return this.#box.focus();
    keepDraft(this.#conversation, "");
    this.#fill("");
    this.#box.focus();
    this.#hooks.onSend(text);
  }
}

/** Drop what no server takes (NUL, half a surrogate pair) and blank ends. */
function sendable(text) {
  const whole = Array.from(text, (point) => (/^[\uD800-\uDFFF]$/.test(point) ? "\uFFFD" : point)).join("");
  return whole.replaceAll("\0", "").trim();
}

function tooLong(text) {
  const count = [...text].length;
  return count > MOST ? t("composer.too_long", { count, most: MOST }) : "";
}
