// A small desk for the demo: a coordinator sees who asks for help, live, and answers. The whole desk comes later.
import { byId, make, makeButton, showText, announce } from "./dom.js";
import { clockTime, t } from "./i18n.js";

const STEPS = { open: "acknowledge", acknowledged: "join", in_progress: "resolve" };
const BODIES = { join: {}, resolve: { outcome: "safe" } };
const OVER = ["resolved", "handed_over"];

export class Desk {
  #call;
  #openTalk;
  #isOn;

  /** `openTalk(c)` is called when the coordinator has joined a conversation. */
  constructor(call, { role }, openTalk) {
    this.#call = call;
    this.#openTalk = openTalk;
    this.#isOn = role === "coordinator";
  }

  /** An event said that something moved: look at the list again. */
  take(event) {
    if (!this.#isOn) return;
    if (event.kind === "escalation.opened") announce(t("desk.new"));
    this.look();
  }

  /** Fetch what is open and draw it. */
  async look() {
    if (!this.#isOn) return;
    try {
      const { escalations } = await this.#call("GET", "/escalations");
      this.#draw(escalations.filter((one) => !OVER.includes(one.state)));
    } catch {
      showText(byId("desk-note"), t("desk.failed"));
    }
  }

  #draw(escalations) {
    byId("desk").hidden = false;
    showText(byId("desk-note"), escalations.length ? "" : t("desk.none"));
    byId("desk-list").replaceChildren(...escalations.map((one) => this.#drawOne(one)));
  }

  #drawOne(one) {
    const said = t("desk.line", { level: t(`desk.level.${one.level}`), when: clockTime(new Date(one.opened_at)) });
    const words = make("span", { class: "row-words" }, make("strong", {}, said), make("small", {}, t(`desk.state.${one.state}`)));
    const step = STEPS[one.state];
    return make("li", { "data-level": one.level }, words, makeButton(t(`desk.${step}`), "primary", () => this.#take(one, step)));
  }

  async #take(one, step) {
    try {
      const answer = await this.#call("POST", `/escalations/${one.id}/${step}`, BODIES[step]);
      if (step === "join" && answer.conversation) this.#openTalk(answer.conversation);
      await this.look();
    } catch {
      await this.look(); // a colleague was first, perhaps: the list as it is now says so
      showText(byId("desk-note"), t("desk.gone"));
    }
  }
}
