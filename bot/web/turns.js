// One question and what came of it, as an entry of the log.

import { asks } from "./check.js";
import { answerCard, asText } from "./answer.js";
import { button, h, paragraphs } from "./dom.js";
import { tools } from "./rating.js";
import { ANSWER, NOTICE, STATES } from "./words.js";

/**
 * The entry of a turn. `does`: `say`, `open`, `retry(turn)`, `edit(turn)`, `rate(turn, rating)`, `page(href)`, `tell(text)`;
 * `around`: `latest`, `reply`, `most` (characters).
 */
export function entry(turn, does, around) {
  const article = h("li", { class: "turn", data: { id: turn.id, state: turn.state } },
    h("div", { class: "asked" }, h("span", { class: "unseen" }, `${ANSWER.you}：`), h("bdi", {}, paragraphs(turn.text))));
  if (turn.state === "waiting") article.append(waiting());
  if (turn.state === "failed") article.append(failed(turn, does, around.most));
  if (turn.state === "done") article.append(answered(turn, does, around));
  return article;
}

function answered(turn, does, around) {
  const { payload } = turn;
  const card = h("article", { class: `answer ${payload.kind}${asks(payload) && payload.kind !== "question" ? " question" : ""}`, tabindex: "-1" }, answerCard(payload, does, around));
  if (!["question", "chat", "clarify"].includes(payload.kind)) {
    card.append(tools(turn, {
      rate: (rating) => does.rate(turn, rating),
      copy: () => copyText(asText(turn.text, payload, does.page, NOTICE), card),
      tell: does.tell,
    }));
  }
  return card;
}

function waiting() {
  return h("div", { class: "pending" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("p", {}, STATES.sending));
}

/** What went wrong, in words, and the way on. */
function failed(turn, does, most) {
  const text = h("p", {}, troubleWords(turn, most));
  const retry = button(STATES.retry, () => does.retry(turn), { kind: "primary", drawing: "restart" });
  const edit = button(STATES.edit, () => does.edit(turn), { kind: "quiet" });
  const left = Math.ceil(((turn.until ?? 0) - Date.now()) / 1000);
  if (turn.trouble === "limited" && left > 0) {
    retry.disabled = true;
    const timer = setInterval(() => {
      const seconds = Math.ceil((turn.until - Date.now()) / 1000);
      text.textContent = seconds > 0 ? STATES.limited(seconds) : STATES.limited_over;
      if (seconds <= 0 || !text.isConnected) {
        clearInterval(timer);
        retry.disabled = false;
      }
    }, 1000);
  }
  return h("div", { class: "failed", role: "group", "aria-label": troubleWords(turn, most) }, text, h("div", { class: "row" }, turn.trouble !== "too_long" && retry, edit));
}

/** The sentence for a turn that failed. */
export function troubleWords(turn, most) {
  const words = STATES[turn.trouble] ?? STATES.other;
  if (turn.trouble === "too_long") return words(most);
  return turn.trouble === "limited" ? words(Math.max(1, Math.ceil((turn.until - Date.now()) / 1000))) : words;
}

/** Put text on the clipboard, the old way where the new one is not allowed. */
async function copyText(text, place) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "unseen", readonly: true });
    area.value = text;
    place.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
