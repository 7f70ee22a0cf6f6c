// The duty pool on the page: a youth asks for whoever has duty, an expert with duty says that they are there.
import { Problem } from "./api.js";
import { byId, showText } from "./dom.js";
import { t } from "./i18n.js";

export class Duty {
  #call;
  #openTalk;
  #offer = null;

  /** `openTalk(c)` is called when somebody wants to see the talk that has begun. */
  constructor(call, openTalk) {
    this.#call = call;
    this.#openTalk = openTalk;
  }

  /** A youth's door: ask, and say that it was asked. */
  async ask() {
    this.#say("duty.asking");
    try {
      await this.#call("POST", "/duty-requests");
      this.#say("duty.asked");
    } catch (error) {
      this.#say(error instanceof Problem && error.code === "duty.closed" ? "duty.closed" : "duty.failed");
    }
  }

  /** Take an event of the pool. */
  take(event) {
    if (event.kind === "duty.offered") this.#show(event.request);
    if (event.kind === "duty.taken" && event.request === this.#offer) this.#hide();
    if (event.kind === "duty.closed") this.#say("duty.closed");
    if (event.kind === "duty.claimed") this.#say("duty.found", "duty.open", () => this.#enter(event.c));
  }

  #show(request) {
    this.#offer = request;
    this.#say("duty.offered", "duty.claim", () => this.#claim(request));
  }

  async #claim(request) {
    this.#say("duty.claiming");
    try {
      this.#enter((await this.#call("POST", `/duty-requests/${request}/claim`)).conversation);
    } catch (error) {
      this.#say(error instanceof Problem && error.status < 500 ? "duty.gone" : "duty.failed");
    }
  }

  #enter(c) {
    this.#hide();
    this.#openTalk(c);
  }

  #hide() {
    this.#offer = null;
    byId("duty").hidden = true;
  }

  #say(key, button = null, onPress = null) {
    byId("duty").hidden = false;
    showText(byId("duty-text"), t(key));
    showText(byId("duty-action"), button ? t(button) : "");
    byId("duty-action").onclick = onPress;
  }
}
