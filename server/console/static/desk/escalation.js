// One escalation: what happened, who knows, what comes next, and everything that can be done about it, by keyboard too.
import { html, useEffect, useRef, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { CaseFile } from "./casefile.js";
import { BreakGlass, Reading } from "./glass.js";
import { useKeys } from "./keys.js";
import { Chip, Empty, KeyButton, Level, Loaded, Name, Panel, Since, Title, When, word } from "./parts.js";
import { href } from "./routes.js";
import { HandOver, JoinPrivate, Join, Reopen, Resolve } from "./steps.js";
import { call, complain, me, nameOf, say, tick, useLoad } from "./store.js";
import { Talk } from "./talk.js";
import { Timeline } from "./timeline.js";
import { NextStep, WhoKnows } from "./tonight.js";
import { look, open } from "./watch.js";

const DIALOGS = { join: Join, private: JoinPrivate, glass: BreakGlass, hand_over: HandOver, resolve: Resolve, reopen: Reopen };
const STATE_TONES = { open: "bad", acknowledged: "warn", in_progress: "good", resolved: "plain", handed_over: "plain" };

export function EscalationScreen({ parts: [id] }) {
  const loaded = useLoad(() => call("GET", `/escalations/${id}`), [id], ["escalation."]);
  useEffect(() => {
    const seen = open.value?.find((one) => one.id === id);
    if (seen && loaded.data && stamp(seen) !== stamp(loaded.data)) loaded.reload();
  }, [open.value]);
  return html`<${Loaded} of=${loaded}>${(one) => html`<${Whole} one=${one} reload=${loaded.reload} />`}<//>`;
}

/** What of an escalation differs when something happened to it. */
function stamp(one) {
  return [one.changed_at, one.signals, one.next_step_at, one.next_step].join(" ");
}

function Whole({ one, reload }) {
  const [dialog, setDialog] = useState(null);
  const [fileOpen, setFileOpen] = useState(null);
  const newest = useRef(one);
  newest.current = one;
  const talks = useLoad(() => findTalk(newest.current), [one.id], ["conv.", "member.", "escalation."]);
  const place = useLoad(() => findPlace(one), [one.id, one.c]);
  const glasses = useLoad(() => findGlass(place.data), [place.data], ["glass."]);
  useEffect(() => void talks.reload(), [one.state, one.c]); // kept on the screen meanwhile: somebody may be typing in it
  const talkBox = useRef(null);
  const fileBox = useRef(null);
  const refresh = async () => {
    await Promise.all([reload(), talks.reload(), look()]);
  };
  const step = (verb, body) => async () => {
    await call("POST", `/escalations/${one.id}/${verb}`, body);
    await refresh();
  };
  const acknowledge = () => step("acknowledge")().then(() => say(t("done.acknowledge")), complain);
  const showFile = (part) => {
    setFileOpen(part);
    if (part !== "file") return; // the meldcode takes the focus itself, once the file is there
    fileBox.current?.scrollIntoView({ block: "start" });
    fileBox.current?.focus({ preventScroll: true }); // Tab goes on from here
  };
  const isReading = Boolean(glasses.data) && tick.value < Date.parse(glasses.data.until);
  const acts = listActs(one, { place: place.data, isIn: Boolean(talks.data), isReading });
  const keys = { a: acknowledge, j: () => setDialog("join"), p: () => setDialog("private"), l: () => setDialog("glass"), o: () => setDialog("hand_over"), r: () => setDialog("resolve"), u: () => setDialog("reopen") };
  const allowed = Object.fromEntries(acts.map(([name, letter]) => [letter, keys[letter]]));
  allowed.t = () => talkBox.current?.querySelector("textarea")?.focus();
  if (one.youth) Object.assign(allowed, { d: () => showFile("file"), m: () => showFile("meldcode") });
  useKeys(allowed, [one, place.data, talks.data, isReading]);
  const Form = DIALOGS[dialog];
  return html`
    <${Title} back=${{ href: href("tonight"), words: t("way.tonight") }} tools=${html`<${Chip} tone=${STATE_TONES[one.state]}>${t(`state.${one.state}`)}<//>`}>
      <${Level} level=${one.level} big=${true} /> ${one.youth ? nameOf(one.youth) : t("escalation.team")} <small class="soft">${one.reference}</small>
    <//>
    <div class="banner" data-level=${one.level} data-state=${one.state}>
      <div><h2>${t("escalation.what")}</h2><p><strong>${word("kind", one.kind)}</strong></p><p class="soft">${t("tonight.since")} <${When} at=${one.opened_at} /> · <${Since} at=${one.opened_at} /></p></div>
      <div><h2>${t("tonight.knows")}</h2><${WhoKnows} one=${one} /></div>
      <div><h2>${t("tonight.next")}</h2><${NextStep} one=${one} />${one.outcome && html`<p>${t("escalation.outcome")} <strong>${word("outcome", one.outcome)}</strong></p>`}</div>
    </div>
    <div class="acts" role="toolbar" aria-label=${t("escalation.acts")}>
      ${acts.map(([name, letter, tone]) => html`<${KeyButton} key=${name} letter=${letter} class=${tone} act=${name === "acknowledge" ? acknowledge : () => setDialog(name)}>${t(`act.${name}`)}<//>`)}
    </div>
    <div class="two">
      <div class="stack">
        <${Signals} one=${one} />
        <${Pages} one=${one} />
        <${Timeline} one=${one} />
      </div>
      <div class="stack">
        ${talks.data && html`<div ref=${talkBox}><${Talk} key=${talks.data.id} conversation=${talks.data} escalation=${one} refresh=${refresh} /></div>`}
        ${isReading && html`<${Reading} opening=${glasses.data} reload=${glasses.reload} />`}
        ${!talks.data && !isReading && html`<${Panel} title=${t("talk.title")}><${Empty}>${t(one.ended_at ? "talk.over" : one.c ? "talk.closed" : "talk.none")}<//><//>`}
        ${one.youth && html`<div ref=${fileBox} tabindex="-1"><${CaseFile} key=${one.youth} youth=${one.youth} escalation=${one.id} known=${one.case} part=${fileOpen} /></div>`}
      </div>
    </div>
    ${Form && html`<${Form} one=${one} conversation=${place.data} onClose=${() => setDialog(null)} done=${async () => (await refresh(), await glasses.reload())} />`}
  `;
}

/** What may be done now: `[name, letter, look]`. */
function listActs(one, { place, isIn, isReading }) {
  if (one.ended_at) return [["reopen", "u", "outline"]];
  const acts = [];
  if (one.state === "open") acts.push(["acknowledge", "a", "primary"]);
  if (one.c && !isIn) acts.push(["join", "j", one.state === "open" ? "outline" : "primary"]);
  if (one.youth && !isIn) acts.push(["private", "p", one.c || one.state === "open" ? "outline" : "primary"]);
  if (place && !isIn && !isReading) acts.push(["glass", "l", "outline"]);
  if (one.state !== "open") acts.push(["hand_over", "o", "outline"], ["resolve", "r", isIn ? "primary" : "outline"]);
  return acts;
}

/** Return the conversation in which the coordinator is for this escalation, or null. */
async function findTalk(one) {
  if (!one.youth) return null;
  const { conversations } = await call("GET", "/conversations");
  const with_ = conversations.filter((talk) => talk.state === "open" && talk.members.some((member) => member.id === one.youth));
  return with_.find((talk) => talk.id === one.c) ?? with_[0] ?? null;
}

/** Return the conversation that the escalation is about: its own, else the one of the youth's pairing; null for none. */
async function findPlace(one) {
  if (one.c || !one.youth) return one.c;
  const { pairings } = await call("GET", "/pairings");
  const own = pairings.filter((pairing) => pairing.youth.id === one.youth && pairing.conversation);
  return (own.find((pairing) => pairing.state === "active") ?? own[0])?.conversation ?? null;
}

/** Return the caller's own running reading of a conversation, or null. */
async function findGlass(place) {
  if (!place) return null;
  const { break_glass: running } = await call("GET", "/break-glass?open=true");
  return running.find((opening) => opening.c === place && opening.coordinator === me.value.id) ?? null;
}

/** Equal signals of one minute as one line with a count: a phone presses the help button again until it is answered. */
function fold(signals) {
  const folded = new Map();
  for (const signal of signals) {
    const key = signal.has_note ? signal.id : [signal.kind, signal.level, signal.by, signal.at.slice(0, 16)].join(" ");
    const first = folded.get(key);
    if (first) first.count += 1;
    else folded.set(key, { ...signal, count: 1 });
  }
  return [...folded.values()];
}

function Signals({ one }) {
  return html`<${Panel} title=${t("signals.title")}>
    <ul class="rows tall">${fold(one.newest_signals).map((signal) => html`<${Signal} key=${signal.id} signal=${signal} escalation=${one.id} />`)}</ul>
  <//>`;
}

function Signal({ signal, escalation }) {
  const [read, setRead] = useState(null);
  const readNote = async () => setRead(await call("GET", `/escalations/${escalation}/signals/${signal.id}`));
  return html`<li>
    <div>
      <p><${Level} level=${signal.level} /> <strong>${word("kind", signal.kind)}</strong></p>
      <p class="soft">${signal.by ? html`<${Name} id=${signal.by} /> · ` : null}<${When} at=${signal.at} />${signal.count > 1 ? ` · ${t("signals.times", { count: signal.count })}` : ""}${signal.seqs.length ? ` · ${t("signals.points", { count: signal.seqs.length })}` : ""}</p>
      ${read && html`<blockquote>${read.note ?? t("signals.no_note")}</blockquote>`}
    </div>
    ${signal.has_note && !read && html`<${KeyButton} class="ghost small" act=${readNote}>${t("signals.read")}<//>`}
  </li>`;
}

function Pages({ one }) {
  if (!one.pages.length) return null;
  return html`<${Panel} title=${t("pages.title")}>
    <ul class="rows">${one.pages.map((page) => html`<li key=${page.id}>
      <span>${page.person ? html`<${Name} id=${page.person} />` : word("channel", page.channel)} <small>${word("reason", page.reason)}</small></span>
      <small><${When} at=${page.queued_at} /> · ${t(`page.${page.state}`)}${page.tries > 1 ? ` (${page.tries}×)` : ""}</small>
    </li>`)}</ul>
  <//>`;
}
