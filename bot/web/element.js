// <ip-law-assistant>: the assistant in a shadow root. Attributes: mode (page, inline, launcher), server (its address).

import { asks } from "./check.js";
import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Device } from "./device.js";
import { applyDisplay, displayMenu, watchSystem } from "./display.js";
import { button, h, touched } from "./dom.js";
import { Drawer } from "./drawer.js";
import { entry, troubleWords } from "./turns.js";
import { topBar, welcome } from "./frame.js";
import { ANSWER, NAME, RESTART, STATES, TOP } from "./words.js";

const HOME = new URL("../", import.meta.url).href;
const WIDE = 960; // pixels from which the drawer stands beside the conversation

export class IpLawAssistant extends HTMLElement {
  #stop = [];

  connectedCallback() {
    if (this.shadowRoot) return this.#listen();
    this.mode = this.getAttribute("mode") ?? "inline";
    const base = new URL(this.getAttribute("server") ?? HOME, document.baseURI).href;
    this.device = new Device(base);
    this.api = new Api(base, this.device);
    this.talk = new Conversation(this.api, this.device, {
      turn: (turn) => this.#turned(turn),
      turns: () => this.#drawAll(),
      slow: (turn) => this.#slow(turn),
      forgotten: () => this.#bar(STATES.forgotten),
    });
    this.most = 1000;
    this.drawn = new Map();
    this.#build(base);
    this.#listen();
    this.#start();
    return undefined;
  }

