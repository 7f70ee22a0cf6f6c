// The roster: shifts by day, given by dragging or by choosing, swapped, and the proof that a page would reach people.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { clockTime, isoDate, now, shortDate } from "../lib/time.js";
import { ActDialog, Chip, Empty, Field, Icon, KeyButton, Loaded, Panel, Select, Table, Title, When, showDay } from "./parts.js";
import { call, complain, listRole, me, nameOf, say, useLoad } from "./store.js";
import { addDays, dayLabel, findFirstDay } from "./week.js";

const KINDS = ["on_call", "duty"];
const MOST_WEEKS = 53;

export function Roster() {
  const [at, setAt] = useState(0);
  const first = findFirstDay(now(), at);
  const span = `from=${isoDate(first)}&to=${isoDate(addDays(first, 7))}`;
  const shifts = useLoad(() => call("GET", `/shifts?${span}`), [span]);
  const check = useLoad(() => call("GET", "/team/on-call-check"), [], ["page.test"]);
  const coverage = useLoad(() => call("GET", `/coverage?${span}`), [span]);
  const swaps = useLoad(() => call("GET", "/team/swaps"), []);
  const [adding, setAdding] = useState(null);
  const [chosen, setChosen] = useState(null);
  const reload = async () => {
    await Promise.all([shifts.reload(), check.reload(), coverage.reload(), swaps.reload()]);
  };
  const give = async (shift, person) => {
    try {
      const saved = await call("POST", `/shifts/${shift.id}/assign`, { person });
      const [weak] = saved.weaknesses;
      say(weak ? t("roster.weak", { name: nameOf(person), why: t(`weak.${weak.reason}`) }) : t("done.assign", { name: nameOf(person) }), { bad: Boolean(weak) });
      await reload();
    } catch (problem) {
      complain(problem);
    }
  };
  const days = Array.from({ length: 7 }, (_, day) => addDays(first, day));
  return html`
    <${Title} tools=${html`<${KeyButton} class="primary" act=${() => setAdding({ on: isoDate(now()) })}>${t("roster.add")}<//>`}>${t("way.roster")}<//>
    <div class="roster">
      <div class="stack"><${Panel} title=${t("week.title", { from: shortDate(days[0]), to: shortDate(days[6]) })} tools=${html`
        <button type="button" class="ghost small" onClick=${() => setAt(at - 1)} disabled=${at <= 0}>← ${t("week.earlier")}</button>
        <button type="button" class="ghost small" onClick=${() => setAt(at + 1)} disabled=${at >= 11}>${t("week.later")} →</button>`}>
        <${Loaded} of=${shifts}>${({ shifts: rows }) => html`<${Board} days=${days} shifts=${rows} gaps=${coverage.data?.gaps ?? []} give=${give} choose=${setChosen} add=${setAdding} />`}<//>
      <//>
        <div class="two"><${Proof} check=${check} /><${Swaps} swaps=${swaps} reload=${reload} /></div>
      </div>
      <${Hands} />
    </div>
    ${adding && html`<${AddShift} draft=${adding} onClose=${() => setAdding(null)} reload=${reload} />`}
    ${chosen && html`<${OneShift} shift=${chosen} give=${give} onClose=${() => setChosen(null)} reload=${reload} />`}
  `;
}

/** The people who can be dragged onto a shift; with the keyboard a shift is opened and somebody chosen in it. */
function Hands() {
  return html`<${Panel} title=${t("roster.people")} class="hands">
    <p class="hint">${t("roster.drag")}</p>
    ${["coordinator", "expert"].map((role) => html`<h3 key=${role}>${t(role === "coordinator" ? "shift.on_call" : "shift.duty")}</h3>
      <ul>${listRole(role).map((one) => html`<li key=${one.id} draggable="true" data-role=${role} onDragStart=${(event) => {
        event.dataTransfer.setData("text/plain", one.id);
        event.dataTransfer.setData(`warmlijn/${role}`, one.id);
        event.dataTransfer.effectAllowed = "copy";
      }}>${one.display_name}</li>`)}</ul>`)}
  <//>`;
}

const ROLE_OF = { on_call: "coordinator", duty: "expert" };

