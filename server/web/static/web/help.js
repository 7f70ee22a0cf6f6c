// "I need help now": one tap opens the card at once and calls the team over REST, also while the socket is down.
import { Problem } from "./api.js";
import { openDialog } from "./dialogs.js";
import { announce, byId, showText } from "./dom.js";
import { t } from "./i18n.js";

const AGAIN_MS = 4_000;
const PATIENCE_MS = 5_000; // then it is pressed anew: calls are merged, so one too many costs nothing
const ENDED = ["resolved", "handed_over"];

export class Help {
  #call;
  #calling = false;

  /** `call` is the REST function; the buttons are there for a youth only. */
  constructor(call, { role }) {
    this.#call = call;
    this.isYouth = role === "youth";
    for (const button of document.querySelectorAll("[data-help-now]")) {
      button.hidden = !this.isYouth;
      button.addEventListener("click", () => this.press());
    }
  }

  /** Show the card, then call until the team has been reached: pressing more often is never wrong. */
  async press() {
    showText(byId("help-now-next"), t("help.calling"));
    openDialog("help-now");
    if (this.#calling) return;
    this.#calling = true;
    while (!(await this.#reach())) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    this.#calling = false;
  }

  /** Ask where an earlier call stands: after a reload, and when the line comes back. */
  async look() {
    if (!this.isYouth) return;
    try {
      this.#show(await this.#call("GET", "/help/current"));
    } catch {
      // The line says that there is no connection; what was shown stays.
    }
  }

  /** Take an event about the youth's own call: its sentence says what happens next. */
  take(event) {
    if (!this.isYouth || !event.text) return;
    this.#show({ escalation: { state: event.state }, next: event.text });
    announce(event.text);
  }

  async #reach() {
    try {
      this.#show(await Promise.race([this.#call("POST", "/help", {}), giveUp()]));
      return true;
    } catch (error) {
      const isFinal = error instanceof Problem && error.status < 500;
      showText(byId("help-now-next"), t(isFinal ? "help.refused" : "help.unreached"));
      return isFinal;
    }
  }

  #show({ escalation, next }) {
    showText(byId("help-now-next"), next);
    const isOn = escalation !== null && !ENDED.includes(escalation.state);
    showText(byId("help-state"), isOn || byId("help-state").textContent ? next : "");
    if (escalation === null) showText(byId("help-state"), "");
  }
}

function giveUp() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("no answer yet")), PATIENCE_MS));
}
