// Thumbs with a reason, and copying, below an answer.

import { Trouble } from "./api.js";
import { button, h } from "./dom.js";
import { ANSWER, RATING } from "./words.js";

let serial = 0;

/** The tools of an answer. `does` has `rate(rating)` (a promise), `copy()` (a promise of success) and `tell(text)`. */
export function tools(turn, does) {
  const place = h("div", { class: "tools" });
  const draw = () => {
    const thumb = (verdict) => button(null, () => give(verdict), {
      kind: "tool", drawing: verdict, name: RATING[verdict], title: RATING[verdict], "aria-pressed": String(turn.verdict === verdict),
    });
    place.replaceChildren(copyButton(does), thumb("up"), thumb("down"));
  };
  const give = async (verdict) => {
    try {
      await does.rate({ verdict });
      turn.verdict = verdict;
      draw();
      place.querySelector(`[aria-label="${RATING[verdict]}"]`).focus();
      if (verdict === "up") said(place, RATING.thanks, does);
      else {
        const form = reasonForm(place, does);
        place.append(form);
        form.scrollIntoView({ block: "nearest" });
      }
    } catch (error) {
      said(place, words(error), does);
    }
  };
  draw();
  return place;
}

function copyButton(does) {
  const copy = button(ANSWER.copy, async () => {
    const done = await does.copy();
    does.tell(done ? ANSWER.copied : ANSWER.not_copied);
    copy.querySelector("span").textContent = done ? ANSWER.copied : ANSWER.not_copied;
    setTimeout(() => (copy.querySelector("span").textContent = ANSWER.copy), 4000);
  }, { kind: "tool wide", drawing: "copy" });
  return copy;
}

function reasonForm(place, does) {
  const name = `reason-${(serial += 1)}`;
  const reasons = Object.entries(RATING.reasons).map(([value, text]) => h("label", { class: "choice" }, h("input", { type: "radio", name, value }), h("span", {}, text)));
  const comment = h("textarea", { id: `${name}-comment`, rows: "2", maxlength: "500" });
  const form = h("form", {
    class: "reasons",
    onsubmit: async (event) => {
      event.preventDefault();
      const reason = form.querySelector(":checked")?.value;
      try {
        await does.rate({ verdict: "down", ...(reason && { reason }), ...(comment.value.trim() && { comment: comment.value.trim() }) });
        form.remove();
        said(place, RATING.thanks, does);
      } catch (error) {
        said(place, words(error), does);
      }
    },
  },
  h("fieldset", {}, h("legend", {}, RATING.why), reasons),
  h("label", { class: "field", for: comment.id }, RATING.comment), comment,
  h("p", { class: "fine" }, RATING.keeps),
  h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, RATING.send), button(RATING.cancel, () => form.remove(), { kind: "quiet" })));
  return form;
}

function said(place, text, does) {
  place.querySelector(".said")?.remove();
  place.append(h("p", { class: "said" }, text));
  does.tell(text);
}

function words(error) {
  if (!(error instanceof Trouble)) throw error;
  return error.code === "not_found" || error.code.startsWith("session_") ? RATING.gone : RATING.failed;
}
