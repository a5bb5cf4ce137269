// What stands around the conversation: the bar at the top and the welcome before the first question.

import { choices } from "./answer.js";
import { button, h, icon } from "./dom.js";
import { HELP, NAME, START, TOP } from "./words.js";

const OPEN = 6; // choices that are shown at once

/** The bar at the top. `display` is a button and its panel; `does` has `restart()` and `close()`. */
export function topBar(mode, api, [opener, panel], does) {
  const page = mode === "page";
  const mark = h("span", { class: "seal", "aria-hidden": "true" }, "知");
  return h("header", { class: "top" },
    h(page ? "h1" : "h2", { class: "brand" }, mark, h("span", {}, NAME)),
    h("div", { class: "row" },
      h("a", { class: "tool wide", href: api.page("laws"), target: page ? null : "_blank", rel: "noopener", "aria-label": TOP.laws }, icon("book"), h("span", {}, TOP.laws)),
      opener,
      button(TOP.restart, does.restart, { kind: "tool wide", drawing: "restart", name: TOP.restart }),
      mode === "launcher" && button(null, does.close, { kind: "tool", drawing: "close", name: TOP.close })),
    panel);
}

/** What is shown before the first question; `start` is null where the server did not answer. */
export function welcome(start, say) {
  const offer = (heading, entries) => entries.length > 0 && h("div", { class: "starts" }, h("h3", {}, heading), choices(entries.slice(0, OPEN), say),
    entries.length > OPEN && h("details", {}, h("summary", {}, START.more(entries.length - OPEN), icon("on")), choices(entries.slice(OPEN), say)));
  return [
    h("h2", {}, START.heading),
    h("p", { class: "lead" }, START.lead),
    start && offer(START.questions, start.questions.map((question) => ({ title: question, payload: question }))),
    start && offer(START.checks, start.checks),
    h("p", { class: "fine" }, START.privacy, h("br"), HELP),
  ].filter(Boolean);
}
