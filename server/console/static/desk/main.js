// The desk begins: words, who is signed in, the line to the server, and the frame around the screens.
import { effect, html, render } from "../lib/ui.js";
import { endSession, onSessionOver } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { connect } from "../lib/live.js";
import { proof } from "../lib/proof.js";
import { findToken, forget } from "../lib/session.js";
import "./words/index.js";
import { call, emit, isCoordinator, line, loadPeople, loadThemes, me } from "./store.js";
import { Shell } from "./shell.js";
import { SignIn } from "./signin.js";
import { watchOpen } from "./watch.js";

const PATIENCE_MS = 2_500;
const PEOPLE_EVERY_MS = 5 * 60_000;
const DESK_ROLES = ["coordinator", "admin"];
const root = document.getElementById("desk");
let ends = [];

/** Show the desk to who may sit at it, else the way in. */
async function begin() {
  if (!findToken()) return showDoor();
  try {
    const person = await call("GET", "/me");
    if (!DESK_ROLES.includes(person.role)) return location.assign("/");
    me.value = person;
    open();
  } catch (problem) {
    if (problem.status === 401) return showDoor({ over: true });
    showDoor({ problem });
  }
}

function open() {
  let show = () => {
    show = () => {};
    render(html`<${Shell} signOut=${signOut} />`, root);
  };
  // The line tells the server's time: gaps and clocks of a device that is days off would be wrong before it.
  setTimeout(() => me.value && show(), PATIENCE_MS);
  render(html`<main class="plain" id="main"><p aria-busy="true">${t("action.loading")}</p></main>`, root);
  const link = connect({
    shareAs: me.value.id,
    onEvent: emit,
    onSnapshot: () => emit({ kind: "snapshot" }),
    onState: (state, reason) => {
      line.value = { state, reason };
      if (state === "live") show();
    },
  });
  const nudge = () => document.visibilityState === "visible" && link.nudge();
  addEventListener("online", nudge);
  document.addEventListener("visibilitychange", nudge);
  const names = setInterval(() => loadPeople().catch(() => {}), PEOPLE_EVERY_MS);
  loadPeople().catch(() => {});
  // An admin keeps people and their ways in: no escalations, no profiles, no hours.
  if (isCoordinator()) loadThemes().catch(() => {});
  const watch = isCoordinator() ? watchOpen() : () => {};
  ends = [() => link.stop(), watch, () => clearInterval(names), () => removeEventListener("online", nudge)];
}

async function signOut() {
  await endSession().catch(() => {}); // without a network the session ends by its own clock
  leave();
}

function leave(why = {}) {
  ends.forEach((end) => end());
  ends = [];
  me.value = null;
  proof.value?.cancel();
  forget();
  showDoor(why);
}

function showDoor(why = {}) {
  render(html`<${SignIn} onSignedIn=${begin} retry=${begin} ...${why} />`, root);
}

onSessionOver(() => me.value && leave({ over: true }));

effect(() => {
  const { state, reason } = line.value;
  if (state === "away" && ["signed_out", "expired", "suspended"].includes(reason) && me.value) leave({ over: true });
});

begin();
