// The frame: the way to each screen, what rings, whether the line is live, and the screen itself.
import { html, useEffect, useLayoutEffect, useState } from "../lib/ui.js";
import { writeNews } from "../lib/account_news.js";
import { language, t } from "../lib/i18n.js";
import { StepUp, proof } from "../lib/proof.js";
import { clockError, clockTime } from "../lib/time.js";
import { Account } from "./account.js";
import { pageTitle, ringing, silence, silenced, sound, switchSound } from "./alarm.js";
import { Complaints } from "./complaints.js";
import { Earlier } from "./earlier.js";
import { EscalationScreen } from "./escalation.js";
import { GlassScreen } from "./glass.js";
import { Insight } from "./insight.js";
import { areKeysOn, switchKeys, useKeys } from "./keys.js";
import { Pairing } from "./pairing.js";
import { Dialog, Icon, KeyButton } from "./parts.js";
import { People } from "./people.js";
import { Roster } from "./roster.js";
import { go, href, route } from "./routes.js";
import { call, explain, hear, isCoordinator, line, me, needsFactor, say, tick, toast, useLoad } from "./store.js";
import { Tonight } from "./tonight.js";
import { open } from "./watch.js";

const SCREENS = {
  tonight: Tonight,
  escalation: EscalationScreen,
  earlier: Earlier,
  glass: GlassScreen,
  complaints: Complaints,
  pairing: Pairing,
  people: People,
  roster: Roster,
  insight: Insight,
  account: Account,
};
// Admins may be asked to handle a complaint: somebody who did not make the pairing.
const WAYS = { coordinator: ["tonight", "pairing", "people", "roster", "insight"], admin: ["people", "complaints"] };
const PART_OF = { escalation: "tonight", earlier: "tonight", glass: "tonight", complaints: "tonight" };
/** Events that are worth a line at the foot of whatever screen is open. */
const NEWS = {
  "case.follow_up_due": "news.follow_up",
  "complaint.moved": "news.complaint",
  "glass.opened": "news.glass",
  "glass.review_due": "news.review",
  "pairing.bridge_over": "news.bridge",
  "pairing.silent": "news.silent",
  "validity.ending": "news.validity",
  "waiting.reminder": "news.waiting",
};
const TOAST_MS = 8_000;

export function Shell({ signOut }) {
  const ways = WAYS[me.value.role];
  const [asked, ...rest] = route.value;
  const isOpen = [asked, PART_OF[asked]].some((one) => ways.includes(one));
  const name = isOpen || asked === "account" ? asked : ways[0];
  const way = ways.includes(name) ? name : (PART_OF[name] ?? name);
  const Screen = SCREENS[name];
  const [help, setHelp] = useState(false);
  const keys = { "?": () => setHelp(true), n: goToNext };
  ways.forEach((way, at) => (keys[at + 1] = () => go(way)));
  useKeys(keys);
  useEffect(() => hear(Object.keys(NEWS), (event) => say(t(NEWS[event.kind]))), []);
  useLayoutEffect(() => scrollTo(0, 0), [route.value.join("/")]);
  useEffect(() => {
    pageTitle.value = `${t(`way.${way}`)} · Warmlijn`;
  }, [name]);
  return html`
    <a class="skip" href="#main" onClick=${(event) => (event.preventDefault(), document.querySelector("h1")?.focus())}>${t("shell.skip")}</a>
    <div class="frame">
      <${Rail} ways=${ways} now=${way} />
      <div class="body">
        <${TopBar} showHelp=${() => setHelp(true)} />
        <${Ringing} />
        ${!needsFactor.value && html`<${Line} />`}
        ${isCoordinator() && html`<${TestCall} />`}
        <${AccountNews} />
        <main id="main"><${Screen} key=${name + rest.join("/")} parts=${rest} signOut=${signOut} /></main>
      </div>
    </div>
    <${Toast} />
    ${help && html`<${Shortcuts} onClose=${() => setHelp(false)} />`}
    ${proof.value && html`<${StepUp} explain=${explain} />`}
  `;
}

function goToNext() {
  const [first] = open.value ?? [];
  if (first) go("escalation", first.id);
}

function Rail({ ways, now }) {
  const count = open.value?.length ?? 0;
  return html`<nav class="rail" aria-label=${t("shell.ways")}>
    <p class="brand"><img src="/static/desk/icon.svg" alt="" width="28" height="28" /><span>Warmlijn</span></p>
    <ul>${ways.map((way, at) => html`<li key=${way}>
      <a href=${href(way)} aria-current=${way === now ? "page" : undefined} aria-keyshortcuts=${at + 1}>
        <${Icon} name=${way} /><span>${t(`way.${way}`)}</span>
        ${way === "tonight" && count ? html`<b class="count" data-bad=${ringing.value.length > 0}>${count}<span class="unseen"> ${t("shell.open")}</span></b>` : null}
        <kbd aria-hidden="true">${at + 1}</kbd>
      </a>
    </li>`)}</ul>
  </nav>`;
}

