// What is kept on the device: the session, the questions and answers, the way of display. Works without storage too.

const MOST_TURNS = 60;
const RANK = { waiting: 0, failed: 1, done: 2, withdrawn: 3 };

/** `name` tells several servers apart. */
export class Device {
  constructor(name) {
    this.key = `ip-law-assistant ${name}`;
    this.memory = new Map();
  }

  get token() {
    return this.#read("token", null);
  }

  set token(token) {
    this.#write("token", token);
  }

  /** What was asked and answered: `{epoch, turns}`; the epoch changes with every restart. */
  get talk() {
    return this.#read("talk", { epoch: "", turns: [] });
  }

  /** Write turns; those that another tab wrote meanwhile stay. Returns what now stands. */
  keep(epoch, turns) {
    const stands = this.talk;
    const merged = stands.epoch === epoch ? merge(stands.turns, turns) : turns;
    const kept = merged.slice(-MOST_TURNS);
    while (!this.#write("talk", { epoch, turns: kept }) && kept.length > 1) kept.splice(0, Math.ceil(kept.length / 2));
    return merged;
  }

  /** Text that was typed and not sent; a tab's own. */
  get draft() {
    return this.#read("draft", "", "sessionStorage");
  }

  set draft(text) {
    this.#write("draft", text, "sessionStorage");
  }

  get display() {
    return { size: "normal", theme: "auto", contrast: "normal", ...this.#read("display", {}) };
  }

  set display(display) {
    this.#write("display", display);
  }

  /** Call `changed(part)` when another tab writes `talk`, `token` or `display`. Returns how to stop. */
  watch(changed) {
    const listener = (event) => event.key?.startsWith(this.key) && changed(event.key.slice(this.key.length + 1));
    addEventListener("storage", listener);
    return () => removeEventListener("storage", listener);
  }

  #read(part, otherwise, storage = "localStorage") {
    try {
      const text = globalThis[storage].getItem(`${this.key} ${part}`);
      return text === null ? otherwise : JSON.parse(text);
    } catch {
      return this.memory.has(part) ? this.memory.get(part) : otherwise;
    }
  }

  #write(part, value, storage = "localStorage") {
    this.memory.set(part, value);
    try {
      globalThis[storage].setItem(`${this.key} ${part}`, JSON.stringify(value));
      return true;
    } catch (error) {
      return error.name !== "QuotaExceededError"; // no storage at all is no reason to drop anything
    }
  }
}

/** Two lists of turns as one: by id, the one further along, in order of time. */
export function merge(first, second) {
  const byId = new Map(first.map((turn) => [turn.id, turn]));
  for (const turn of second) {
    const known = byId.get(turn.id);
    if (!known || further(turn, known)) byId.set(turn.id, turn);
  }
  return [...byId.values()].sort((a, b) => a.at - b.at);
}

/** Is `turn` at least as far along as `known`? An answer counts most, then a later try, then its outcome. */
function further(turn, known) {
  if (RANK[turn.state] > RANK.failed || RANK[known.state] > RANK.failed) return RANK[turn.state] >= RANK[known.state];
  return turn.tries === known.tries ? RANK[turn.state] >= RANK[known.state] : turn.tries > known.tries;
}
