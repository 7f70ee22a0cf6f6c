// The quick exit: always at the same place, one press, no question.
import { t } from "../lib/i18n.js";
import { html } from "../lib/ui.js";
import { Icon } from "./icons.js";
import { exitNow } from "./leaving.js";

export function ExitButton() {
  return html`<button type="button" class="exit" onClick=${() => exitNow()} title=${t("exit.hint")}><${Icon} name="exit" /><span>${t("exit.label")}</span></button>`;
}
