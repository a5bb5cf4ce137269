// An answer of the contract (ip-law-answer/1) as a card: conclusion first, the rest folded when long, grounds as chips.

import { button, h, icon, paragraphs, plain } from "./dom.js";
import { asks, checkQuestion, parted } from "./check.js";
import { ANSWER, KINDS, REASONS_FOR_REFUSAL } from "./words.js";

const OPEN_CHARACTERS = 260; // of sections that are shown unfolded
const PREVIEW = 96;
const STEPS = ["办理步骤", "计算过程"];
const NOT_IN_FORCE = { not_yet_in_force: "尚未施行", superseded: "已被修改", repealed: "已废止" };

/**
 * The card of a turn. `does` has `say(text)` (a suggestion was chosen) and `open(citation, opener)`;
 * `latest`: nothing was said after it; `reply`: what was said next.
 */
export function answerCard(payload, does, { latest, reply }) {
  const { kind, title, summary, citations, sections, suggestions } = payload;
  if (kind === "question") return checkQuestion(payload, does, { latest, reply });
  if (asks(payload)) {
    const [answer, question] = parted(payload);
    return [...answerCard(answer, does, {}), ...checkQuestion(question, does, { latest, reply })];
  }
  const label = kind === "refuse" ? REASONS_FOR_REFUSAL[payload.reason] ?? KINDS.refuse : KINDS[kind];
  const listed = kind === "related" || (kind === "provision" && citations.length > 1);
  const law = kind === "provision" && citations.length === 1;
  return [
    label && h("p", { class: `kind is-${plain(kind)}` }, label),
    title && kind !== "chat" && h("h3", { tabindex: "-1" }, whole(kind === "refuse" && title.startsWith("《") ? ANSWER.governed(title) : title)),
    law ? h("blockquote", { class: "law" }, paragraphs(summary)) : h("div", { class: "conclusion" }, paragraphs(summary)),
    citations.length > 0 && (listed ? passages(citations, does) : chips(citations, does)),
    sectionList(sections),
    suggestions.length > 0 && h("div", { class: "next" }, h("h4", {}, kind === "clarify" ? ANSWER.choose : ANSWER.next), choices(suggestions, does.say)),
  ];
}

/** A heading whose name of a law is not broken where the line has room for it. */
const whole = (title) => plain(title).split(/(?<=》)|(?=《)/).map((part) => h("span", {}, part));

function sectionList(sections) {
  let shown = 0;
  return sections.filter((section) => section.items.length).map(({ heading, items }) => {
    shown += items.join("").length;
    const list = h(STEPS.includes(heading) ? "ol" : "ul", {}, items.map((item) => h("li", {}, statement(item))));
    return h("details", { class: "section", open: shown <= OPEN_CHARACTERS },
      h("summary", {}, h("h4", {}, heading), h("span", { class: "count" }, ANSWER.items(items.length)), icon("on")), list);
  });
}

/** A line and, muted behind it, the provisions it rests on: `……〔第五十条第一款〕`. */
function statement(item) {
  const match = /^(.*?)\s*〔([^〔〕]+)〕$/s.exec(item);
  return match ? [match[1], h("span", { class: "by" }, `〔${match[2]}〕`)] : item;
}

/** 专利法第五十条第一款. */
export function chipLabel({ label, document }) {
  return plain(label).replace(`《${document.title.replace(/^《|》$/g, "")}》`, document.short_title);
}

/** A button that opens a provision, and a mark where that is not in force. */
function chip(citation, does) {
  const status = NOT_IN_FORCE[citation.document.status];
  const open = (event) => does.open(citation, event.currentTarget);
  return [button(chipLabel(citation), open, { kind: "chip", drawing: "book", "aria-haspopup": "dialog" }), status && h("span", { class: "badge" }, status)];
}

function chips(citations, does) {
  const items = citations.map((citation) => h("li", {}, chip(citation, does)));
  return h("div", { class: "grounds" }, h("h4", {}, ANSWER.grounds, h("span", { class: "count" }, ANSWER.grounds_hint)), h("ul", { class: "chips" }, items));
}

/** Several provisions, each with the beginning of its text. */
function passages(citations, does) {
  return h("ul", { class: "passages" }, citations.map((citation) => {
    const quote = plain(citation.quote);
    const beginning = quote.length > PREVIEW ? `${quote.slice(0, PREVIEW)}……` : quote;
    return h("li", {}, h("blockquote", { class: "law" }, paragraphs(beginning)), chip(citation, does));
  }));
}

/** Questions to choose from: `{title, payload}` each. */
export function choices(entries, say) {
  return h("ul", {}, entries.map(({ title, payload }) => h("li", {}, button(title, () => say(payload), { kind: "suggestion", drawing: "on" }))));
}

/** An answer as text with everything it rests on, to be pasted elsewhere. `page(href)` gives whole addresses. */
export function asText(question, payload, page, notice) {
  const lines = [`问：${plain(question)}`, "", `${payload.title ? `【${plain(payload.title)}】` : ""}${plain(payload.summary)}`];
  for (const { heading, items } of payload.sections) {
    lines.push("", `${plain(heading)}：`, ...items.map((item, n) => `  ${STEPS.includes(heading) ? `${n + 1}.` : "·"} ${plain(item)}`));
  }
  if (payload.citations.length) lines.push("", `${ANSWER.grounds}：`);
  for (const { label, quote, document, href } of payload.citations) {
    lines.push(`${plain(label)}（${plain(document.version)}文本）`, ...plain(quote).split("\n").map((line) => `    ${line}`));
    const address = href && page(href);
    if (address) lines.push(`    ${address}`);
  }
  return [...lines, "", `（${notice}）`].join("\n");
}
