// The expert's own hours: a week to drag or type, and the days that are different.
import { request } from "../lib/api.js";
import { problemText, t } from "../lib/i18n.js";
import { weekdayName } from "../lib/time.js";
import { ActButton, html, useEffect, useRef, useState } from "../lib/ui.js";
import { lookAtHours, takeHours } from "./evening.js";
import { Icon } from "./icons.js";
import { OtherDays } from "./other_days.js";
import { PageHead } from "./room.js";
import { Strips } from "./shell.js";
import { hours, showStrip } from "./state.js";
import { DAY, dragWindow, drawWindow, isOverMidnight, lengthOf, listStretches } from "./week.js";

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const MARKS = [0, 6, 12, 18, 24];
const EDGE_PX = 14;

export function HoursPage() {
  useEffect(() => void lookAtHours(), []);
  const own = hours.value;
  return html`<${PageHead} title=${t("hours.title")} />
    <${Strips} />
    <div class="page" tabindex="0" role="region" aria-label=${t("hours.title")}>
      <p>${t("hours.text")}</p>
      ${own && html`<${Week} own=${own} /><${OtherDays} own=${own} />`}
    </div>`;
}

function Week({ own }) {
  const [edited, setWindows] = useState(null); // null: as kept
  const windows = edited ?? own.windows;
  const [problem, setProblem] = useState("");
  const isChanged = JSON.stringify(windows) !== JSON.stringify(own.windows);
  const keep = async () => {
    takeHours(await request("PUT", "/me/availability", { zone: own.zone, windows }));
    setWindows((newest) => (newest === windows ? null : newest));
    showStrip("hours", t("hours.kept"));
  };
  const total = Math.round(windows.reduce((sum, one) => sum + lengthOf(one), 0) / 6) / 10;
  return html`<section class="week" aria-label=${t("hours.week")}>
    <p class="hint">${t("hours.how")}</p>
    <div class="week-scale" aria-hidden="true">${MARKS.map((hour) => html`<span key=${hour}>${String(hour).padStart(2, "0")}</span>`)}</div>
    ${WEEKDAYS.map((weekday) => html`<${Day} key=${weekday} weekday=${weekday} windows=${windows} onChange=${setWindows} />`)}
    <p class="hint">${t("hours.total", { hours: String(total).replace(".", ",") })}</p>
    ${isChanged && html`<div class="keep-bar">
      <${ActButton} id="keep-hours" act=${keep} onProblem=${(one) => setProblem(problemText(one, "hours"))}>${t("hours.keep")}<//>
      <button type="button" class="quiet" onClick=${() => setWindows(null)}>${t("hours.undo")}</button>
    </div>`}
    <p class="form-note" role="alert">${problem}</p>
  </section>`;
}

function Day({ weekday, windows, onChange }) {
  const [isOpen, setOpen] = useState(false);
  const own = windows.flatMap((one, index) => (one.weekday === weekday ? [{ ...one, index }] : []));
  const replace = (index, window) => onChange(windows.map((one, at) => (at === index ? window : one)));
  const remove = (index) => onChange(windows.filter((_, at) => at !== index));
  const add = (window) => onChange([...windows, window]);
  const name = weekdayName(weekday);
  const said = own.length ? own.map((one) => `${one.start}–${one.end}`).join(", ") : t("hours.none");
  return html`<div class="day-row">
    <button type="button" class="day-name" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>
      <span aria-hidden="true">${weekdayName(weekday, "short")}</span><span class="unseen">${t("hours.day", { day: name, said })}</span>
    </button>
    <${Track} weekday=${weekday} windows=${windows} onAdd=${add} onReplace=${replace} />
    ${isOpen && html`<div class="day-edit">
      ${own.map(
        (one) => html`<p key=${one.index} class="day-window">
          <input type="time" aria-label=${t("hours.from", { day: name })} value=${one.start} step="300" onChange=${(event) => event.currentTarget.value && replace(one.index, { weekday, start: event.currentTarget.value, end: one.end })} />
          <span>${t("hours.to_word")}</span>
          <input type="time" aria-label=${t("hours.to", { day: name })} value=${one.end} step="300" onChange=${(event) => event.currentTarget.value && replace(one.index, { weekday, start: one.start, end: event.currentTarget.value })} />
          <button type="button" class="icon" aria-label=${t("hours.remove", { day: name, said: `${one.start}–${one.end}` })} onClick=${() => remove(one.index)}><${Icon} name="close" /></button>
          ${isOverMidnight(one) && html`<small>${t("hours.over_midnight")}</small>`}
        </p>`,
      )}
      <button type="button" class="outline" onClick=${() => add({ weekday, start: "19:00", end: "22:00" })}>${t("hours.add")}</button>
    </div>`}
  </div>`;
}

/** A day as a strip: drag over empty room to make hours, drag an edge or the middle to change them. */
function Track({ weekday, windows, onAdd, onReplace }) {
  const track = useRef(null);
  const [drag, setDrag] = useState(null);
  const minuteAt = (event) => {
    const box = track.current.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * DAY;
  };
  const down = (event) => {
    if (event.button > 0) return;
    track.current.setPointerCapture(event.pointerId);
    const index = event.target.dataset.index;
    const window = index === undefined ? null : windows[Number(index)];
    const box = event.target.getBoundingClientRect();
    const edge = Math.min(EDGE_PX, box.width / 3);
    const part = event.clientX < box.left + edge ? "start" : event.clientX > box.right - edge ? "end" : "all";
    setDrag({ at: minuteAt(event), to: minuteAt(event), index: window ? Number(index) : null, window, part });
  };
  const move = (event) => drag && setDrag({ ...drag, to: minuteAt(event) });
  const up = () => {
    if (!drag) return;
    if (drag.window) onReplace(drag.index, result(drag, weekday));
    else if (Math.abs(drag.to - drag.at) > 10) onAdd(result(drag, weekday));
    setDrag(null);
  };
  const shown = drag ? withDrag(windows, drag, weekday) : windows;
  return html`<div class="track" ref=${track} data-weekday=${weekday} onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onPointerCancel=${() => setDrag(null)} aria-hidden="true">
    ${listStretches(shown, weekday).map(
      (one) => html`<span key=${`${one.index} ${one.isTail}`} class=${one.isTail ? "stretch tail" : "stretch"} data-index=${one.isTail ? null : one.index} style=${{ left: `${(one.from / DAY) * 100}%`, width: `${((one.to - one.from) / DAY) * 100}%` }}></span>`,
    )}
  </div>`;
}

function result(drag, weekday) {
  return drag.window ? dragWindow(drag.window, drag.part, drag.to - drag.at) : drawWindow(weekday, drag.at, drag.to);
}

function withDrag(windows, drag, weekday) {
  const made = result(drag, weekday);
  return drag.window ? windows.map((one, at) => (at === drag.index ? made : one)) : [...windows, made];
}
