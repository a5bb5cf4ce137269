// Where the question is written: grows with the text, counts near the limit, never loses a word.

import { h, icon, touched } from "./dom.js";
import { COMPOSER, NOTICE } from "./words.js";

const COUNT_FROM = 0.8; // of the limit

/** `does` has `send(text)` (false where it cannot be taken now), `tell(text)`; `device` keeps the draft. */
export class Composer {
  constructor(device, does) {
    this.device = device;
    this.does = does;
    this.most = 1000;
    this.hint = h("p", { id: "hint", class: "hint", hidden: true });
    this.input = h("textarea", {
      id: "question", rows: "1", enterkeyhint: "send", "aria-describedby": "hint notice", autocomplete: "off",
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
    });
    this.input.value = device.draft;
    const send = h("button", { type: "submit", class: "primary send", "aria-label": COMPOSER.send }, icon("send"), h("span", {}, COMPOSER.send));
    this.element = h("form", { class: "composer", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#send(); } },
      h("label", { for: "question", class: "unseen" }, COMPOSER.label),
      h("div", { class: "write" }, this.input, send), this.hint, h("p", { id: "notice", class: "notice" }, NOTICE));
  }

  focus() {
    this.input.focus();
  }

  /** Put a text there, behind what is already written. */
  fill(text) {
    this.input.value = this.input.value.trim() ? `${this.input.value.trimEnd()}\n${text}` : text;
    this.#changed();
    this.focus();
  }

  /** Suit the width there is. */
  fit(narrow) {
    this.input.placeholder = narrow ? COMPOSER.placeholder_narrow : COMPOSER.placeholder;
    this.resize();
  }

  resize() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  #key(event) {
    // During composition Enter ends the composition (229 is what some browsers report for it).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  #changed() {
    this.device.draft = this.input.value;
    const left = this.most - letters(this.input.value);
    this.input.setAttribute("aria-invalid", String(left < 0));
    this.#say(left < 0 ? COMPOSER.over(-left) : left < this.most * (1 - COUNT_FROM) ? COMPOSER.left(left) : "", left < 0);
    this.resize();
  }

  #send() {
    const text = this.input.value.trim();
    if (!text) {
      this.#say(COMPOSER.empty, true);
      this.does.tell(COMPOSER.empty);
      return this.focus();
    }
    if (letters(text) > this.most) return this.does.tell(COMPOSER.over(letters(text) - this.most));
    if (!this.does.send(text)) {
      this.#say(COMPOSER.busy, true);
      return this.does.tell(COMPOSER.busy);
    }
    this.input.value = "";
    if (touched()) this.input.blur(); // makes room for the answer
    return this.#changed();
  }

  #say(text, warns) {
    this.hint.textContent = text;
    this.hint.hidden = !text;
    this.hint.classList.toggle("warns", Boolean(text) && warns);
  }
}

/** Characters as the server counts them: an emoji is one. */
function letters(text) {
  return [...text].length;
}
