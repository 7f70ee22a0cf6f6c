// The conversation in which a coordinator is, with everybody knowing: read what came since, answer, take over, hand back.
import { html, useEffect, useRef, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { makeUuid } from "../lib/uuid.js";
import { clockTime } from "../lib/time.js";
import { Chip, Empty, KeyButton, Loaded, Panel } from "./parts.js";
import { call, complain, explain, me, nameOf, say, useLoad } from "./store.js";

const PAGE = 100;
const MOST_LETTERS = 4000;

/** Messages of a conversation, kept fresh by the events of the log; with `marks` the others see that they were read. */
export function Messages({ conversation, empty, marks = false, kinds = ["msg.", "snapshot"] }) {
  const page = useLoad(() => call("GET", `/conversations/${conversation}/messages?limit=${PAGE}`), [conversation], kinds);
  const box = useRef(null);
  const last = page.data?.messages.at(-1)?.seq ?? 0;
  useEffect(() => {
    if (marks && last && document.visibilityState === "visible") call("POST", `/conversations/${conversation}/read`, { upto: last }).catch(() => {});
  }, [last]);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [page.data?.messages.length]);
  return html`<${Loaded} of=${page}>${({ messages, more }) => html`
    <div class="messages" ref=${box} tabindex="0" role="log" aria-label=${t("talk.title")}>
      ${more && html`<p class="hint">${t("talk.more")}</p>`}
      ${messages.length === 0 && html`<${Empty}>${empty}<//>`}
      <ol>${messages.map((one) => html`<li key=${one.mid} class=${one.sender === me.value.id ? "own" : ""}>
        <p class="soft">${nameOf(one.sender)} · <time datetime=${one.at}>${clockTime(new Date(one.at))}</time>${one.status === "held" ? ` · ${t("talk.held")}` : ""}</p>
        <p class="bubble">${one.state ? t(`talk.${one.state}`) : one.body}</p>
      </li>`)}</ol>
    </div>
  `}<//>`;
}

export function Talk({ conversation, escalation, refresh }) {
  const isLine = conversation.id !== escalation.c;
  const [isInstead, setInstead] = useState(false);
  const others = conversation.members.filter((member) => member.id !== me.value.id).map((member) => member.display_name);
  const turn = (verb, is) => async () => {
    await call("POST", `/escalations/${escalation.id}/${verb}`);
    setInstead(is);
    say(t(`done.${verb}`));
    await refresh();
  };
  useEffect(() => setInstead(tookOver(escalation)), [escalation]);
  const tools = isLine
    ? html`<${Chip}>${t("talk.line")}<//>`
    : isInstead
      ? html`<${KeyButton} class="ghost small" act=${turn("hand-back", false)}>${t("act.hand_back")}<//>`
      : html`<${KeyButton} class="ghost small" act=${turn("take-over", true)}>${t("act.take_over")}<//>`;
  return html`<${Panel} title=${t("talk.with", { names: others.join(", ") })} tools=${tools} class="talk">
    <p class="hint">${isInstead ? t("talk.instead") : t("talk.seen")}</p>
    <${Messages} conversation=${conversation.id} empty=${t("talk.new")} marks=${true} />
    <${Composer} conversation=${conversation.id} />
  <//>`;
}

/** Tell by the history whether this coordinator answers instead of the expert now. */
function tookOver(escalation) {
  const last = escalation.history.findLast((entry) => ["take_over", "hand_back"].includes(entry.verb));
  return last?.verb === "take_over" && last.by === me.value.id;
}

function Composer({ conversation }) {
  const [text, setText] = useState("");
  const draft = useRef({ m: makeUuid(), body: "" });
  const isSending = useRef(false);
  const send = async () => {
    const body = text.trim();
    if (!body || isSending.current) return;
    isSending.current = true;
    if (draft.current.body !== body) draft.current = { m: makeUuid(), body };
    try {
      await call("POST", `/conversations/${conversation}/messages`, { ...draft.current });
      draft.current = { m: makeUuid(), body: "" };
      setText((typed) => (typed.startsWith(text) ? typed.slice(text.length).trimStart() : typed)); // who types on keeps what came after
    } catch (problem) {
      say(`${t("talk.not_sent")} ${explain(problem)}`, { bad: true });
    } finally {
      isSending.current = false;
    }
  };
  const onKey = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return html`<form class="composer" onSubmit=${(event) => (event.preventDefault(), send().catch(complain))}>
    <label class="unseen" for="talk-text">${t("talk.write")}</label>
    <textarea id="talk-text" rows="2" maxlength=${MOST_LETTERS} placeholder=${t("talk.write")} value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${onKey}></textarea>
    <button type="submit" class="primary">${t("talk.send")}</button>
  </form>`;
}
