// The first screen, made for being woken: what is wrong, who knows, what comes next. Everything on one page.
import { classes, html, useEffect, useRef } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { now } from "../lib/time.js";
import { useKeys } from "./keys.js";
import { Chip, Countdown, Empty, Icon, KeyButton, Level, Loaded, Name, Panel, Since, Title, When, word } from "./parts.js";
import { go, href, route } from "./routes.js";
import { call, complain, explain, me, nameOf, say, useLoad } from "./store.js";
import { look, open, openProblem } from "./watch.js";

const AGAIN_MS = 60_000;
const TALKS_MS = 15_000; // no event tells a coordinator who writes, or who asks for duty

export function Tonight() {
  const list = useRef(null);
  useKeys({
    ArrowDown: () => step(list.current, 1),
    ArrowUp: () => step(list.current, -1),
    a: () => (list.current.querySelector(".case:focus-within [data-take]") ?? list.current.querySelector("[data-take]"))?.click(),
  });
  return html`
    <${Title} tools=${html`<a href=${href("earlier")}>${t("earlier.title")}</a>`}>${t("tonight.title")}<//>
    <div class="tonight">
      <section class="cases" aria-label=${t("tonight.open")} ref=${list}><${Cases} /></section>
      <aside class="side" aria-label=${t("tonight.side")}>
        <${OnShift} />
        <${Talking} />
        <${Gaps} />
        <${ToDo} />
      </aside>
    </div>
  `;
}

function step(list, by) {
  const cards = [...list.querySelectorAll(".case > a")];
  const at = cards.findIndex((card) => card.closest(".case").contains(document.activeElement));
  cards[Math.min(cards.length - 1, Math.max(0, at + by))]?.focus();
}

function Cases() {
  if (open.value === null) return html`<p class="empty" aria-busy="true">${openProblem.value ? explain(openProblem.value) : t("action.loading")}</p>`;
  return html`
    ${openProblem.value && html`<p class="note warn">${t("tonight.stale")} ${explain(openProblem.value)}</p>`}
    ${open.value.length === 0 && html`<div class="calm"><${Icon} name="check" /><p><strong>${t("tonight.calm")}</strong><br />${t("tonight.calm.more")}</p></div>`}
    <ol class="case-list">${open.value.map((one) => html`<${Case} key=${one.id} one=${one} />`)}</ol>
  `;
}

function Case({ one }) {
  return html`<li class="case" data-level=${one.level} data-state=${one.state}>
    <a href=${href("escalation", one.id)} aria-describedby="next-${one.id}">
      <${Level} level=${one.level} />
      <strong>${one.youth ? nameOf(one.youth) : t("escalation.team")}</strong>
      <span class="why">${word("kind", one.kind)}</span>
    </a>
    <p class="since-line"><span class="soft">${t("tonight.since")}</span> <${When} at=${one.opened_at} /> · <${Since} at=${one.opened_at} /></p>
    <dl>
      <div><dt>${t("tonight.knows")}</dt><dd><${WhoKnows} one=${one} /></dd></div>
      <div id="next-${one.id}"><dt>${t("tonight.next")}</dt><dd><${NextStep} one=${one} /></dd></div>
    </dl>
    <div class="buttons"><${FirstAct} one=${one} /></div>
  </li>`;
}

/** Who was called and who took it. */
export function WhoKnows({ one }) {
  const pages = [...(one.pages ?? one.called)].sort((page, other) => Date.parse(page.queued_at) - Date.parse(other.queued_at));
  const called = [...new Map(pages.filter((page) => page.person).map((page) => [page.person, page])).values()];
  const outside = pages.some((page) => !page.person);
  return html`
    ${one.handler
      ? html`<p class="taken"><${Icon} name="check" /><strong><${Name} id=${one.handler} /></strong> ${t(one.ended_at ? "who.had" : one.state === "in_progress" ? "who.busy" : "who.promised")}</p>`
      : html`<p class="untaken"><${Icon} name="warn" />${t(one.ended_at ? "who.over" : "who.nobody")}</p>`}
    ${called.length > 0 && html`<p class="soft">${t("who.called")} ${called.map((page, at) => html`${at ? ", " : ""}<${Name} id=${page.person} /> <${When} at=${page.queued_at} />`)}${outside ? `, ${t("who.outside")}` : ""}</p>`}
  `;
}

/** What comes next by itself, and when. */
export function NextStep({ one }) {
  if (one.ended_at) return t("next.none");
  if (one.state === "acknowledged" && one.promise_until) {
    return html`<p><${Countdown} at=${one.promise_until} /> ${t("next.promise")}</p>`;
  }
  if (one.state === "in_progress") {
    return one.next_step_at ? html`<p><${Countdown} at=${one.next_step_at} /> ${t("next.ask")}</p>` : t("next.none");
  }
  if (!one.next_step_at) return t("next.none");
  return html`<p><${Countdown} at=${one.next_step_at} /> ${one.next_kind ? t("next.call", { who: word("step", one.next_kind) }) : t("next.repeat")}</p>`;
}

