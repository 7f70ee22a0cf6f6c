// Broken glass: the form that opens one conversation, reading while it runs, and the reviews by a colleague.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { ActDialog, Chip, Choice, Countdown, Field, KeyButton, Loaded, Name, Panel, Select, Table, Title, When, Words, word } from "./parts.js";
import { href } from "./routes.js";
import { call, me, nameOf, say, useLoad } from "./store.js";
import { Messages } from "./talk.js";

const REASONS = ["life_danger", "violence", "abuse", "silence", "report", "legal_duty"];
const MINUTES = [15, 30, 60];
const MOST_REASON = 1000;
const FEWEST = 10;

/** Ask to read one conversation: why, for how long, and when the youth hears of it. */
export function BreakGlass({ one, conversation, onClose, done }) {
  const [tell, setTell] = useState("now");
  const act = async (values) => {
    const opening = await call("POST", `/conversations/${conversation}/break-glass`, {
      reason_code: values.reason_code,
      reason: values.reason,
      minutes: Number(values.minutes),
      tell_youth: values.tell_youth,
      safety_reason: values.tell_youth === "later" ? values.safety_reason : null,
    });
    say(opening.fallback ?? t("done.glass"), { bad: Boolean(opening.fallback) });
    return done;
  };
  const name = nameOf(one.youth);
  return html`<${ActDialog} name="glass" title=${t("act.glass")} what=${t("glass.what", { name })} told=${t("glass.told", { name })} action=${t("glass.open")} danger=${true} act=${act} onClose=${onClose} wide=${true}>
    <${Select} label=${t("glass.reason_code")} name="reason_code" required=${true} options=${[["", t("glass.choose")], ...REASONS.map((code) => [code, word("glass", code)])]} />
    <${Field} label=${t("glass.reason")} hint=${t("glass.reason.hint")}>
      <textarea name="reason" rows="3" required minlength=${FEWEST} maxlength=${MOST_REASON}></textarea>
    <//>
    <${Choice} legend=${t("glass.minutes")} name="minutes" value="15" options=${MINUTES.map((count) => [String(count), t("time.minutes", { count })])} />
    <${Choice} legend=${t("glass.tell", { name })} name="tell_youth" value=${tell} onChange=${setTell} options=${[["now", t("glass.now")], ["later", t("glass.later"), t("glass.later.hint")]]} />
    ${tell === "later" && html`<${Field} label=${t("glass.safety_reason")}><textarea name="safety_reason" rows="2" required minlength=${FEWEST} maxlength=${MOST_REASON}></textarea><//>`}
  <//>`;
}

/** What is read while the glass is broken: every look is in the log. */
export function Reading({ opening, reload }) {
  const end = async () => {
    await call("DELETE", `/break-glass/${opening.id}`);
    say(t("done.glass_end"));
    await reload();
  };
  return html`<${Panel} title=${t("reading.title", { name: nameOf(opening.youth) })} class="reading" tools=${html`<${KeyButton} class="ghost small" act=${end}>${t("reading.end")}<//>`}>
    <p class="note warn"><${Countdown} at=${opening.until} /> ${t("reading.until")} ${opening.youth_told_at ? t("reading.told") : t("reading.not_told")}</p>
    <${Messages} conversation=${opening.c} empty=${t("reading.empty")} kinds=${["snapshot"]} />
  <//>`;
}

