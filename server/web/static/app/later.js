// Parts that are fetched when they are drawn for the first time; the worker has them already.
import { t } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/ui.js";
import { ownSheet, showStrip } from "./state.js";

/** Return a component that fetches its module when it is drawn for the first time. */
export function later(fetchModule, name) {
  let Known = null;
  return function Later(needs) {
    const [, drawAgain] = useState(0);
    useEffect(() => {
      if (Known) return;
      const end = ownSheet();
      // A browser may remember that a module did not come: only a page that is loaded anew asks again.
      const again = { label: t("action.retry"), act: () => location.reload() };
      fetchModule()
        .then((module) => ((Known = module[name]), showStrip("later", "")))
        .catch(() => (end(), showStrip("later", t("net.offline"), again)))
        .finally(() => drawAgain(1));
    }, []);
    return Known && html`<${Known} ...${needs} />`;
  };
}
