// Dutch and English. The server remembers the choice, so that a page comes in the right language from its first byte.
import { language } from "../lib/i18n.js";
import { html } from "../lib/ui.js";

export function Languages() {
  const link = (code, name) => html`<a href="?lang=${code}" lang=${code} hreflang=${code} aria-current=${language === code ? "true" : null}>${name}</a>`;
  return html`<p class="languages">${link("nl", "Nederlands")}${link("en", "English")}</p>`;
}
