// Draws the items of a conversation; nodes are kept by key, so that a message keeps its place while its state moves on.
import { make, makeButton } from "./dom.js";
import { clockTime, hasText, momentName, t } from "./i18n.js";

export class Thread {
  #list;
  #actions;
  #drawn = new Map();

  /** `actions`: `withdraw(message)`, `edit(entry)`, `discard(entry)`, `help()`, `duty()`. */
  constructor(list, actions) {
    this.#list = list;
    this.#actions = actions;
  }

  /** Show these items; `people` is `{name, isYouth, answer}`: whom one talks with, whether the reader is the youth, the server's honest answer. */
  draw(items, people) {
    this.#removeAllBut(new Set(items.map((item) => item.key)));
    const drawn = new Map();
    let before = this.#list.firstChild;
    for (const item of items) {
      const one = this.#drawOne(item, people);
      drawn.set(item.key, one);
      if (one.node === before) before = before.nextSibling;
      else this.#list.insertBefore(one.node, before);
    }
    this.#drawn = drawn;
  }

  #removeAllBut(keys) {
    for (const [key, { node }] of this.#drawn) if (!keys.has(key)) node.remove();
  }

  #drawOne(item, people) {
    const signature = JSON.stringify([item, people.name, people.answer]);
    const known = this.#drawn.get(item.key);
    if (known?.signature === signature) return known;
    const node = known?.node ?? make("li");
    if (item.day) this.#fillDay(node, item);
    else this.#fillMessage(node, item.message, people);
    return { node, signature };
  }

  #fillDay(node, item) {
    node.className = "day";
    node.replaceChildren(make("span", {}, item.day));
  }

  #fillMessage(node, message, people) {
    const ends = message.endsRun ? " ends-run" : "";
    node.className = `message ${message.isMine ? "mine" : "theirs"}${ends}`;
    node.dataset.place = message.place ?? "";
    const text = message.gone ? t(`message.${message.gone}`) : message.body;
    const bubble = make("div", { class: message.gone ? "bubble gone" : "bubble" }, text);
    const who = make("span", { class: "unseen" }, `${message.isMine ? t("message.mine") : people.name}: `);
    bubble.prepend(who);
    node.replaceChildren(bubble, ...this.#smallPrint(message, people));
  }

  #smallPrint(message, people) {
    const place = message.showsPlace && hasText(`state.${message.place}`) ? placeText(message.place, people) : "";
    const parts = [];
    if (message.endsRun || place) parts.push(metaLine(message, place));
    if (message.place === "held") parts.push(...this.#heldLine(message, people));
    if (message.place === "failed") parts.push(...this.#failedLine(message.entry));
    return parts;
  }

  #heldLine(message, people) {
    const withdraw = makeButton(t("held.withdraw"), "quiet", () => this.#actions.withdraw(message));
    const buttons = make("p", { class: "buttons" }, withdraw);
    if (!message.isLastOfPlace) return [buttons];
    if (people.answer?.dutyIsOpen) buttons.append(makeButton(t("held.duty"), "quiet", () => this.#actions.duty()));
    buttons.append(makeButton(t("held.help"), "quiet", () => this.#actions.help()));
    return [make("p", { class: "held" }, people.answer?.text ?? heldText(message.hold, people.name)), buttons];
  }

  #failedLine(entry) {
    const reason = `failed.${entry.failed}`;
    const edit = makeButton(t("failed.edit"), "quiet", () => this.#actions.edit(entry));
    const discard = makeButton(t("failed.discard"), "quiet", () => this.#actions.discard(entry));
    const text = make("p", { class: "failed" }, t(hasText(reason) ? reason : "failed.other"));
    return [text, make("p", { class: "buttons" }, edit, discard)];
  }
}

/** Say honestly when a held message will be read. */
export function heldText(hold, name) {
  const when = hold?.opens_at ? new Date(hold.opens_at) : null;
  return when ? t("held.when", { name, when: momentName(when) }) : t("held.unknown", { name });
}

function metaLine(message, place) {
  const time = make("time", { datetime: message.at.toISOString() }, clockTime(message.at));
  const state = place ? make("span", { class: "place" }, place) : null;
  return make("p", { class: "meta" }, time, state);
}

function placeText(place, { name, isYouth }) {
  if (place === "delivered" && isYouth) return t("state.delivered.buddy");
  return t(`state.${place}`, { name });
}
