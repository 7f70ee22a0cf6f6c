// Asked after the first message was sent: may we let you know when an answer comes?
import { problemText, t } from "../lib/i18n.js";
import { ActButton, html } from "../lib/ui.js";
import { acceptPush, declinePush } from "./push.js";
import { pushAsk, showStrip } from "./state.js";

export function PushAsk({ name }) {
  if (!pushAsk.value) return null;
  return html`<section class="push-ask" aria-labelledby="push-title">
    <p id="push-title"><strong>${t("push.title", { name })}</strong></p>
    <p>${t("push.text")}</p>
    <p class="buttons">
      <${ActButton} act=${acceptPush} onProblem=${(one) => showStrip("push", problemText(one))}>${t("push.yes")}<//>
      <button type="button" class="quiet" onClick=${declinePush}>${t("push.no")}</button>
    </p>
  </section>`;
}
