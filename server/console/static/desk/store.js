// What the whole desk shares: who is signed in, the names of the team, the ticking clock, the server's calls and its events.
import { announce, signal, useCallback, useEffect, useRef, useState } from "../lib/ui.js";
import { Problem, request, requestFile } from "../lib/api.js";
import { addWords, hasText, t } from "../lib/i18n.js";
import { sayStopped } from "../lib/passkeys.js";
import { Cancelled, withProof } from "../lib/proof.js";
import { now } from "../lib/time.js";

const TOGETHER_MS = 200;
const PAGE = 500;

export const me = signal(null);
/** id → {display_name, role, …} of everybody in the team. */
export const people = signal(new Map());
/** The server's time in ms; it moves every second. */
export const tick = signal(now().getTime());
export const line = signal({ state: "idle", reason: null });
export const toast = signal(null);
/** Whether whoever sits here must set up a second factor before anything else is allowed. */
export const needsFactor = signal(false);

setInterval(() => (tick.value = now().getTime()), 1000);

/**
 * Call the server. Where it asks for a fresh proof of who is there, that is asked for, and the call is made again.
 * Throws Problem, or Cancelled when no proof was given.
 */
export async function call(method, path, body) {
  return prove(() => request(method, path, body));
}

/** Ask for a file as `call` does, and hand it to the browser to save. */
export async function save(path, accept, name) {
  const blob = await prove(() => requestFile(path, accept));
  saveBlob(blob, name);
}

/** Let the browser save a blob under a name. */
export function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function prove(act) {
  try {
    return await withProof(act);
  } catch (problem) {
    if (problem.code === "auth.factor_required") {
      needsFactor.value = true;
      location.hash = "/account"; // nothing else is allowed before
    }
    throw problem;
  }
}

/** Say in words what went wrong: by code, else in the server's own words, else in general. */
export function explain(problem) {
  if (problem instanceof Cancelled) return t("problem.cancelled");
  if (!(problem instanceof Problem)) return sayStopped(problem) ?? reportBug(problem);
  for (const key of [`problem.${problem.code}`, problem.code]) if (hasText(key)) return t(key);
  if (problem.status === 404) return t("problem.gone");
  if (problem.status === 403) return t("problem.forbidden");
  return [problem.title, problem.detail].filter(Boolean).join(": ") || t("problem.other");
}

/** A mistake of the desk itself: the console says what, the person reads that it did not work. */
function reportBug(error) {
  console.error(error);
  return t("problem.other");
}

/** Show a short line that goes by itself, and say it aloud. */
export function say(text, { bad = false } = {}) {
  toast.value = { text, bad };
  announce(text, { urgent: bad });
}

/** Show what went wrong. */
export function complain(problem) {
  say(explain(problem), { bad: true });
}

/** Say whether a coordinator sits here; else it is an admin. */
export function isCoordinator() {
  return me.value?.role === "coordinator";
}

/** Return somebody's name. */
export function nameOf(id) {
  if (id === null || id === undefined) return t("person.nobody");
  if (id === me.value?.id) return t("person.you", { name: me.value.display_name });
  return people.value.get(id)?.display_name ?? t("person.unknown");
}

/** Fetch the names of the team. */
export async function loadPeople() {
  const found = new Map();
  let after = null;
  do {
    const page = await request("GET", `/people?limit=${PAGE}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
    for (const one of page.people) found.set(one.id, one);
    after = page.more ? page.people.at(-1).id : null;
  } while (after);
  people.value = found;
}

/** Learn what the themes are called, the team's own among them. */
export async function loadThemes() {
  const { themes } = await request("GET", "/buddy-themes");
  const take = (language) => Object.fromEntries(themes.map((one) => [`theme.${one.code}`, one[language]]));
  addWords({ nl: take("nl"), en: take("en") });
}

/** Return those with one of these roles who may work, by name. */
export function listRole(...roles) {
  const found = [...people.value.values()].filter((one) => roles.includes(one.role) && one.standing !== "suspended");
  return found.sort((one, other) => one.display_name.localeCompare(other.display_name));
}

const hears = new Set();

/** Hand an event of the log to whoever waits for its kind. */
export function emit(event) {
  for (const hear of [...hears]) if (hear.kinds.some((kind) => event.kind.startsWith(kind))) hear.act(event);
}

/** Call `act(event)` for events whose kind begins with one of these. Returns a function that stops it. */
export function hear(kinds, act) {
  const entry = { kinds, act };
  hears.add(entry);
  return () => hears.delete(entry);
}

/**
 * Load something, again when `deps` change, and again shortly after an event of `kinds` came.
 * Returns `{data, problem, reload}`; what is shown stays while it is loaded anew.
 */
export function useLoad(load, deps = [], kinds = []) {
  const [state, setState] = useState({ data: null, problem: null, of: null });
  const turn = useRef(0);
  const newest = useRef(null);
  const reload = useCallback(async () => {
    if (newest.current !== reload) return newest.current(); // kept from an earlier drawing: what is shown now is meant
    const own = ++turn.current;
    try {
      const data = await load();
      if (own === turn.current) setState({ data, problem: null, of: reload });
    } catch (problem) {
      if (own === turn.current) setState((old) => ({ ...old, problem, of: reload }));
    }
  }, deps);
  newest.current = reload;
  useEffect(() => {
    reload();
    return () => void (turn.current += 1);
  }, [reload]);
  useEffect(() => {
    let timer = null;
    const stop = hear(kinds.length ? [...kinds, "snapshot"] : [], () => {
      clearTimeout(timer);
      timer = setTimeout(reload, TOGETHER_MS);
    });
    return () => (clearTimeout(timer), stop());
  }, [reload]);
  return state.of === reload ? { ...state, reload } : { data: null, problem: null, reload };
}
