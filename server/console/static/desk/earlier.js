// Escalations that have ended, the newest first, page after page: what was it, who had it in hands, how did it end.
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { Chip, KeyButton, Level, Loaded, Name, Table, Title, When, word } from "./parts.js";
import { href } from "./routes.js";
import { call, nameOf, useLoad } from "./store.js";

export function Earlier() {
  const [older, setOlder] = useState([]);
  const newest = useLoad(() => call("GET", "/escalations?state=ended"), [], ["escalation."]);
  const more = async (last) => {
    const page = await call("GET", `/escalations?state=ended&before=${last.id}`);
    setOlder([...older, page]);
  };
  return html`
    <${Title} back=${{ href: href("tonight"), words: t("way.tonight") }}>${t("earlier.title")}<//>
    <${Loaded} of=${newest}>${(first) => {
      const pages = [first, ...older];
      const rows = [...new Map(pages.flatMap((page) => page.escalations).map((one) => [one.id, one])).values()];
      return html`<${Table} caption=${t("earlier.title")} empty=${t("earlier.none")}
        columns=${[["what", t("earlier.what")], ["level", t("set.level")], ["opened", t("earlier.opened")], ["ended", t("earlier.ended")], ["who", t("earlier.who")], ["how", t("earlier.how")]]}
        rows=${rows.map((one) => ({
          key: one.id,
          what: html`<a href=${href("escalation", one.id)}>${one.youth ? nameOf(one.youth) : t("escalation.team")}</a><br /><small class="soft">${word("kind", one.kind)}</small>`,
          level: html`<${Level} level=${one.level} />`,
          opened: html`<${When} at=${one.opened_at} long=${true} />`,
          ended: html`<${When} at=${one.ended_at} long=${true} />`,
          who: html`<${Name} id=${one.handler} />`,
          how: html`<${Chip}>${one.outcome ? word("outcome", one.outcome) : t(`state.${one.state}`)}<//>`,
        }))} />
        ${pages.at(-1).more && html`<div class="buttons"><${KeyButton} act=${() => more(pages.at(-1).escalations.at(-1))}>${t("earlier.more")}<//></div>`}`;
    }}<//>
  `;
}