function Board({ days, shifts, gaps, give, choose, add }) {
  return html`<ol class="board">${days.map((day) => {
    const on = isoDate(day);
    const [from, to] = [day.getTime(), addDays(day, 1).getTime()];
    const open = gaps.filter((gap) => Date.parse(gap.starts_at) < to && Date.parse(gap.ends_at) > Math.max(from, now().getTime()));
    return html`<li key=${on} class=${on === isoDate(now()) ? "today" : ""}>
      <h3>${dayLabel(day)} <small>${shortDate(day)}</small></h3>
      <ul>
        ${KINDS.flatMap((kind) => shifts.filter((one) => one.on === on && one.kind === kind)).map((one) => html`<${Shift} key=${one.id} one=${one} give=${give} choose=${choose} />`)}
        ${open.map((gap) => html`<li key=${gap.kind + gap.starts_at} class="gap" data-kind=${gap.kind}><${Icon} name="warn" /><span>${t(`gaps.${gap.kind}`)} <small>${clip(gap, from, to)}</small></span></li>`)}
      </ul>
      <button type="button" class="ghost small" onClick=${() => add({ on })} aria-label=${t("roster.add_on", { on: shortDate(day) })}>+</button>
    </li>`;
  })}</ol>`;
}

/** The part of a gap that lies on one day: "19:00–23:00", or the whole day. */
function clip(gap, from, to) {
  const [start, end] = [Math.max(from, Date.parse(gap.starts_at)), Math.min(to, Date.parse(gap.ends_at))];
  if (start === from && end === to) return t("roster.all_day");
  return `${clockTime(new Date(start))}–${end === to ? "24:00" : clockTime(new Date(end))}`;
}

