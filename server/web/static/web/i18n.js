// Words and moments in the language of the page.
import { now } from "./clock.js";
import { WORDS } from "./words.js";

const language = document.documentElement.lang === "en" ? "en" : "nl";
const words = WORDS[language];

/** Return a text by its key, with `{name}` places filled in. */
export function t(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Say whether there is a text for a key. */
export function hasText(key) {
  return key in words;
}

/** 21:05 */
export function clockTime(date) {
  return format(date, { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** "vandaag", "gisteren", "maandag 17 november" */
export function dayName(date) {
  const days = daysFromNow(date);
  if (days === 0) return t("day.today");
  if (days === -1) return t("day.yesterday");
  if (days === 1) return t("day.tomorrow");
  const isThisYear = date.getFullYear() === now().getFullYear();
  return format(date, { weekday: "long", day: "numeric", month: "long", year: isThisYear ? undefined : "numeric" });
}

/** "19:00" for today, "dinsdag 19:00" for this week, "dinsdag 9 december 19:00" */
export function momentName(date) {
  const days = daysFromNow(date);
  if (days === 0) return clockTime(date);
  const isNear = days > 1 && days < 7;
  const day = isNear ? format(date, { weekday: "long" }) : dayName(date);
  return `${day} ${clockTime(date)}`;
}

/** The day as a key: two moments on one day have the same. */
export function dayKey(date) {
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

function daysFromNow(date) {
  const midnight = (moment) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((midnight(date) - midnight(now())) / 86_400_000);
}

function format(date, options) {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : "nl-NL", options).format(date);
}
