// One honest sentence about the line to the server, and what one can do about it. Quiet while all is well.
import { byId, showText } from "./dom.js";
import { t } from "./i18n.js";

const PATIENCE_MS = 2_000;
const AT_ONCE = new Set(["suspended", "version", "replaced", "protocol", "offline", "keeping"]);
const BUTTONS = {
  lost: "action.retry",
  offline: "action.retry",
  busy: "action.retry",
  version: "action.reload",
  protocol: "action.reload",
  replaced: "action.here",
};

let timer = null;

/** Show the sentence for a reason, or nothing for null. A short interruption is not worth a sentence. */
export function showLine(reason, onAction) {
  clearTimeout(timer);
  if (reason === null) return paint(null);
  if (AT_ONCE.has(reason) || !byId("line").hidden) return paint(reason, onAction);
  timer = setTimeout(() => paint(reason, onAction), PATIENCE_MS);
}

function paint(reason, onAction) {
  byId("line").hidden = reason === null;
  showText(byId("line-text"), reason === null ? "" : t(`line.${reason}`));
  const label = BUTTONS[reason];
  showText(byId("line-action"), label ? t(label) : "");
  byId("line-action").onclick = onAction ?? null;
}