  disconnectedCallback() {
    for (const stop of this.#stop.splice(0)) stop();
  }

  #build(base) {
    this.spoken = h("p", { class: "unseen", role: "status" });
    this.bar = h("div", { class: "bar", hidden: true });
    this.turns = h("ol", { class: "turns" });
    this.hello = h("div", { class: "hello" });
    this.heading = h("h2", { class: "unseen", hidden: true }, TOP.log);
    // The log is there to be read through; aloud it is not read piece by piece: a complete answer is said once, by `spoken`.
    this.log = h("div", { class: "log", role: "log", "aria-live": "off", "aria-label": TOP.log, tabindex: "0" }, this.hello, this.heading, this.turns);
    this.composer = new Composer(this.device, { send: (text) => this.#ask(text, false), tell: (text) => this.#tell(text) });
    this.drawer = new Drawer(this.api);
    this.confirm = h("dialog", { class: "confirm", "aria-labelledby": "confirm-text" }, h("p", { id: "confirm-text" }, RESTART.question), h("div", { class: "row" },
      button(RESTART.yes, () => this.#restart(), { kind: "primary" }), button(RESTART.no, () => this.confirm.close(), { kind: "quiet", autofocus: true })));
    const top = topBar(this.mode, this.api, displayMenu(this.device, (display) => this.#display(display)), {
      restart: () => this.confirm.showModal(), close: () => this.toggle(false),
    });
    this.app = h("section", { class: "app", "aria-label": NAME }, top, this.bar,
      h("div", { class: "desk" }, h("div", { class: "talk" }, this.log, this.composer.element), this.drawer.element), this.confirm, this.spoken);
    const style = h("link", { rel: "stylesheet", href: new URL("web/assistant.css", base).href });
    const root = this.attachShadow({ mode: "open" });
    this.app.style.visibility = "hidden"; // until its styles are there
    this.shown = new Promise((done) => ["load", "error"].forEach((event) => style.addEventListener(event, done))).then(() => {
      this.app.style.visibility = "";
      this.composer.resize();
    });
    root.append(style, this.app);
    if (this.mode === "launcher") {
      this.opener = button(TOP.open, () => this.toggle(true), { kind: "launcher", drawing: "chat", "aria-expanded": "false" });
      root.append(this.opener);
      this.app.hidden = true;
      this.app.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && this.toggle(false));
    }
    this.#display(this.device.display);
  }

  #listen() {
    const on = (name, listener) => {
      addEventListener(name, listener);
      this.#stop.push(() => removeEventListener(name, listener));
    };
    const sizes = new ResizeObserver(([{ contentRect }]) => {
      const wide = contentRect.width >= WIDE;
      if (wide !== this.wide && this.drawer.element.open) this.drawer.show(wide);
      this.wide = wide;
      this.toggleAttribute("data-narrow", contentRect.width < 560);
      this.composer.fit(contentRect.width < 560);
    });
    sizes.observe(this.app);
    this.#stop.push(() => sizes.disconnect());
    on("offline", () => this.#bar(STATES.offline_bar));
    on("online", () => {
      this.#bar(STATES.back_bar, 4000);
      this.talk.wake();
    });
    on("beforeprint", () => this.#unfold());
    this.#stop.push(this.device.watch((part) => (part === "display" ? this.#display(this.device.display) : part === "talk" && this.talk.follow())));
    this.#stop.push(watchSystem(() => this.#display(this.device.display)));
    if (navigator.onLine === false) this.#bar(STATES.offline_bar);
  }

  async #start() {
    this.talk.begin();
    this.#greet();
    await this.shown;
    if (this.mode === "page") {
      const asked = new URLSearchParams(location.search).get("q");
      if (asked && !this.composer.input.value) this.composer.fill(asked.slice(0, this.most));
      else if (!touched()) this.composer.focus(); // the keyboard of a touch screen would cover the page
    }
  }

  async #greet() {
    const start = await this.api.start().catch(() => null);
    if (start) this.most = this.composer.most = start.most_characters;
    this.hello.replaceChildren(...welcome(start, (text) => this.#ask(text, true)));
  }

  /** Open or close the panel of the launcher. */
  toggle(open) {
    this.app.hidden = !open;
    this.opener.hidden = open;
    this.opener.setAttribute("aria-expanded", String(open));
    if (open) this.composer.resize();
    (open ? this.composer : this.opener).focus();
  }

  /** Ask; `follow`: take the focus along to the answer, since what had it may be gone. False where one is under way. */
  #ask(text, follow) {
    if (this.talk.busy) {
      this.#tell(STATES.sending);
      return false;
    }
    this.follow = follow;
    this.talk.ask(text);
    return true;
  }

  get #does() {
    return {
      say: (text) => this.#ask(text, true),
      open: (citation, opener) => this.drawer.open(citation, opener, this.wide),
      retry: (turn) => !this.talk.busy && this.talk.retry(turn),
      edit: (turn) => {
        this.composer.fill(turn.text);
        this.talk.withdraw(turn);
      },
      rate: (turn, rating) => this.talk.rate(turn, rating),
      page: (href) => this.api.page(href),
      tell: (text) => this.#tell(text),
    };
  }

  /** One turn changed, here and now. */
  #turned(turn) {
    this.#drawAll();
    const place = this.drawn.get(turn.id).place;
    if (turn.state === "waiting") this.#scrollTo(place);
    if (turn.state === "failed") {
      place.scrollIntoView({ block: "nearest" });
      this.#tell(troubleWords(turn, this.most));
    }
    if (turn.state !== "done") return;
    this.#scrollTo(place);
    const { title, summary, citations, kind } = turn.payload;
    if (this.follow) (place.querySelector(".answer h3") ?? place.querySelector(".answer")).focus({ preventScroll: true });
    this.follow = false;
    this.#tell(ANSWER.announce(kind === "chat" ? "" : title, summary, citations.length));
  }

  /** Bring the log in step with the turns; what has not changed stays as it is (unfolded parts, a half-written reason). */
  #drawAll() {
    const turns = this.talk.turns.filter((turn) => turn.state !== "withdrawn");
    const kept = new Set(turns.map((turn) => turn.id));
    for (const [id, { place }] of this.drawn) {
      if (kept.has(id)) continue;
      place.remove();
      this.drawn.delete(id);
    }
    turns.forEach((turn, n) => {
      const around = { latest: n === turns.length - 1, reply: turns[n + 1]?.text, most: this.most };
      const looks = JSON.stringify([turn.state, turn.trouble, turn.tries, turn.state === "done" && asks(turn.payload) && [around.latest, around.reply]]);
      const known = this.drawn.get(turn.id);
      if (known?.looks === looks) return;
      const place = entry(turn, this.#does, around);
      if (known) known.place.replaceWith(place);
      else this.turns.insertBefore(place, this.turns.children[n] ?? null);
      this.drawn.set(turn.id, { place, looks });
    });
    this.hello.hidden = turns.length > 0;
    this.heading.hidden = !turns.length;
    this.toggleAttribute("data-talking", turns.length > 0);
  }

  #slow(turn) {
    const place = this.drawn.get(turn.id)?.place.querySelector(".pending p");
    if (!place) return;
    place.textContent = STATES.slow;
    this.#tell(STATES.slow);
  }

  #restart() {
    this.confirm.close();
    if (this.drawer.element.open) this.drawer.close();
    this.talk.restart();
    this.#bar("");
    this.#tell(RESTART.done);
    this.composer.focus();
  }

  #scrollTo(place) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.log.scrollTo({ top: place.offsetTop - this.log.offsetTop - 12, behavior: calm ? "auto" : "smooth" });
  }

  #bar(text, vanishes = 0) {
    this.bar.replaceChildren(text);
    this.bar.hidden = !text;
    if (text) this.#tell(text);
    if (vanishes) setTimeout(() => this.bar.textContent === text && this.#bar(""), vanishes);
  }

  #tell(text) {
    this.spoken.textContent = "";
    setTimeout(() => (this.spoken.textContent = text), 60);
  }

  #unfold() {
    for (const details of this.log.querySelectorAll("details:not([open])")) {
      details.open = true;
      addEventListener("afterprint", () => (details.open = false), { once: true });
    }
  }

  #display(display) {
    applyDisplay(this, display, this.mode === "page");
    this.composer.resize();
  }
}