/** Every reading of the team, and the review of one. */
export function GlassScreen({ parts: [id] }) {
  const all = useLoad(() => call("GET", "/break-glass"), [], ["glass."]);
  return html`
    <${Title} back=${{ href: href("tonight"), words: t("way.tonight") }}>${t("glass.all")}<//>
    <p class="lead">${t("glass.all.lead")}</p>
    ${id && html`<${Review} key=${id} id=${id} done=${all.reload} />`}
    <${Loaded} of=${all}>${({ break_glass: found }) => html`<${Table} caption=${t("glass.all")} empty=${t("glass.never")}
      columns=${[["when", t("glass.when")], ["who", t("glass.who")], ["youth", t("glass.youth")], ["why", t("glass.reason_code")], ["told", t("glass.told_at")], ["review", t("glass.review")]]}
      rows=${found.map((one) => ({
        key: one.id,
        when: html`<a href=${href("glass", one.id)}><${When} at=${one.opened_at} long=${true} /></a>`,
        who: html`<${Name} id=${one.coordinator} />`,
        youth: html`<${Name} id=${one.youth} />`,
        why: word("glass", one.reason_code),
        told: one.youth_told_at ? html`<${When} at=${one.youth_told_at} />` : html`${t("glass.at_latest")} <${When} at=${one.tell_youth_at} />`,
        review: html`<${ReviewState} one=${one} />`,
      }))} />`}<//>
  `;
}

function ReviewState({ one }) {
  if (one.running) return html`<${Chip} tone="warn">${t("glass.running")}<//>`;
  if (one.review.at) return html`<${Chip} tone=${one.review.outcome === "justified" ? "good" : "bad"}>${t(`review.${one.review.outcome}`)}<//>`;
  return html`<${Chip} tone=${one.review.overdue ? "bad" : "plain"}>${t("review.due")} <${When} at=${one.review.due_at} /><//>`;
}

function Review({ id, done }) {
  const opening = useLoad(() => call("GET", `/break-glass/${id}`), [id], ["glass."]);
  const [isOpen, setOpen] = useState(false);
  return html`<${Loaded} of=${opening}>${(one) => html`<${Panel} title=${t("glass.one", { name: nameOf(one.coordinator), youth: nameOf(one.youth) })}
    tools=${!one.review.at && one.coordinator !== me.value.id && html`<${KeyButton} class="primary" act=${() => setOpen(true)}>${t("review.do")}<//>`}>
    <dl class="facts">
      <div><dt>${t("glass.when")}</dt><dd><${When} at=${one.opened_at} long=${true} />–<${When} at=${one.ended_at ?? one.until} /></dd></div>
      <div><dt>${t("glass.reason_code")}</dt><dd>${word("glass", one.reason_code)}</dd></div>
      <div><dt>${t("glass.reason")}</dt><dd>${one.reason}</dd></div>
      ${one.safety_reason && html`<div><dt>${t("glass.safety_reason")}</dt><dd>${one.safety_reason}</dd></div>`}
      <div><dt>${t("glass.informed")}</dt><dd>${one.alone ? t("glass.alone") : one.told.map(nameOf).join(", ")}</dd></div>
      ${one.review_note && html`<div><dt>${t("glass.review")}</dt><dd>${one.review_note}</dd></div>`}
    </dl>
    ${one.coordinator === me.value.id && !one.review.at && html`<p class="hint">${t("review.other")}</p>`}
    ${isOpen && html`<${ReviewForm} one=${one} onClose=${() => setOpen(false)} done=${() => (opening.reload(), done())} />`}
  <//>`}<//>`;
}

function ReviewForm({ one, onClose, done }) {
  const act = async ({ outcome, note, tell }) => {
    await call("POST", `/break-glass/${one.id}/review`, { outcome, note, tell_youth: tell ? "now" : null });
    say(t("done.review"));
    return done;
  };
  return html`<${ActDialog} name="review" title=${t("review.do")} what=${t("review.what")} told=${t("review.told")} action=${t("review.do")} act=${act} onClose=${onClose}>
    <${Choice} legend=${t("review.outcome")} name="outcome" options=${[["justified", t("review.justified")], ["not_justified", t("review.not_justified")]]} />
    <${Words} label=${t("review.note")} name="note" required=${true} most=${MOST_REASON} />
    ${!one.youth_told_at && html`<label class="check"><input type="checkbox" name="tell" /> ${t("review.tell", { name: nameOf(one.youth) })}</label>`}
  <//>`;
}