function FirstAct({ one }) {
  if (one.state === "open") {
    return html`<${KeyButton} letter="a" class="primary" act=${() => take(one)} data-take>${t("act.acknowledge")}<//>`;
  }
  return html`<a class="button ghost" href=${href("escalation", one.id)}>${t(one.handler === me.value.id ? "act.go_on" : "act.look")} <${Icon} name="next" /></a>`;
}

/** Take an escalation and go to it. */
async function take(one) {
  try {
    await call("POST", `/escalations/${one.id}/acknowledge`);
    say(t("done.acknowledge"));
    if (route.value[0] === "tonight") go("escalation", one.id); // unless one has gone elsewhere meanwhile
  } catch (problem) {
    complain(problem);
  }
  await look();
}

function useEvery(reload, ms = AGAIN_MS) {
  useEffect(() => {
    const timer = setInterval(reload, ms);
    return () => clearInterval(timer);
  }, [reload]);
}

function OnShift() {
  const shift = useLoad(() => call("GET", "/team/on-shift"), [], ["page.test"]);
  useEvery(shift.reload);
  return html`<${Panel} title=${t("shift.title")} tools=${html`<a href=${href("roster")}>${t("way.roster")}</a>`}>
    <${Loaded} of=${shift}>${(data) => html`
      <h3>${t("shift.on_call")}</h3>
      <${Shift} kind="on_call" part=${data.on_call} />
      <h3>${t("shift.duty")}</h3>
      <${Shift} kind="duty" part=${data.duty} />
    `}<//>
  <//>`;
}

function Shift({ kind, part }) {
  return html`<ul class="rows">
    ${part.now.length === 0 && html`<li class=${kind === "on_call" ? "bad" : "soft"}>${t(`shift.none.${kind}`)}</li>`}
    ${part.now.map((one) => html`<li key=${one.shift}>
      <span>${showWho(one)} <small>${t("shift.until")} <${When} at=${one.ends_at} /></small></span>
      <${Reach} one=${one} kind=${kind} />
    </li>`)}
    ${part.next.slice(0, 1).map((one) => html`<li key="next" class="soft"><span>${t("shift.then")} ${showWho(one)} <small>${t("shift.from")} <${When} at=${one.starts_at} /></small></span></li>`)}
  </ul>`;
}

function showWho(one) {
  return one.person?.display_name ?? t("person.nobody");
}

function Reach({ one, kind }) {
  if (!one.person) return html`<${Chip} tone="bad">${t("reach.nobody")}<//>`;
  if (one.there === false) return html`<${Chip} tone="warn">${t("reach.away")}<//>`;
  if (kind === "duty") return html`<${Chip} tone="good">${t("reach.there")}<//>`;
  if (one.device && one.test_page) return html`<${Chip} tone="good">${t("reach.proven")}<//>`;
  return html`<${Chip} tone="bad">${t(one.device ? "reach.no_test" : "reach.no_device")}<//>`;
}

