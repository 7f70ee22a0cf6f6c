// The text box: grows with the text, keeps a draft, tells that somebody types, refuses only what cannot be sent.
import { t } from "../lib/i18n.js";
import { findNote, keepNote } from "../lib/session.js";
import { momentName } from "../lib/time.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { say, tellTyping } from "./conductor.js";
import { Icon } from "./icons.js";
import { line, shutUntil } from "./state.js";

const MOST = 4_000;
const hasMouse = matchMedia("(hover: hover) and (pointer: fine)");

export function Composer({ talk, replyTo, onReplied, draft, onTaken }) {
  const note = `draft.${talk.id}`;
  const [text, setText] = useState(() => findNote(note));
  const box = useRef(null);
  const opens = shutUntil(talk);
  const isShut = opens !== undefined; // an expert who is free may write a draft; the server takes nothing before their hours
  const write = (value) => (setText(value), keepNote(note, value));
  const isAway = line.value.state === "away";
  useLayoutEffect(() => void (box.current && fit(box.current)), [text, isAway]);
  useEffect(() => {
    if (draft === null) return;
    write([text.trimEnd(), draft].filter(Boolean).join("\n"));
    onTaken();
    box.current?.focus();
  }, [draft]);
  useEffect(() => {
    if (replyTo) box.current?.focus();
  }, [replyTo]);
  const changed = (event) => {
    write(event.currentTarget.value);
    if (event.currentTarget.value.trim() && !isShut) tellTyping(talk.id);
  };
  const submit = (event) => {
    event?.preventDefault();
    const body = sendable(text);
    box.current.focus();
    if (!body || tooLong(body) || isShut) return;
    write("");
    say(talk.id, body, replyTo?.mid ?? null);
    onReplied();
  };
  // On a phone's keyboard Enter is a new line; with a mouse and keys it sends, and Shift+Enter is a new line.
  const key = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !hasMouse.matches) return;
    submit(event);
  };
  if (isAway) return null;
  return html`<form class="composer" id="composer" onSubmit=${submit}>
    ${replyTo && html`<div class="replying"><p><small>${t("composer.reply")}</small><span>${replyTo.body}</span></p><button type="button" class="icon" aria-label=${t("composer.no_reply")} onClick=${onReplied}><${Icon} name="close" /></button></div>`}
    <label class="unseen" for="body">${t("composer.label")}</label>
    <textarea id="body" ref=${box} rows="1" autocomplete="off" aria-describedby="composer-note" placeholder=${t("composer.placeholder")} value=${text} onInput=${changed} onKeyDown=${key}></textarea>
    <button class="primary send" disabled=${isShut} aria-label=${t("composer.send")}><${Icon} name="send" /></button>
    <p class="form-note" id="composer-note" role="status">${tooLong(text) || (isShut ? shutText(opens) : "")}</p>
  </form>`;
}

function shutText(opens) {
  return opens ? t("composer.shut_until", { when: momentName(opens) }) : t("composer.shut");
}

function fit(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
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
