// Moments in words, and the server's time as far as this page knows it: a phone's own clock may be hours wrong.
import { language, t } from "./i18n.js";

const WRONG_CLOCK_MS = 5 * 60_000;
const locale = language === "en" ? "en-GB" : "nl-NL";
let offsetMs = 0;
let newestAskedAt = 0;

/** Learn from a server time (RFC 3339 or an HTTP Date) that was asked for at `askedAt`: an answer that was long on its way says nothing new. */
export function learnTime(text, askedAt) {
  const server = text ? Date.parse(text) : NaN;
  if (!Number.isFinite(server) || askedAt < newestAskedAt) return;
  newestAskedAt = askedAt;
  offsetMs = server - Date.now();
}

/** Return the present moment by the server's clock. */
export function now() {
  return new Date(Date.now() + offsetMs);
}

/** Say how far this device's clock is off, in ms, when that is more than five minutes; else 0. */
export function clockError() {
  return Math.abs(offsetMs) > WRONG_CLOCK_MS ? offsetMs : 0;
}

/** "21:05" */
export function clockTime(date) {
  return format(date, { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** "vandaag", "gisteren", "morgen", "maandag 17 november" */
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
  const day = days > 1 && days < 7 ? format(date, { weekday: "long" }) : dayName(date);
  return `${day} ${clockTime(date)}`;
}

/** "17 nov", "17 nov 2025" */
export function shortDate(date) {
  const isThisYear = date.getFullYear() === now().getFullYear();
  return format(date, { day: "numeric", month: "short", year: isThisYear ? undefined : "numeric" });
}

/** "november 2025" */
export function monthName(date) {
  return format(date, { month: "long", year: "numeric" });
}

/** "dinsdag" for 2; weekdays run from 1 (Monday) to 7. */
export function weekdayName(weekday, width = "long") {
  return format(new Date(2024, 0, weekday), { weekday: width });
}

/** "3 minuten geleden", "over 2 uur" */
export function relative(date) {
  const seconds = (date.getTime() - now().getTime()) / 1000;
  const [unit, size] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** "4 min", "1 u 20", "2 d 3 u": how long something lasts, in ms. */
export function duration(ms) {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const hour = language === "en" ? "h" : "u";
  if (days) return `${days} d ${hours} ${hour}`;
  return hours ? `${hours} ${hour} ${String(rest).padStart(2, "0")}` : `${minutes} min`;
}

/** "1:05", "-0:20": a running clock from a number of ms, minutes and seconds. */
export function countdown(ms) {
  const seconds = Math.trunc(Math.abs(ms) / 1000);
  return `${ms < 0 ? "-" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The day as a key: two moments on one day have the same. */
export function dayKey(date) {
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** "2026-11-22": a local date as the API takes it. */
export function isoDate(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

function daysFromNow(date) {
  const midnight = (moment) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((midnight(date) - midnight(now())) / 86_400_000);
}

function format(date, options) {
  return new Intl.DateTimeFormat(locale, options).format(date);
}
