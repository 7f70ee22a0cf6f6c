// Words in the language of the page (`<html lang>`, which the server set by what the reader chose).

export const language = document.documentElement.lang === "en" ? "en" : "nl";

const words = {
  nl: {
    "action.back": "Terug",
    "day.today": "vandaag",
    "day.yesterday": "gisteren",
    "day.tomorrow": "morgen",
    "net.offline": "Geen verbinding. Probeer het zo nog eens.",
    "net.timeout": "Het duurt te lang. Probeer het zo nog eens.",
    "net.portal": "Je wifi wil eerst dat je inlogt. Open een andere website, log daar in op de wifi, en kom dan terug.",
    "rate.limited": "Dat was vaak achter elkaar. Wacht even en probeer het dan opnieuw.",
    "problem.other": "Dat lukte niet. Probeer het zo nog eens.",
  },
  en: {
    "action.back": "Back",
    "day.today": "today",
    "day.yesterday": "yesterday",
    "day.tomorrow": "tomorrow",
    "net.offline": "No connection. Try again in a moment.",
    "net.timeout": "This takes too long. Try again in a moment.",
    "net.portal": "Your wifi wants you to sign in first. Open another website, sign in to the wifi there, and come back.",
    "rate.limited": "That was often in a row. Wait a little and try again.",
    "problem.other": "That did not work. Try again in a moment.",
  },
};

/** Add a face's own words: `{nl: {key: text}, en: {key: text}}`. */
export function addWords(more) {
  Object.assign(words.nl, more.nl);
  Object.assign(words.en, more.en);
}

/** Add `{key: [dutch, english]}`: beside each other on one line, so that nobody forgets one of the two. */
export function addPairs(table) {
  for (const [key, both] of Object.entries(table)) [words.nl[key], words.en[key]] = both;
}

/** Return a text by its key, with `{name}` places filled in. With a `count` the key's `.one` form is taken for 1. */
export function t(key, values = {}) {
  const text = (values.count === 1 && words[language][`${key}.one`]) || words[language][key];
  if (text === undefined) return missing(key);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function missing(key) {
  console.error(`no text for ${key} in ${language}`); // loud in a test, and no reason to take the page away from a reader
  return key;
}

/** Say whether there is a text for a key. */
export function hasText(key) {
  return key in words[language];
}

/** Say what went wrong, by the Problem's code: first `<prefix>.<code>`, then `<code>`, then its status, then something general. */
export function problemText(problem, prefix = "problem") {
  const keys = [`${prefix}.${problem.code}`, problem.code, `${prefix}.other`, "problem.other"];
  return t(keys.find((key) => key && hasText(key)));
}
