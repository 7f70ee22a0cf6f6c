// One person of the team: papers, hours and boundaries, devices and sessions, role, suspension, leaving.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { ActDialog, Chip, Empty, Field, KeyButton, Loaded, Panel, Select, Table, When, Words, showDay, word } from "./parts.js";
import { Leaving } from "./leaving.js";
import { href } from "./routes.js";
import { call, isCoordinator, loadPeople, me, people, say, useLoad } from "./store.js";

const ROLES = ["expert", "coordinator", "admin"];
const MOST_REASON = 500;

export function Person({ id }) {
  const one = people.value.get(id);
  if (!one) return html`<${Empty}>${t(people.value.size ? "person.unknown" : "action.loading")}<//>`;
  const isStaff = one.role !== "youth";
  return html`
    <p class="back"><a href=${href("people", "all")}>← ${t("people.all")}</a></p>
    <h2 class="subject">${one.display_name} <${Chip}>${t(`role.${one.role}`)}<//> ${one.standing === "suspended" ? html`<${Chip} tone="bad">${t("people.suspended")}<//>` : null}</h2>
    <div class="two">
      <div class="stack">
        ${one.role === "expert" && isCoordinator() && html`<${Papers} id=${id} /><${Boundaries} id=${id} />`}
        ${one.role === "youth" && isCoordinator() && html`<${Panel} title=${t("way.pairing")}><div class="buttons"><a class="button ghost" href=${href("pairing", "youth", id)}>${t("waiting.find")}</a></div><//>`}
        <${Sessions} one=${one} />
      </div>
      <div class="stack">
        ${isStaff && isCoordinator() && html`<${Reach} id=${id} />`}
        ${one.id !== me.value.id && html`<${Standing} one=${one} isStaff=${isStaff} />`}
      </div>
    </div>
  `;
}

function Papers({ id }) {
  const file = useLoad(() => call("GET", `/people/${id}/buddy-profile`), [id], ["validity."]);
  const [isOpen, setOpen] = useState(false);
  return html`<${Loaded} of=${file}>${({ profile, ending, version }) => html`<${Panel} title=${t("papers.title")} tools=${html`<button type="button" class="ghost small" onClick=${() => setOpen(true)}>${t("action.change")}</button>`}>
    <dl class="facts">
      ${ending.map((one) => html`<div key=${one.what}><dt>${t(`paper.${one.what}`)}</dt><dd><${Chip} tone=${one.valid ? "good" : "bad"}>${one.until ? t(one.valid ? "paper.until" : "paper.over", { on: showDay(one.until) }) : t("paper.none")}<//></dd></div>`)}
      <div><dt>${t("people.capacity")}</dt><dd>${profile.capacity ?? t("settings.house")}</dd></div>
      <div><dt>${t("papers.kinds")}</dt><dd>${profile.kinds.map((kind) => word("sort", kind)).join(", ") || "–"}</dd></div>
      <div><dt>${t("wish.themes")}</dt><dd>${profile.themes.map((one) => word("theme", one.theme)).join(", ") || "–"}</dd></div>
      <div><dt>${t("papers.new")}</dt><dd>${t(profile.takes_new ? "answer.yes" : "answer.no")}</dd></div>
    </dl>
    ${isOpen && html`<${PapersForm} id=${id} profile=${profile} version=${version} onClose=${() => setOpen(false)} done=${file.reload} />`}
  <//>`}<//>`;
}

function PapersForm({ id, profile, version, onClose, done }) {
  const act = async (given) => {
    const told = { trained_until: given.trained_until || null, vog_until: given.vog_until || null, capacity: given.capacity ? Number(given.capacity) : null };
    await call("PUT", `/people/${id}/buddy-profile`, { ...told, version });
    say(t("done.papers"));
    return done;
  };
  return html`<${ActDialog} name="papers" title=${t("papers.title")} what=${t("papers.what")} told=${t("papers.told")} action=${t("action.save")} act=${act} onClose=${onClose}>
    <${Field} label=${t("papers.training")}><input type="date" name="trained_until" defaultValue=${profile.trained_until ?? ""} /><//>
    <${Field} label=${t("papers.vog")}><input type="date" name="vog_until" defaultValue=${profile.vog_until ?? ""} /><//>
    <${Field} label=${t("people.capacity")} hint=${t("papers.capacity.hint")}><input type="number" name="capacity" min="1" max="10" defaultValue=${profile.capacity ?? ""} /><//>
  <//>`;
}

/** Counts by week from the boundary ledger: a reason to ask how it goes, nothing to compare people by. */
function Boundaries({ id }) {
  const ledger = useLoad(() => call("GET", `/people/${id}/boundary-ledger`), [id]);
  return html`<${Panel} title=${t("boundaries.title")}>
    <p class="hint">${t("boundaries.lead")}</p>
    <${Loaded} of=${ledger}>${({ weeks }) => html`<${Table} caption=${t("boundaries.title")} empty=${t("boundaries.none")}
      columns=${[["week", t("boundaries.week")], ["what", t("boundaries.what")]]}
      rows=${weeks.map((one) => ({ key: one.week, week: showDay(one.week), what: one.counts.map((count) => `${word("ledger", count.kind)} ${count.count}×${count.minutes ? ` (${t("time.minutes", { count: count.minutes })})` : ""}`).join(", ") }))} />`}<//>
  <//>`;
}

function Reach({ id }) {
  const reach = useLoad(() => call("GET", `/people/${id}/reachability`), [id], ["availability."]);
  return html`<${Panel} title=${t("reach.title")}>
    <${Loaded} of=${reach}>${(one) => html`
      <p><${Chip} tone=${one.open ? "good" : "plain"}>${t(one.open ? "reach.open" : "reach.shut")}<//> ${one.open && one.until ? html`${t("shift.until")} <${When} at=${one.until} />` : null}${!one.open && one.next_opening ? html`${t("reach.again")} <${When} at=${one.next_opening} />` : null}</p>
      ${one.reason && html`<p class="soft">${word("shut", one.reason)}</p>`}
    `}<//>
  <//>`;
}

function Sessions({ one }) {
  const found = useLoad(() => call("GET", `/people/${one.id}/sessions`), [one.id]);
  const [ending, setEnding] = useState(null);
  return html`<${Panel} title=${t("sessions.of")} tools=${html`<button type="button" class="ghost small" onClick=${() => setEnding({})}>${t("sessions.end_all")}</button>`}>
    <${Loaded} of=${found}>${({ count, last_seen: seen, sessions }) => html`
      <p class="soft">${t("sessions.count", { count })}${` · ${t("sessions.last")} ${word("seen", seen)}`}</p>
      ${sessions && html`<ul class="rows">${sessions.map((session) => html`<li key=${session.id}><span>${session.device_name} <small>${t("sessions.used_at")} <${When} at=${session.last_used_at} /></small></span><button type="button" class="ghost small" onClick=${() => setEnding(session)}>${t("sessions.end")}</button></li>`)}</ul>`}
    `}<//>
    ${ending && html`<${EndSessions} one=${one} session=${ending} onClose=${() => setEnding(null)} done=${found.reload} />`}
  <//>`;
}

function EndSessions({ one, session, onClose, done }) {
  const act = async ({ reason }) => {
    await call("POST", `/people/${one.id}/sessions/revoke`, { reason, ...(session.id ? { session: session.id } : {}) });
    say(t("done.session"));
    return done;
  };
  return html`<${ActDialog} name="end-sessions" title=${t(session.id ? "sessions.end" : "sessions.end_all")} what=${t("sessions.end.what", { name: one.display_name })} told=${t("sessions.end.told")} action=${t("sessions.end")} danger=${true} act=${act} onClose=${onClose}>
    <${Words} label=${t("act.reason")} name="reason" rows="2" required=${true} most=${MOST_REASON} />
  <//>`;
}

function Standing({ one, isStaff }) {
  const [dialog, setDialog] = useState(null);
  const isOut = one.standing === "suspended";
  const lift = async () => {
    await call("DELETE", `/people/${one.id}/suspension`);
    say(t("done.lift"));
    await loadPeople();
  };
  const close = () => setDialog(null);
  return html`<${Panel} title=${t("standing.title")}>
    <div class="buttons column">
      ${isStaff && html`<${KeyButton} act=${() => setDialog("role")}>${t("standing.role")}<//>`}
      ${isStaff && html`<${KeyButton} act=${() => setDialog("factors")}>${t("standing.factors")}<//>`}
      ${one.role === "expert" && isCoordinator() && html`<${KeyButton} act=${() => setDialog("leave")}>${t("standing.leave")}<//>`}
      ${isOut ? html`<${KeyButton} class="primary" act=${lift}>${t("standing.lift")}<//>` : html`<${KeyButton} class="danger" act=${() => setDialog("suspend")}>${t("standing.suspend")}<//>`}
    </div>
    ${dialog === "role" && html`<${ChangeRole} one=${one} onClose=${close} />`}
    ${dialog === "factors" && html`<${ResetFactors} one=${one} onClose=${close} />`}
    ${dialog === "suspend" && html`<${Suspend} one=${one} onClose=${close} />`}
    ${dialog === "leave" && html`<${Leaving} expert=${one} onClose=${close} />`}
  <//>`;
}

function ChangeRole({ one, onClose }) {
  const act = async ({ role }) => {
    await call("PUT", `/people/${one.id}/role`, { role });
    say(t("done.role"));
    return loadPeople;
  };
  return html`<${ActDialog} name="role" title=${t("standing.role")} what=${t("role.what", { name: one.display_name })} told=${t("role.told", { name: one.display_name })} action=${t("standing.role")} act=${act} onClose=${onClose}>
    <${Select} label=${t("people.role")} name="role" value=${one.role} options=${ROLES.map((role) => [role, t(`role.${role}`)])} />
  <//>`;
}

function ResetFactors({ one, onClose }) {
  const act = async () => {
    await call("POST", `/people/${one.id}/factors/reset`);
    say(t("done.factors_reset"));
  };
  return html`<${ActDialog} name="reset-factors" title=${t("standing.factors")} what=${t("factors.reset.what", { name: one.display_name })} told=${t("sessions.end.told")} action=${t("standing.factors")} danger=${true} act=${act} onClose=${onClose} />`;
}

function Suspend({ one, onClose }) {
  const act = async ({ reason }) => {
    await call("POST", `/people/${one.id}/suspension`, { reason: reason.trim() || null });
    say(t("done.suspend"));
    return loadPeople;
  };
  return html`<${ActDialog} name="suspend" title=${t("suspend.title", { name: one.display_name })} what=${t(`suspend.what.${one.role === "expert" ? "expert" : "other"}`, { name: one.display_name })} told=${t("suspend.told", { name: one.display_name })} action=${t("standing.suspend")} danger=${true} act=${act} onClose=${onClose}>
    <${Words} label=${t("act.reason")} name="reason" rows="2" most=${MOST_REASON} />
  <//>`;
}
