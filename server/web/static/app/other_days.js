// Days that are different: away, closed, or other hours than usual.
import { request } from "../lib/api.js";
import { problemText, t } from "../lib/i18n.js";
import { isoDate, now, shortDate } from "../lib/time.js";
import { ActButton, Field, html, useState } from "../lib/ui.js";
import { lookAtHours } from "./evening.js";

export function OtherDays({ own }) {
  const [problem, setProblem] = useState("");
  const failed = (one) => setProblem(problemText(one, "hours"));
  const remove = async (path) => {
    await request("DELETE", path);
    await lookAtHours();
  };
  const rows = [
    ...own.absences.map((one) => ({ ...one, path: `/me/availability/absences/${one.id}`, said: t("days.away") })),
    ...own.exceptions.map((one) => ({ ...one, path: `/me/availability/exceptions/${one.id}`, said: sayException(one) })),
  ].sort((one, other) => one.from.localeCompare(other.from));
  return html`<section class="mine-part"><h2>${t("days.title")}</h2>
    ${rows.length === 0 && html`<p class="hint">${t("days.none")}</p>`}
    <ul class="devices">${rows.map(
      (row) => html`<li key=${row.id}><span><strong>${sayDates(row)}</strong><small>${row.said}</small></span><${ActButton} class="quiet" act=${() => remove(row.path)} onProblem=${failed}>${t("days.remove")}<//></li>`,
    )}</ul>
    <${NewDays} onProblem=${failed} onKept=${() => setProblem("")} />
    <p class="form-note" role="alert">${problem}</p>
  </section>`;
}

function NewDays({ onProblem, onKept }) {
  const today = isoDate(now());
  const [given, setGiven] = useState({ from: today, to: today, kind: "closed", start: "19:00", end: "21:00" });
  const set = (name) => (event) => setGiven({ ...given, [name]: event.currentTarget.value });
  const add = async () => {
    const to = given.to < given.from ? given.from : given.to;
    const windows = given.kind === "other_hours" ? [{ start: given.start, end: given.end }] : [];
    await request("POST", "/me/availability/exceptions", { kind: given.kind, from: given.from, to, windows });
    await lookAtHours();
    onKept();
  };
  return html`<div class="card new-days">
    <h3>${t("days.new")}</h3>
    <div class="pair-of-fields">
      <${Field} label=${t("days.from")}><input type="date" value=${given.from} min=${today} onChange=${set("from")} /><//>
      <${Field} label=${t("days.to")}><input type="date" value=${given.to} min=${given.from} onChange=${set("to")} /><//>
    </div>
    <${Field} label=${t("days.what")}><select value=${given.kind} onChange=${set("kind")}>
      ${["closed", "holiday", "exam", "other_hours"].map((kind) => html`<option key=${kind} value=${kind}>${t(`days.${kind}`)}</option>`)}
    </select><//>
    ${given.kind === "other_hours" && html`<div class="pair-of-fields">
      <${Field} label=${t("days.start")}><input type="time" value=${given.start} onChange=${set("start")} /><//>
      <${Field} label=${t("days.end")}><input type="time" value=${given.end} onChange=${set("end")} /><//>
    </div>`}
    <p class="buttons"><${ActButton} act=${add} onProblem=${onProblem}>${t("days.add")}<//></p>
  </div>`;
}

function sayDates({ from, to }) {
  const say = (text) => shortDate(new Date(`${text}T12:00:00`));
  return from === to ? say(from) : `${say(from)} – ${say(to)}`;
}

function sayException({ kind, windows, parts }) {
  const times = [...windows, ...parts].map((one) => `${one.start}–${one.end}`).join(", ");
  if (windows.length) return t("days.with_hours", { times });
  if (parts.length) return t("days.without", { times });
  return ["closed", "holiday", "exam"].includes(kind) ? t(`days.${kind}`) : t("days.closed");
}
