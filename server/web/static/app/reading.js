// Tells the server what this person has seen: only what stood on a visible page, and only forward.
import { newestUnread } from "./book.js";

const AFTER_MS = 300;

export class ReadMarks {
  #request;
  #onRead;
  #timer = null;
  #asked = new Map();

  /** `request(type, fields)` is the line's; `onRead()` is called when a mark was taken. */
  constructor(request, onRead) {
    this.#request = request;
    this.#onRead = onRead;
  }

  /** Mark a conversation as read in a moment, if `isSeen()` still holds then. */
  soon(conversation, isSeen) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => isSeen() && this.#mark(conversation), AFTER_MS);
  }

  /** A new line: what was asked on the old one may not have arrived. */
  forget() {
    this.#asked.clear();
  }

  async #mark(conversation) {
    const upto = newestUnread(conversation);
    if ((this.#asked.get(conversation.id) ?? 0) >= upto) return;
    this.#asked.set(conversation.id, upto);
    try {
      await this.#request("read", { c: conversation.id, upto });
      conversation.readUpto = Math.max(conversation.readUpto, upto);
      this.#onRead();
    } catch {
      this.#asked.delete(conversation.id); // the next message, scroll or return to the page asks again
    }
  }
}
