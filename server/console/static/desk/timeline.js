// The history of an escalation as a line of moments, the newest first.
import { html } from "../lib/ui.js";
import { hasText, t } from "../lib/i18n.js";
import { Panel, When, word } from "./parts.js";
import { nameOf } from "./store.js";

const TONES = { open: "bad", raise: "bad", reopen: "bad", lapse: "bad", release: "bad", step_failed: "bad", repeat: "bad", acknowledge: "good", begin: "good", resolve: "good", hand_over: "good" };

export function Timeline({ one }) {
  return html`<${Panel} title=${t("timeline.title")}>
    <ol class="timeline" reversed>${[...one.history].reverse().map((entry) => html`<li key=${entry.number} data-tone=${TONES[entry.verb] ?? "plain"}>
      <p><${When} at=${entry.at} /> <strong>${word("verb", entry.verb)}</strong></p>
      <p class="soft">${describe(entry, one)}</p>
    </li>`)}</ol>
  <//>`;
}

function describe(entry, one) {
  const said = [];
  if (entry.by) said.push(nameOf(entry.by));
  else if (hasText(`role.${entry.role}`)) said.push(t(`role.${entry.role}`));
  const { kind, pages, handler, to, outcome } = entry.refs;
  if (entry.verb === "page" || entry.verb === "step_failed") said.push(word("step", kind));
  else if (kind && hasText(`kind.${kind}`)) said.push(t(`kind.${kind}`));
  if (pages?.length) said.push(listCalled(pages, one));
  if (handler) said.push(nameOf(handler));
  if (to) said.push(word("to", to));
  if (outcome) said.push(word("outcome", outcome));
  return said.filter(Boolean).join(" · ");
}

function listCalled(ids, one) {
  const called = one.pages.filter((page) => ids.includes(page.id));
  return called.map((page) => (page.person ? nameOf(page.person) : word("channel", page.channel))).join(", ");
}
