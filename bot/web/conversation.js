// Asking and answering, without the page: sending once, waiting, failing in words, trying again, other tabs.

import { Trouble } from "./api.js";
import { merge } from "./device.js";

const SLOW = 3000;
const LOST = 25000; // after which a question that another tab sent counts as lost
const RECOVERS = ["offline", "unreachable", "unavailable"];

/**
 * A turn is `{id, text, at, tries, state, trouble, wait, until, payload, verdict}`; state is waiting, failed, done or withdrawn.
 * `on` has `turn(turn)` (one changed, here and now), `turns()` (look at all again), `slow(turn)`, `forgotten()`.
 */
export class Conversation {
  constructor(api, device, on) {
    Object.assign(this, { api, device, on, turns: [], epoch: "", pulse: null, mine: new Set() });
  }

  get busy() {
    return this.turns.some((turn) => turn.state === "waiting");
  }

  /** Show what the device holds, then what the server remembers, and send again what was under way. */
  async begin() {
    const { epoch, turns } = this.device.talk;
    Object.assign(this, { epoch: epoch || fresh(), turns });
    this.on.turns();
    const waiting = turns.filter((turn) => turn.state === "waiting");
    try {
      const remembered = await this.api.history();
      if (remembered) this.#recall(remembered.exchanges);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (error.code.startsWith("session_") && this.turns.some((turn) => turn.state === "done")) this.on.forgotten();
    }
    for (const turn of waiting) if (turn.state === "waiting") this.#deliver(turn);
    this.wake();
  }

  async ask(text) {
    const turn = { id: fresh(), text, at: Date.now() / 1000, tries: 0, state: "waiting" };
    this.turns.push(turn);
    await this.#deliver(turn);
    return turn;
  }

  /** Send again what failed; a message id that stands for another text is replaced. */
  async retry(turn) {
    if (turn.state !== "failed") return;
    if (turn.trouble === "conflict") turn.id = fresh();
    await this.#deliver(turn);
  }

  /** Take back a question that was not answered, to change it. */
  withdraw(turn) {
    Object.assign(turn, { state: "withdrawn", text: "" });
    this.#save();
    this.on.turns();
  }

  async rate(turn, rating) {
    await this.api.feedback({ id: turn.id, ...rating });
    turn.verdict = rating.verdict;
    this.#save();
  }

  /** Clear the device and leave the session. */
  async restart() {
    Object.assign(this, { turns: [], epoch: fresh() });
    this.device.keep(this.epoch, []);
    this.on.turns();
    await this.api.leave().catch(() => null);
  }

  /** Another tab wrote something. */
  follow() {
    const { epoch, turns } = this.device.talk;
    if (epoch !== this.epoch) Object.assign(this, { epoch, turns });
    else this.turns = merge(this.turns, turns);
    this.on.turns();
    for (const turn of this.turns.filter((other) => other.state === "waiting" && !this.mine.has(other.id))) {
      setTimeout(() => turn.state === "waiting" && this.turns.includes(turn) && this.#fail(turn, new Trouble("lost")), LOST);
    }
  }

  async #deliver(turn) {
    Object.assign(turn, { state: "waiting", trouble: null, wait: 0, tries: (turn.tries ?? 0) + 1 });
    this.mine.add(turn.id);
    this.#save();
    this.on.turn(turn);
    const slow = setTimeout(() => this.on.slow(turn), SLOW);
    try {
      const { at, payload } = await this.api.message(turn.id, turn.text);
      Object.assign(turn, { state: "done", answered: at, payload });
      this.#save();
      this.on.turn(turn);
    } catch (error) {
      this.#fail(turn, error);
    } finally {
      clearTimeout(slow);
    }
  }

  #fail(turn, error) {
    if (!(error instanceof Trouble)) console.error(error);
    Object.assign(turn, { state: "failed", trouble: error.code ?? "other", wait: error.wait ?? 0, until: Date.now() + (error.wait ?? 0) * 1000 });
    this.#save();
    this.on.turn(turn);
    if (RECOVERS.includes(turn.trouble)) this.#listen();
  }

  /** Until the server answers again: look now and then, and at once when the network is back. */
  #listen(pause = 2000) {
    clearTimeout(this.pulse);
    this.pulse = setTimeout(async () => {
      if (!this.#recovering.length) return;
      const well = await this.api.health().then(() => true, () => false);
      if (!well) this.#listen(Math.min(pause * 1.5, 30000));
      else for (const turn of this.#recovering) await this.retry(turn);
    }, pause);
  }

  /** The network may be back. */
  wake() {
    if (this.#recovering.length) this.#listen(300);
  }

  get #recovering() {
    return this.turns.filter((turn) => turn.state === "failed" && RECOVERS.includes(turn.trouble));
  }

  #recall(exchanges) {
    const known = new Map(this.turns.map((turn) => [turn.id, turn]));
    for (const { id, text, at, payload, verdict } of exchanges) {
      const turn = known.get(id);
      if (turn) Object.assign(turn, { state: "done", payload, verdict, trouble: null });
      else this.turns.push({ id, text, at, state: "done", payload, verdict });
    }
    this.turns.sort((a, b) => a.at - b.at);
    this.#save();
    this.on.turns();
    if (!exchanges.length && this.turns.some((turn) => turn.state === "done")) this.on.forgotten();
  }

  #save() {
    this.turns = merge(this.device.keep(this.epoch, this.turns), this.turns);
  }
}

function fresh() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
