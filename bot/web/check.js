// One question of a guided check: where we are, the question, its options, and the ways out.

import { button, h, paragraphs, plain } from "./dom.js";
import { CHECK, KINDS } from "./words.js";

const PROGRESS = "进度";
const BEHIND = /^接着核对：/;

/** How far a check is: `{place, behind}` from 第2问，后面最多还有3问 (or 最后一问: none behind it); null where nothing says so. */
export function progress(sections) {
  const words = sections.find((section) => section.heading === PROGRESS)?.items[0] ?? "";
  const match = /第(\d+)问，(?:后面最多还有(\d+)问|最后一问)/.exec(words);
  return match && { place: Number(match[1]), behind: Number(match[2] ?? 0) };
}

/** Does a check ask its next question here, be it behind a conclusion so far? */
export const asks = ({ kind, sections }) => kind === "question" || progress(sections) !== null;

/** A conclusion so far, behind which the check goes on, as two payloads: the answer and the question. */
export function parted(payload) {
  const lines = payload.summary.split("\n");
  const next = lines.pop().replace(BEHIND, "");
  return [
    { ...payload, summary: lines.join("\n"), sections: payload.sections.filter((section) => section.heading !== PROGRESS), suggestions: [] },
    { ...payload, kind: "question", summary: next },
  ];
}

/** The card of a question. A question that is not the latest shows what was chosen and takes no more answers. */
export function checkQuestion({ title, summary, sections, suggestions }, does, { latest, reply }) {
  const lines = plain(summary).split("\n").filter(Boolean);
  const asks = lines.pop() ?? "";
  const at = progress(sections);
  const options = suggestions.filter(({ payload }) => !CHECK.controls.includes(payload));
  const controls = suggestions.filter(({ payload }) => CHECK.controls.includes(payload));
  const choice = ({ title: name, payload }, kind) => {
    const chosen = !latest && reply === payload;
    return button(name, () => does.say(payload), { kind: `${kind}${chosen ? " chosen" : ""}`, disabled: !latest, drawing: chosen ? "chosen" : null });
  };
  return [
    h("p", { class: "kind is-question" }, `${KINDS.question}：`, title),
    at && h("div", { class: "progress" },
      h("progress", { max: at.place + at.behind, value: at.place - 1, "aria-label": CHECK.place(at.place, at.behind) }),
      h("span", { "aria-hidden": "true" }, CHECK.place(at.place, at.behind))),
    lines.length > 0 && h("div", { class: "lead" }, paragraphs(lines.join("\n"))),
    h("h3", { tabindex: "-1" }, asks),
    h("ul", { class: "options", "aria-label": CHECK.options }, options.map((option) => h("li", {}, choice(option, "option")))),
    (latest || controls.some(({ payload }) => payload === reply)) &&
      h("ul", { class: "controls", "aria-label": CHECK.more }, controls.map((control) => h("li", {}, choice(control, "quiet")))),
  ];
}

