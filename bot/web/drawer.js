// The whole article beside the answer: the cited passage marked, the version, and the neighbours one click away.

import { chipLabel } from "./answer.js";
import { button, h, icon, plain } from "./dom.js";
import { DRAWER } from "./words.js";

const HEADINGS = ["chapter", "section", "subsection", "box", "table", "glossary", "preamble", "notice"];

/** A dialog: at the side where there is room, else over everything. `api` reads articles. */
export class Drawer {
  constructor(api) {
    this.api = api;
    this.opener = null;
    this.title = h("h2", { id: "drawer-title", tabindex: "-1" });
    this.body = h("div", { class: "drawer-body", tabindex: "0", role: "region", "aria-labelledby": "drawer-title" });
    this.element = h("dialog", { class: "drawer", "aria-labelledby": "drawer-title", oncancel: (event) => { event.preventDefault(); this.close(); } },
      h("div", { class: "drawer-head" }, this.title, button(null, () => this.close(), { kind: "tool", drawing: "close", name: DRAWER.close })), this.body);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) {
        event.preventDefault();
        event.stopPropagation();
        this.close();
      }
    });
    this.element.addEventListener("click", (event) => event.target === this.element && this.close());
  }

  /** Show the article of a citation; `wide`: beside the conversation. The focus comes back to `opener`. */
  async open(citation, opener, wide) {
    this.opener?.setAttribute("aria-expanded", "false");
    this.opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.show(wide);
    await this.#load(citation.id, "", chipLabel(citation), plain(citation.quote));
  }

  show(wide) {
    if (this.element.open) this.element.close();
    if (wide) this.element.show();
    else this.element.showModal();
    this.element.toggleAttribute("data-beside", wide);
  }

  close() {
    this.element.close();
    this.opener?.setAttribute("aria-expanded", "false");
    if (this.opener?.isConnected) this.opener.focus();
    this.opener = null;
  }

  async #load(address, query, name, quote = null) {
    this.title.replaceChildren(plain(name));
    this.body.replaceChildren(h("p", { class: "fine" }, DRAWER.loading));
    this.body.setAttribute("aria-busy", "true");
    this.title.focus();
    try {
      this.#draw(await this.api.article(address, query), quote);
    } catch {
      this.body.replaceChildren(h("p", {}, DRAWER.failed), button(DRAWER.again, () => this.#load(address, query, name, quote), { kind: "primary" }));
    } finally {
      this.body.removeAttribute("aria-busy");
    }
  }

  #draw(article, quote) {
    const { document: law, trail, previous, next, versions, refers, referred_by: referred } = article;
    this.title.replaceChildren(h("span", { class: "of" }, law.title), " ", article.label);
    this.body.replaceChildren(
      ...[
        h("p", { class: "version" }, [law.number, law.version].filter(Boolean).join("　")),
        trail.length > 0 && h("p", { class: "fine" }, trail.map(({ label }) => label).join(" › ")),
        h("div", { class: "law" }, units(article, quote)),
        h("nav", { class: "neighbours", "aria-label": DRAWER.around }, previous ? this.#step(previous, "back") : h("span"), next && this.#step(next, "on")),
        versions.length > 1 && this.#list(DRAWER.versions, versions.map((version) => ({ label: version.text, ...this.#place(version.href), current: version.shown }))),
        refers.length > 0 && this.#list(DRAWER.refers, refers.map(({ printed, to }) => (to ? { label: printed, address: to.address, query: "" } : { label: `${printed}（${DRAWER.not_held}）` }))),
        referred.length > 0 && this.#list(DRAWER.referred, referred.map(({ label, address }) => ({ label, address, query: "" }))),
        h("p", {}, h("a", { class: "permanent", href: this.api.page(article.href), target: "_blank", rel: "noopener" }, icon("out"), h("span", {}, DRAWER.permanent))),
      ].filter(Boolean),
    );
    this.body.scrollTop = 0;
    this.body.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  }

  #step({ address, label, href }, direction) {
    return button(label, () => this.#load(address, this.#place(href).query, label), { kind: `quiet ${direction}`, drawing: direction });
  }

  #place(href) {
    const { pathname, search } = new URL(href, this.api.base);
    return { address: decodeURIComponent(pathname.replace(/^.*?\/laws\//, "")), query: search };
  }

  #list(heading, entries) {
    return h("div", { class: "around" }, h("h3", {}, heading), h("ul", {}, entries.map(({ label, address, query, current }) => h("li", {},
      address && !current ? button(label, () => this.#load(address, query, label), { kind: "quiet" }) : h("span", { "aria-current": current ? "true" : null }, label)))));
  }
}

/** The text letter for letter; what stands in the citation's quote is marked. */
function units({ units: all, focus, address }, quote) {
  const narrowed = focus !== address;
  const out = [];
  let rows = [];
  const flush = () => {
    if (rows.length) out.push(h("div", { class: "table", tabindex: "0", role: "region", "aria-label": "表格" }, h("table", {}, h("tbody", {}, rows))));
    rows = [];
  };
  for (const unit of all) {
    const below = unit.address === focus || unit.address.startsWith(`${focus}/`);
    const marked = narrowed && below && (!quote || quote.includes(plain(unit.text)));
    const tag = marked ? "mark" : "span";
    if (unit.kind === "row") {
      const cell = unit.address.endsWith("/header") ? "th" : "td";
      rows.push(h("tr", { class: marked ? "marked" : null }, `${unit.marker}${unit.text}`.split("\t").map((text) => h(cell, {}, text))));
      continue;
    }
    flush();
    if (HEADINGS.includes(unit.kind) && unit.heading && unit.depth > 0) out.push(h("h3", {}, `${unit.marker}${unit.heading}`));
    else if (unit.kind === "article" && unit.depth > 0) out.push(h("h3", {}, unit.marker));
    else if (unit.kind === "term" && unit.heading) out.push(h("p", {}, h(tag, {}, h("strong", {}, unit.heading), unit.text)));
    if (unit.text && unit.kind !== "term") out.push(h("p", { class: unit.kind }, h(tag, {}, unit.depth > 0 ? unit.marker : "", unit.text)));
  }
  flush();
  return out;
}