function Talking() {
  const talks = useLoad(() => call("GET", "/team/talks"), [], ["conv.", "escalation.", "duty."]);
  useEvery(talks.reload, TALKS_MS);
  return html`<${Panel} title=${t("talks.title")}>
    <${Loaded} of=${talks}>${(data) => html`
      ${data.asking?.length > 0 && html`<ul class="rows">${data.asking.map((one) => html`<li key=${one.request} class="warn"><span>${t("talks.asks", { name: one.youth.display_name })}</span> <${Since} at=${one.asked_at} /></li>`)}</ul>`}
      ${data.talks.length === 0 && html`<${Empty}>${t("talks.none")}<//>`}
      <ul class="rows">${data.talks.map((one) => html`<li key=${one.c}>
        <span>${showTalk(one)}</span>
        <small>${one.coordinator_in ? html`<${Chip} tone="warn">${t("talks.joined")}<//> ` : null}${t("talks.since")} <${When} at=${one.since} /></small>
      </li>`)}</ul>
      <p class="hint">${t("talks.private")}</p>
    `}<//>
  <//>`;
}

/** Who talks with whom; while nobody has answered a youth, that they wait: they are not being heard yet. */
function showTalk({ youth, experts, answered, last_by: lastBy, coordinator_in: hasCoordinator }) {
  const others = experts.map((expert) => expert.display_name).join(", ") || t(hasCoordinator ? "talks.coordinator" : "person.nobody");
  if (!answered && lastBy === "youth") return t("talks.waits", { name: youth?.display_name, others });
  return html`${youth?.display_name} <span class="soft">${t("talks.with")}</span> ${others}`;
}

function Gaps() {
  const span = () => [now(), new Date(now().getTime() + 24 * 3_600_000)].map((at) => at.toISOString());
  const coverage = useLoad(() => {
    const [from, to] = span();
    return call("GET", `/coverage?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`);
  }, [], ["availability."]);
  useEvery(coverage.reload);
  return html`<${Panel} title=${t("gaps.title")}>
    <${Loaded} of=${coverage}>${({ gaps, unreachable, alone }) => html`
      ${gaps.length + unreachable.length + alone.length === 0 && html`<${Empty}>${t("gaps.none")}<//>`}
      <ul class="rows">
        ${gaps.map((one) => html`<li key=${one.kind + one.starts_at} class=${one.kind === "on_call" ? "bad" : "warn"}><span><${Icon} name="warn" />${t(`gaps.${one.kind}`)}</span> <small><${When} at=${one.starts_at} />–<${When} at=${one.ends_at} /></small></li>`)}
        ${[...new Map(unreachable.map((one) => [one.person, one])).values()].map((one) => html`<li key=${one.person} class="bad"><span><${Icon} name="warn" />${t("gaps.unreachable", { name: nameOf(one.person) })}</span></li>`)}
        ${alone.map((one) => html`<li key=${one.pairing + one.starts_at} class="warn"><span><${Icon} name="warn" />${t("gaps.alone", { name: nameOf(one.youth) })}</span> <small><${When} at=${one.starts_at} />–<${When} at=${one.ends_at} /></small></li>`)}
      </ul>
    `}<//>
  <//>`;
}

/** Return the parts of the server that say they are not well. */
async function findFaults() {
  const lines = await fetch("/readyz", { cache: "no-store" }).then((answer) => answer.json());
  return Object.keys(lines).filter((name) => lines[name] !== "ok");
}

function ToDo() {
  const care = useLoad(() => call("GET", "/after-care"), [], ["care."]);
  const glass = useLoad(() => call("GET", "/break-glass"), [], ["glass."]);
  const reviews = glass.data?.break_glass.filter((one) => !one.review.at && !one.running && one.coordinator !== me.value.id) ?? [];
  const reading = glass.data?.break_glass.filter((one) => one.running) ?? [];
  const complaints = useLoad(() => call("GET", "/complaints"), [], ["complaint."]);
  const handled = complaints.data?.complaints.filter((one) => one.handling && one.state !== "closed") ?? [];
  const health = useLoad(findFaults, []);
  useEvery(health.reload);
  const calls = care.data?.call_backs.filter((one) => !one.called_at) ?? [];
  const called = async (one) => {
    await call("POST", `/after-care/${one.id}/called`);
    say(t("done.called"));
    await care.reload();
  };
  return html`<${Panel} title=${t("todo.title")} tools=${html`<a href=${href("complaints")}>${t("complaints.title")}</a> <a href=${href("glass")}>${t("todo.glass")}</a>`}>
    ${care.problem || glass.problem ? html`<p class="soft">${explain(care.problem ?? glass.problem)}</p>` : null}
    ${calls.length + reviews.length + reading.length + handled.length + (health.data?.length ?? 0) === 0 && html`<${Empty}>${t("todo.none")}<//>`}
    <ul class="rows">
      ${health.data?.map((name) => html`<li key=${name} class="bad"><span><${Icon} name="warn" />${t("todo.fault", { what: word("fault", name) })}</span></li>`)}
      ${reading.map((one) => html`<li key=${one.id} class="warn"><span><${Icon} name="glass" />${t("todo.reading", { name: nameOf(one.coordinator) })}</span> <small>${t("shift.until")} <${When} at=${one.until} /></small></li>`)}
      ${calls.map((one) => html`<li key=${one.id}><span>${t("todo.call", { name: nameOf(one.person) })} <small>${t("todo.heavy", { count: one.heaviness })}</small></span> <${KeyButton} class="ghost small" act=${() => called(one)}>${t("todo.called")}<//></li>`)}
      ${handled.map((one) => html`<li key=${one.id}><span>${t("todo.complaint")} <small>${t(`complaint.${one.state}`)}</small></span> <a href=${href("complaints", one.id)}>${t("act.look")}</a></li>`)}
      ${reviews.map((one) => html`<li key=${one.id} class=${classes(one.review.overdue && "bad")}><span>${t("todo.review", { name: nameOf(one.coordinator) })}</span> <a href=${href("glass", one.id)}>${t("act.look")}</a></li>`)}
    </ul>
  <//>`;
}
