// An expert's own second factors, on their own page; and the question who they are where the server wants to know it anew.
import { request } from "../lib/api.js";
import { Factors } from "../lib/factors.js";
import { problemText, t } from "../lib/i18n.js";
import { sayStopped } from "../lib/passkeys.js";
import { Cancelled, StepUp, proof, withProof } from "../lib/proof.js";
import { html } from "../lib/ui.js";
import { showStrip } from "./state.js";

export function FactorsPart() {
  return html`<section class="mine-part" id="factors" aria-labelledby="factors-title">
    <h2 id="factors-title">${t("factors.title")}</h2>
    <${Factors} call=${call} explain=${explain} say=${(text) => showStrip("factors", text)} />
    ${proof.value && html`<${StepUp} explain=${explain} />`}
  </section>`;
}

function call(method, path, body) {
  return withProof(() => request(method, path, body));
}

function explain(problem) {
  return problem instanceof Cancelled ? t("problem.cancelled") : (sayStopped(problem) ?? problemText(problem));
}