function Shift({ one, give, choose }) {
  const [isOver, setOver] = useState(false);
  const fits = (event) => event.dataTransfer.types.includes(`warmlijn/${ROLE_OF[one.kind]}`);
  const over = (event) => {
    if (!fits(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    if (fits(event)) give(one, event.dataTransfer.getData("text/plain"));
  };
  return html`<li class="shift" data-kind=${one.kind} data-empty=${one.person === null} data-over=${isOver} onDragOver=${over} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <button type="button" onClick=${() => choose(one)}>
      <strong>${one.person ? nameOf(one.person) : t("person.nobody")}</strong>
      <span>${one.start}–${one.end}</span>
      <small>${t(`shift.${one.kind}`)}</small>
    </button>
  </li>`;
}

function listTakers(kind) {
  return [["", t("person.nobody")], ...listRole(ROLE_OF[kind]).map((one) => [one.id, one.display_name])];
}

function AddShift({ draft, onClose, reload }) {
  const [kind, setKind] = useState("on_call");
  const act = async (given) => {
    const saved = await call("POST", "/shifts", { kind, on: given.on, start: given.start, end: given.end, person: given.person || null, weeks: Number(given.weeks) });
    const weak = [...new Set(saved.weaknesses.map((one) => t(`weak.${one.reason}`)))];
    say(weak.length ? t("roster.weak", { name: nameOf(given.person || null), why: weak.join(", ") }) : t("done.shift"), { bad: weak.length > 0 });
    return reload;
  };
  return html`<${ActDialog} name="add-shift" title=${t("roster.add")} told=${t("roster.told")} action=${t("action.save")} act=${act} onClose=${onClose}>
    <${Select} label=${t("roster.kind")} name="kind" value=${kind} onChange=${setKind} options=${KINDS.map((one) => [one, t(`shift.${one}`)])} />
    <${Select} key=${kind} label=${t("roster.person")} name="person" options=${listTakers(kind)} />
    <${Field} label=${t("roster.on")}><input type="date" name="on" required defaultValue=${draft.on} /><//>
    <div class="side-by-side">
      <${Field} label=${t("roster.start")}><input type="time" name="start" required defaultValue="19:00" /><//>
      <${Field} label=${t("roster.end")}><input type="time" name="end" required defaultValue="23:00" /><//>
      <${Field} label=${t("roster.weeks")}><input type="number" name="weeks" required min="1" max=${MOST_WEEKS} defaultValue="1" /><//>
    </div>
  <//>`;
}

function OneShift({ shift, give, onClose, reload }) {
  const [isRemoving, setRemoving] = useState(false);
  const isOwn = shift.person === me.value.id;
  const act = async ({ person, swap }) => {
    if (isRemoving) {
      await call("DELETE", `/shifts/${shift.id}`);
      say(t("done.shift_removed"));
      await reload();
    } else if (swap) {
      await call("POST", `/shifts/${shift.id}/swaps`, { with: swap });
      say(t("done.swap"));
      await reload();
    } else {
      await give(shift, person || null);
    }
  };
  return html`<${ActDialog} name="shift" title=${`${t(`shift.${shift.kind}`)}, ${showDay(shift.on)} ${shift.start}–${shift.end}`} told=${t("roster.told")} action=${t(isRemoving ? "roster.remove" : "action.save")} danger=${isRemoving} act=${act} onClose=${onClose}>
    ${!isRemoving && html`<${Select} label=${t("roster.person")} name="person" value=${shift.person ?? ""} options=${listTakers(shift.kind)} />`}
    ${!isRemoving && isOwn && html`<${Select} label=${t("swap.ask")} hint=${t("swap.hint")} name="swap" options=${[["", "–"], ...listRole(ROLE_OF[shift.kind]).filter((one) => one.id !== me.value.id).map((one) => [one.id, one.display_name])]} />`}
    <label class="check"><input type="checkbox" checked=${isRemoving} onChange=${(event) => setRemoving(event.target.checked)} /> ${t("roster.remove")}</label>
  <//>`;
}

function Proof({ check }) {
  const ask = async () => {
    const { test_pages: sent } = await call("POST", "/team/test-pages");
    say(t("done.tests", { count: sent.length }));
  };
  return html`<${Panel} title=${t("proof_check.title")} tools=${html`<${KeyButton} class="outline small" act=${ask}>${t("proof_check.ask")}<//>`}>
    <p class="hint">${t("proof_check.lead")}</p>
    <${Loaded} of=${check}>${({ members, gaps }) => html`
      <${Table} caption=${t("proof_check.title")} empty=${t("proof_check.none")}
        columns=${[["who", t("people.name")], ["shift", t("proof_check.shift")], ["device", t("proof_check.device")], ["test", t("proof_check.test")]]}
        rows=${members.map((one) => ({
          key: one.person,
          who: one.display_name,
          shift: html`<${When} at=${one.next_shift_at} />`,
          device: html`<${Chip} tone=${one.device ? "good" : "bad"}>${t(one.device ? "answer.yes" : "answer.no")}<//>`,
          test: one.reachable ? html`<${Chip} tone="good">${t("reach.proven")}<//>` : html`<${Chip} tone="bad">${one.confirmed_at ? t("proof_check.old") : t("proof_check.never")}<//>`,
        }))} />
      ${gaps.length > 0 && html`<p class="note warn">${t("proof_check.gaps", { count: gaps.length })} ${html`<${When} at=${gaps[0].starts_at} />`}</p>`}
    `}<//>
  <//>`;
}

function Swaps({ swaps, reload }) {
  const decide = (one, verb) => async () => {
    await call("POST", `/swaps/${one.id}/${verb}`);
    say(t(`done.swap.${verb}`));
    await reload();
  };
  return html`<${Panel} title=${t("swap.title")}>
    <${Loaded} of=${swaps}>${({ swaps: rows }) => html`
      ${rows.length === 0 && html`<${Empty}>${t("swap.none")}<//>`}
      <ul class="rows">${rows.map((one) => html`<li key=${one.id}>
        <span>${nameOf(one.from)} → ${nameOf(one.to)} <small>${t(`shift.${one.shift.kind}`)}, ${showDay(one.shift.on)} ${one.shift.start}–${one.shift.end}</small></span>
        ${one.state !== "proposed" ? html`<${Chip}>${t(`swap.${one.state}`)}<//>` : one.to === me.value.id ? html`<span><${KeyButton} class="primary small" act=${decide(one, "accept")}>${t("swap.accept")}<//> <${KeyButton} class="ghost small" act=${decide(one, "decline")}>${t("swap.decline")}<//></span>` : one.from === me.value.id ? html`<${KeyButton} class="ghost small" act=${decide(one, "withdraw")}>${t("swap.withdraw")}<//>` : html`<${Chip} tone="warn">${t("swap.proposed")}<//>`}
      </li>`)}</ul>
    `}<//>
  <//>`;
}
