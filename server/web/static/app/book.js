// What this page knows: conversations, their messages by seq, and how far everybody is. Takes events, draws nothing.

const REFRESHING = new Set(["conv.new", "member.changed", "availability.changed"]);
const GONE = new Set(["withdrawn", "erased"]);

export class Book {
  #me;
  #conversations = new Map();

  /** `me` is the own user id. */
  constructor(me) {
    this.#me = me;
  }

  /** Return the conversations: the one with the newest message first. */
  list() {
    return [...this.#conversations.values()].sort((one, other) => newestAt(other) - newestAt(one));
  }

  /** Return a conversation, or undefined. */
  find(c) {
    return this.#conversations.get(c);
  }

  /** Start afresh from a snapshot: what was missed is unknown, so nothing of before is kept. */
  reset(shapes) {
    this.#conversations.clear();
    this.update(shapes);
    for (const shape of shapes) if (shape.messages) this.addPage(shape.id, shape, { isNewest: true });
  }

  /** Take the whole list of conversations; messages stay. Returns those that are not this person's any more. */
  replace(shapes) {
    const listed = new Set(shapes.map((shape) => shape.id));
    const gone = this.list().filter((conversation) => !listed.has(conversation.id));
    for (const { id } of gone) this.#conversations.delete(id);
    this.update(shapes);
    return gone;
  }

  /** Take conversations as they stand now; messages stay. */
  update(shapes) {
    for (const shape of shapes) {
      const known = this.#conversations.get(shape.id) ?? this.#emptyConversation(shape.id);
      this.#conversations.set(shape.id, merge(known, shape, this.#me));
    }
  }

  /** Take a page of history. `isNewest` says that nothing newer was left out when it was asked for. */
  addPage(c, page, { isNewest }) {
    const conversation = this.#conversations.get(c);
    if (!conversation) return;
    for (const message of page.messages) this.#keep(conversation, message);
    if (isNewest) conversation.loaded = true;
    const lowest = page.messages[0]?.seq ?? conversation.oldest ?? 1;
    conversation.oldest = Math.min(conversation.oldest ?? lowest, lowest);
    conversation.complete = !page.more;
  }

  /** Take the server's answer to an own message. */
  sent(entry, answer) {
    const conversation = this.#conversations.get(entry.c);
    if (!conversation) return;
    this.#keep(conversation, { ...answer, sender: this.#me, body: entry.body, m: entry.m, reply_to: entry.replyTo });
  }

  /** Take one event of the log. Returns "refresh" when the list of conversations must be asked for again. */
  apply(event) {
    const conversation = this.#conversations.get(event.c);
    if (REFRESHING.has(event.kind)) return "refresh";
    if (!conversation) return event.kind === "msg.new" ? "refresh" : null;
    APPLY[event.kind]?.(conversation, event, (message) => this.#keep(conversation, message));
    return null;
  }

  #emptyConversation(id) {
    const marks = { lastSeq: 0, readUpto: 0, theirDelivered: 0, theirRead: 0 };
    return { id, ...marks, messages: new Map(), loaded: false, oldest: null, complete: false, closed: false };
  }

  #keep(conversation, message) {
    const known = conversation.messages.get(message.seq);
    const isMine = message.sender === this.#me;
    conversation.lastSeq = Math.max(conversation.lastSeq, message.seq);
    conversation.messages.set(message.seq, {
      key: known?.key ?? message.m ?? message.mid,
      seq: message.seq,
      mid: message.mid,
      m: message.m ?? known?.m ?? null,
      isMine,
      sender: message.sender,
      replyTo: message.reply_to ?? known?.replyTo ?? null,
      body: message.body ?? known?.body ?? "",
      at: new Date(message.at),
      // Only the answer to `send` says why a message waits; the event of the same message must not take that away.
      hold: message.status === "held" ? (message.hold ?? {}) : (known?.hold ?? null),
      gone: GONE.has(message.state) ? message.state : (known?.gone ?? null),
    });
  }
}

/** Say where an own message is: gone, held, read, delivered or stored. */
export function placeOf(conversation, message) {
  if (message.gone) return "gone";
  if (message.seq <= conversation.theirRead) return "read";
  if (message.seq <= conversation.theirDelivered) return "delivered";
  return message.hold ? "held" : "stored";
}

/** Return the seq of the newest message of somebody else that is not read yet, or 0. Before history is loaded the counts decide. */
export function newestUnread(conversation) {
  if (conversation.lastSeq <= conversation.readUpto) return 0;
  if (!conversation.loaded && conversation.messages.size === 0) return conversation.lastSeq;
  const theirs = [...conversation.messages.values()].filter((message) => !message.isMine);
  const newest = Math.max(0, ...theirs.map((message) => message.seq));
  return newest > conversation.readUpto ? newest : 0;
}

const APPLY = {
  "msg.new": (_, event, keep) => keep(event),
  "msg.update": (conversation, event, keep) => {
    const known = conversation.messages.get(event.seq);
    if (known) keep({ ...known, reply_to: known.replyTo, state: event.state });
  },
  "receipt.delivered": (conversation, event) => {
    conversation.theirDelivered = Math.max(conversation.theirDelivered, event.upto);
  },
  "receipt.read": (conversation, event) => {
    conversation.theirDelivered = Math.max(conversation.theirDelivered, event.upto);
    conversation.theirRead = Math.max(conversation.theirRead, event.upto);
  },
  "self.read": (conversation, event) => {
    conversation.readUpto = Math.max(conversation.readUpto, event.upto);
  },
  "answer.given": (conversation, event) => {
    const duty = event.doors.find((one) => one.door === "duty");
    conversation.answer = { text: event.text, dutyIsOpen: duty?.open === true };
  },
  "gate.opened": (conversation, event) => {
    conversation.answer = null;
    for (const message of conversation.messages.values()) if (message.seq <= event.upto) message.hold = null;
  },
  "conv.closed": (conversation) => {
    conversation.closed = true;
  },
};

function merge(known, shape, me) {
  const others = (shape.members ?? []).filter((member) => member.id !== me);
  const furthest = (name) => Math.max(0, ...others.map((member) => member[name] ?? 0));
  return Object.assign(known, {
    kind: shape.kind,
    members: shape.members ?? [],
    gate: shape.gate ?? null,
    name: shape.counterpart?.display_name ?? others.map((member) => member.display_name).join(", "),
    counterpart: shape.counterpart ?? null,
    lastSeq: Math.max(known.lastSeq, shape.visible_upto ?? 0),
    readUpto: Math.max(known.readUpto, shape.read_upto ?? 0),
    theirDelivered: Math.max(known.theirDelivered, furthest("delivered_upto")),
    theirRead: Math.max(known.theirRead, furthest("read_upto")),
    closed: known.closed || shape.state === "closed",
  });
}

function newestAt(conversation) {
  return conversation.messages.get(conversation.lastSeq)?.at?.getTime() ?? 0;
}
