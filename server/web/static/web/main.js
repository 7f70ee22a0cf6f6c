// The door of the page: signed in or not.
import { startIntro } from "./intro.js";
import { findToken } from "./session.js";
import { startTalk } from "./talk.js";

if (findToken()) startTalk();
else startIntro(document.documentElement.dataset.storage === "none" ? "storage" : sessionNote());

function sessionNote() {
  const note = history.state?.note ?? null;
  if (note) history.replaceState(null, "");
  return note;
}
