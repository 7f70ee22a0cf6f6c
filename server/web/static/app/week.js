// A week of hours as one drags or types it: pure arithmetic in minutes of a day, no screen.

export const DAY = 1440;
export const STEP = 30;

/** Return minutes of the day for "19:30". */
export function toMinutes(text) {
  const [hours, minutes] = text.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Return "19:30" for minutes of the day; the end of the day is "00:00". */
export function toText(minutes) {
  const within = ((minutes % DAY) + DAY) % DAY;
  return `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
}

/** Return the stretches of one weekday as `{index, from, to, isTail}` in minutes: own windows, and tails of the night before. */
export function listStretches(windows, weekday) {
  const before = weekday === 1 ? 7 : weekday - 1;
  const own = windows.flatMap((one, index) => (one.weekday === weekday ? [{ index, ...spanOf(one), isTail: false }] : []));
  const tails = windows.flatMap((one, index) => {
    if (one.weekday !== before || !isOverMidnight(one) || one.end === "00:00") return [];
    return [{ index, from: 0, to: toMinutes(one.end), isTail: true }];
  });
  return [...tails, ...own];
}

/** Say whether a window runs into the next day. */
export function isOverMidnight({ start, end }) {
  return toMinutes(end) <= toMinutes(start);
}

/** Return the minutes that a window has in all. */
export function lengthOf(window) {
  const minutes = toMinutes(window.end) - toMinutes(window.start);
  return minutes > 0 ? minutes : minutes + DAY;
}

/** Return a new window for a drag from one minute to another, at least one step long. */
export function drawWindow(weekday, anchor, minute) {
  const from = Math.min(snap(anchor), snap(minute), DAY - STEP);
  const to = Math.max(snap(anchor), snap(minute), from + STEP);
  return { weekday, start: toText(from), end: toText(to) };
}

/** Return a window with one edge, or the whole of it, dragged by so many minutes. */
export function dragWindow(window, part, by) {
  const { from, to } = spanOf(window);
  const move = Math.round(by / STEP) * STEP;
  if (part === "start") return { ...window, start: toText(clamp(from + move, 0, to - STEP)) };
  if (part === "end") return isOverMidnight(window) && window.end !== "00:00" ? window : { ...window, end: toText(clamp(to + move, from + STEP, DAY)) };
  const shift = clamp(move, -from, DAY - to);
  return isOverMidnight(window) && window.end !== "00:00" ? window : { ...window, start: toText(from + shift), end: toText(to + shift) };
}

function spanOf(window) {
  return { from: toMinutes(window.start), to: isOverMidnight(window) ? DAY : toMinutes(window.end) };
}

function snap(minute) {
  return clamp(Math.round(minute / STEP) * STEP, 0, DAY);
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
