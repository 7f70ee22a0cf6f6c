// An expert stops: a decision for each pairing, all of it in one step or nothing.
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { ActDialog, Dialog, Loaded, Select } from "./parts.js";
import { call, listRole, say, useLoad } from "./store.js";

const DECISIONS = ["change", "close", "handover"];

export function Leaving({ expert, onClose }) {
  const found = useLoad(() => call("GET", `/experts/${expert.id}/leaving`), [expert.id]);
  if (found.data === null) return html`<${Dialog} title=${t("standing.leave")} onClose=${onClose}><${Loaded} of=${found}>${() => null}<//><//>`;
  const { pairings } = found.data;
  const others = listRole("expert").filter((one) => one.id !== expert.id);
  const act = async (given) => {
    const decisions = pairings.map((one) => {
      const decision = given[`decision-${one.id}`];
      return { pairing: one.id, decision, to: decision === "handover" ? given[`to-${one.id}`] : null };
    });
    await call("POST", `/experts/${expert.id}/leave`, { decisions });
    say(t("done.leave", { name: expert.display_name }));
  };
  return html`<${ActDialog} name="leave" title=${t("leave.title", { name: expert.display_name })} what=${t("leave.what", { count: pairings.length })} told=${t("leave.told")} action=${t("standing.leave")} danger=${true} act=${act} onClose=${onClose} wide=${true}>
    ${pairings.length === 0 && html`<p>${t("leave.none")}</p>`}
    ${pairings.map((one) => html`<fieldset key=${one.id}><legend>${one.youth.display_name}</legend><div class="side-by-side">
      <${Select} label=${t("leave.decision")} name=${`decision-${one.id}`} options=${DECISIONS.map((name) => [name, t(`leave.${name}`)])} />
      <${Select} label=${t("leave.to")} name=${`to-${one.id}`} options=${[["", "–"], ...others.map((other) => [other.id, other.display_name])]} />
    </div></fieldset>`)}
  <//>`;
}
