// Words of the desk, Dutch beside English on one line, so that nobody forgets one of the two.
import { addWords } from "../../lib/i18n.js";

/** Add `{key: [dutch, english]}`. */
export function addPairs(table) {
  const take = (at) => Object.fromEntries(Object.entries(table).map(([key, both]) => [key, both[at]]));
  addWords({ nl: take(0), en: take(1) });
}
