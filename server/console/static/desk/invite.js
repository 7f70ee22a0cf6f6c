// Ways in for youths and colleagues: a link and a code to scan, made here, shown once; and what became of the earlier ones.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { ActDialog, ActButton, Chip, Choice, Field, KeyButton, Loaded, Panel, Table, When } from "./parts.js";
import { QrCode } from "../lib/qr.js";
import { call, complain, me, say, useLoad } from "./store.js";

const STATES = ["open", "used", "expired", "revoked"];
const TONES = { open: "good", used: "plain", expired: "warn", revoked: "bad" };
/** Whom one may invite, by one's own role. */
const INVITED = { coordinator: ["youth", "expert"], admin: ["expert", "coordinator"] };
const YOUTH = "youth";
/** How long a link works: by itself, and at most. */
const DAYS = { youth: [14, 30], staff: [7, 14] };

export function Invitations() {
  const roles = INVITED[me.value.role];
  const [made, setMade] = useState(null);
  const [role, setRole] = useState(roles[0]);
  const [state, setState] = useState("open");
  const list = useLoad(() => call("GET", `/invitations?state=${state}`), [state]);
  const [revoking, setRevoking] = useState(null);
  const invite = async (event) => {
    event.preventDefault();
    const form = event.target;
    const { display_name: name, days } = Object.fromEntries(new FormData(form));
    try {
      const given = { role, display_name: name.trim() || null, expires_in_days: Number(days) };
      setMade({ role, ...(await call("POST", "/invitations", given)) });
      form.elements.display_name.value = "";
      await list.reload();
    } catch (problem) {
      complain(problem);
    }
  };
  const [days, most] = DAYS[role === YOUTH ? "youth" : "staff"];
  return html`<div class="two">
    <div class="stack">
      <${Panel} title=${t("invite.title")}>
        <form onSubmit=${invite}>
          <${Choice} legend=${t("invite.role")} name="role" value=${role} onChange=${setRole} options=${roles.map((one) => [one, t(`role.${one}`)])} />
          <p class="hint">${t(`invite.lead.${role}`)}</p>
          <${Field} label=${t("invite.name")} hint=${t(role === YOUTH ? "invite.name.hint" : "invite.name.reminder")}><input name="display_name" maxlength="60" autocomplete="off" /><//>
          <${Field} label=${t("invite.days")}><input key=${role} type="number" name="days" min="1" max=${most} required defaultValue=${days} /><//>
          <div class="buttons"><button type="submit" class="primary">${t("invite.make")}</button></div>
        </form>
      <//>
      ${made && html`<${Made} made=${made} onClose=${() => setMade(null)} />`}
    </div>
    <${Panel} title=${t("invite.list")}>
      <ul class="filters" aria-label=${t("people.state")}>${STATES.map((one) => html`<li key=${one}><button type="button" class="filter" aria-pressed=${one === state} onClick=${() => setState(one)}>${t(`invite.${one}`)}</button></li>`)}</ul>
      <${Loaded} of=${list}>${({ invitations, more }) => html`<${Table} caption=${t("invite.list")} empty=${t("invite.none")}
        columns=${[["who", t("invite.for")], ["role", t("people.role")], ["by", t("invite.by")], ["made", t("invite.made")], ["until", t("invite.until")], ["act", t("table.act")]]}
        rows=${invitations.map((one) => ({
          key: one.id,
          who: one.display_name || t("invite.unnamed"),
          role: t(`role.${one.role}`),
          by: one.invited_by.display_name,
          made: html`<${When} at=${one.created_at} />`,
          until: html`<${When} at=${one.used_at ?? one.expires_at} />`,
          act: one.state === "open" ? html`<button type="button" class="ghost small" onClick=${() => setRevoking(one)}>${t("invite.revoke")}</button>` : html`<${Chip} tone=${TONES[one.state]}>${t(`invite.${one.state}`)}<//>`,
        }))} />${more && html`<p class="hint">${t("table.more")}</p>`}`}<//>
    <//>
    ${revoking && html`<${Revoke} one=${revoking} onClose=${() => setRevoking(null)} done=${list.reload} />`}
  </div>`;
}

function Made({ made, onClose }) {
  const copy = async () => {
    await navigator.clipboard.writeText(made.link);
    say(t("invite.copied"));
  };
  return html`<${Panel} title=${t("invite.ready")} class="made">
    <p>${t(made.role === YOUTH ? "invite.once" : "invite.once.staff")}</p>
    <${QrCode} text=${made.link} label=${t("invite.qr")} />
    <${Field} label=${t("invite.link")}><input readonly value=${made.link} onFocus=${(event) => event.target.select()} /><//>
    <dl class="facts inline">${made.role === YOUTH && html`<div><dt>${t("invite.code")}</dt><dd><code class="secret">${made.code}</code></dd></div>`}<div><dt>${t("invite.until")}</dt><dd><${When} at=${made.expires_at} /></dd></div></dl>
    <div class="buttons"><${ActButton} act=${copy} onProblem=${() => say(t("invite.copy_self"), { bad: true })}>${t("invite.copy")}<//><${KeyButton} class="ghost" act=${onClose}>${t("action.done")}<//></div>
  <//>`;
}

function Revoke({ one, onClose, done }) {
  const act = async () => {
    await call("DELETE", `/invitations/${one.id}`);
    say(t("done.revoke"));
    return done;
  };
  return html`<${ActDialog} name="revoke" title=${t("invite.revoke")} what=${t("invite.revoke.what")} told=${t("invite.revoke.told")} action=${t("invite.revoke")} danger=${true} act=${act} onClose=${onClose} />`;
}
