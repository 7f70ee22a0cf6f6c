// Which screen is shown: it stands behind `#`, so that no server and no log ever sees it.
import { signal } from "../lib/ui.js";

const START = "tonight";

/** `["escalation", id]`, `["pairing", "week"]` … */
export const route = signal(read());

addEventListener("hashchange", () => (route.value = read()));

/** Go to a screen. */
export function go(...parts) {
  location.hash = `/${parts.map(encodeURIComponent).join("/")}`;
}

/** Return the address of a screen, for a link. */
export function href(...parts) {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

function read() {
  const parts = location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
  return parts.length ? parts : [START];
}
