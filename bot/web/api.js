// The server's JSON interface. Every failure is a Trouble with a code.

const PATIENCE = 20000; // milliseconds; the server itself gives up after ten seconds

/** `code`: the server's error code, or `offline` or `unreachable`; `wait` in seconds. */
export class Trouble extends Error {
  constructor(code, wait = 0) {
    super(code);
    this.code = code;
    this.wait = wait;
  }
}

export class Api {
  /** `base`: the server's address with a slash at its end. */
  constructor(base, device) {
    this.base = base;
    this.device = device;
  }

  /** Answer one question: `{id, at, payload}`. The same id gives the same answer. */
  async message(id, text) {
    return this.#call("POST", "message", { id, text }, await this.#token());
  }

  /** What the server remembers of the session; null without a session. */
  async history() {
    return this.device.token ? this.#call("GET", "history", null, this.device.token) : null;
  }

  async feedback(rating) {
    return this.#call("POST", "feedback", rating, await this.#token());
  }

  /** Leave the session; the next message begins a new one. */
  async leave() {
    const token = this.device.token;
    this.device.token = null;
    if (token) await this.#call("DELETE", "history", null, token);
  }

  start() {
    return this.#call("GET", "start");
  }

  health() {
    return this.#call("GET", "health");
  }

  article(address, query = "") {
    return this.#call("GET", `article/${address.split("/").map(encodeURIComponent).join("/")}${query}`);
  }

  /** A page of the server as a whole address; only http and https. */
  page(href) {
    const address = new URL(href, this.base);
    return /^https?:$/.test(address.protocol) ? address.href : null;
  }

  async #token() {
    if (!this.device.token) this.device.token = (await this.#call("POST", "session", {})).token;
    return this.device.token;
  }

  async #call(method, path, body = null, token = null) {
    if (navigator.onLine === false) throw new Trouble("offline");
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE);
    const headers = { ...(body && { "Content-Type": "application/json" }), ...(token && { Authorization: `Bearer ${token}` }) };
    try {
      const response = await fetch(new URL(`webhooks/web/${path}`, this.base), {
        method, headers, body: body && JSON.stringify(body), signal: giveUp.signal, credentials: "omit", cache: "no-store",
      });
      return await this.#read(response);
    } catch (error) {
      if (error instanceof Trouble) throw error;
      throw new Trouble(navigator.onLine === false ? "offline" : "unreachable");
    } finally {
      clearTimeout(timer);
    }
  }

  async #read(response) {
    const data = await response.json().catch(() => null);
    if (response.ok && data) {
      if (data.token) this.device.token = data.token;
      return data;
    }
    const code = data?.error?.code ?? (response.status >= 500 ? "unreachable" : "other");
    if (code.startsWith("session_")) this.device.token = null;
    throw new Trouble(code, data?.error?.retry_after ?? 0);
  }
}