function TopBar({ showHelp }) {
  const isOn = sound.value !== "off";
  return html`<header class="topbar">
    <p class="team">${me.value.team.name}</p>
    <p class="clock"><span class="unseen">${t("shell.time")} </span>${clockTime(new Date(tick.value))}</p>
    <${LineMark} />
    <div class="tools">
      <button type="button" class="icon" aria-pressed=${isOn} aria-label=${t("shell.sound")} title=${t(`sound.${sound.value}`)} onClick=${() => switchSound(!isOn)}>
        <${Icon} name=${isOn ? "sound" : "mute"} />
      </button>
      <button type="button" class="icon" aria-label=${t("shell.keys")} title=${t("shell.keys")} onClick=${showHelp}><${Icon} name="help" /></button>
      <a class="me" href=${href("account")} aria-label=${t("shell.account", { name: me.value.display_name })}><${Icon} name="account" /><span>${me.value.display_name}</span></a>
    </div>
  </header>`;
}

function LineMark() {
  const { state } = line.value;
  const mood = state === "live" ? "live" : state === "connecting" || state === "idle" ? "connecting" : "lost";
  if (needsFactor.value) return null; // there is no line to be had yet, and nothing is wrong
  return html`<p class="line" data-mood=${mood} id="line"><span aria-hidden="true"></span>${t(`line.${mood}`)}</p>`;
}

/** What keeps the desk from being up to date, in a sentence. */
function Line() {
  const { state, reason } = line.value;
  const wrong = clockError();
  return html`<div role="status" class="strip">
    ${state === "waiting" && html`<p class="note warn">${t(reason === "portal" ? "net.portal" : "line.waiting")}</p>`}
    ${state === "away" && html`<p class="note warn">${t(reason === "replaced" ? "line.replaced" : "line.away")}</p>`}
    ${wrong !== 0 && html`<p class="note warn">${t("line.clock", { time: clockTime(new Date(tick.value)) })}</p>`}
  </div>`;
}

/** A test call that waits for its yes: it came while the desk was open, or the desk was opened by it. */
function TestCall() {
  const waiting = useLoad(findTestCall, [], ["page.test"]);
  if (!waiting.data) return null;
  const confirm = async () => {
    await call("POST", `/me/test-page/${waiting.data.id}/confirm`);
    say(t("done.test"));
    await waiting.reload();
  };
  return html`<div class="strip"><div class="note good"><p>${t("test.waiting")}</p><${KeyButton} class="primary small" act=${confirm}>${t("test.confirm")}<//></div></div>`;
}

async function findTestCall() {
  const { test_page: page } = await call("GET", "/me/test-page");
  return page && !page.confirmed_at ? page : null;
}

/** Somebody changed at another device how one comes in; it stays until it is closed. */
function AccountNews() {
  const [news, setNews] = useState(null);
  const tell = async (event) => {
    const written = await writeNews(event);
    if (written) setNews(written);
  };
  useEffect(() => hear(["account."], tell), []);
  if (!news) return null;
  return html`<div class="strip" role="status"><div class="note warn"><p>${news}</p><button type="button" class="ghost small" onClick=${() => setNews(null)}>${t("action.close")}</button></div></div>`;
}

function Ringing() {
  const [first, ...others] = ringing.value;
  if (!first) return null;
  const isQuiet = ringing.value.every((one) => silenced.value.has(one.id));
  return html`<div class="ringing" role="alert">
    <${Icon} name="warn" />
    <p><strong>${first.words}</strong> ${others.length ? t("alarm.more", { count: others.length }) : t("alarm.untaken")}</p>
    <div class="tools">
      ${!isQuiet && html`<button type="button" class="ghost" onClick=${silence}>${t("alarm.silence")}</button>`}
      <a class="button" href=${href("escalation", first.id)} aria-keyshortcuts="n">${t("alarm.go")} <kbd aria-hidden="true">N</kbd></a>
    </div>
  </div>`;
}

function Toast() {
  const shown = toast.value;
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(() => (toast.value = null), TOAST_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return shown && html`<p class="toast" data-bad=${shown.bad} onClick=${() => (toast.value = null)}>${shown.text}</p>`;
}

const SHORTCUTS = [
  ["shell", [["1 – 5", "keys.ways"], ["n", "keys.next"], ["?", "keys.help"], ["Esc", "keys.escape"]]],
  ["list", [["↓  ↑", "keys.move"], ["Enter", "keys.enter"], ["a", "keys.take"]]],
  ["escalation", [["a", "act.acknowledge"], ["j", "act.join"], ["p", "act.private"], ["l", "act.glass"], ["o", "act.hand_over"], ["r", "act.resolve"], ["t", "act.talk"], ["d", "act.file"], ["m", "act.meldcode"]]],
];

/** Every shortcut on one page, and the switch that turns them off. */
function Shortcuts({ onClose }) {
  return html`<${Dialog} title=${t("keys.title")} onClose=${onClose} wide=${true} name="keys">
    <label class="check"><input type="checkbox" checked=${areKeysOn.value} onChange=${(event) => switchKeys(event.target.checked)} /> ${t("keys.on")}</label>
    <div class="shortcuts">${SHORTCUTS.map(([group, rows]) => html`<section key=${group}>
      <h3>${t(`keys.group.${group}`)}</h3>
      <dl>${rows.map(([key, words]) => html`<div key=${words}><dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd></div>`)}</dl>
    </section>`)}</div>
    <p class="hint" lang=${language}>${t("keys.note")}</p>
  <//>`;
}
