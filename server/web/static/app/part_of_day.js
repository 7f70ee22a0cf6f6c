// "When do you usually need somebody?" as parts of days: pure arithmetic in minutes of the week, which is a ring.
import { DAY, lengthOf, toMinutes, toText } from "./week.js";

const WEEK = 7 * DAY;
/** Name, start and end of each part in minutes of its day; the night runs into the next one. */
export const PARTS = [
  { name: "morning", from: 360, to: 720 },
  { name: "afternoon", from: 720, to: 1080 },
  { name: "evening", from: 1080, to: 1380 },
  { name: "night", from: 1380, to: 1800 },
];

/** Say how much of a part of a weekday the windows cover: "all", "some" or "none". */
export function coverOf(windows, weekday, part) {
  const inside = (cell) => sum(layAll(windows).map((run) => ({ from: Math.max(run.from, cell.from), to: Math.min(run.to, cell.to) })));
  const covered = layPart(weekday, part).reduce((total, cell) => total + inside(cell), 0);
  if (covered === 0) return "none";
  return covered === part.to - part.from ? "all" : "some";
}

/** Return windows with a part of a weekday in them or out of them; what lies beside it stays. */
export function setPart(windows, weekday, part, isIn) {
  const cells = layPart(weekday, part);
  const beside = cells.reduce((runs, cell) => runs.flatMap((run) => cutOut(run, cell)), layAll(windows));
  return join(isIn ? [...beside, ...cells] : beside).flatMap(cutAtMidnights);
}

function layAll(windows) {
  return windows.flatMap((one) => lay((one.weekday - 1) * DAY + toMinutes(one.start), lengthOf(one)));
}

function layPart(weekday, { from, to }) {
  return lay((weekday - 1) * DAY + from, to - from);
}

// What runs over the end of the week goes on at its beginning.
function lay(start, length) {
  const from = start % WEEK;
  const to = from + length;
  return to > WEEK ? [{ from, to: WEEK }, { from: 0, to: to - WEEK }] : [{ from, to }];
}

function cutOut(run, cell) {
  return [
    { from: run.from, to: Math.min(run.to, cell.from) },
    { from: Math.max(run.from, cell.to), to: run.to },
  ].filter((piece) => piece.to > piece.from);
}

function join(runs) {
  const joined = [];
  for (const run of [...runs].sort((one, other) => one.from - other.from)) {
    const last = joined.at(-1);
    if (last && run.from <= last.to) last.to = Math.max(last.to, run.to);
    else joined.push({ ...run });
  }
  return joined;
}

function cutAtMidnights({ from, to }) {
  const pieces = [];
  for (let start = from; start < to; start = pieces.at(-1).to) pieces.push({ start, to: Math.min(to, (Math.floor(start / DAY) + 1) * DAY) });
  return pieces.map((one) => ({ weekday: Math.floor(one.start / DAY) + 1, start: toText(one.start), end: toText(one.to) }));
}

function sum(runs) {
  return runs.reduce((total, run) => total + Math.max(0, run.to - run.from), 0);
}
