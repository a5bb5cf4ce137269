// Building the page. Text is only ever set as text: nothing here parses HTML.

const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g; // marks that turn the direction of reading
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Text as it may be shown: without control characters and without marks that turn the direction of reading. */
export function plain(text) {
  return String(text ?? "").replace(TURNING, "").replace(CONTROL, "");
}

/**
 * An element. Properties: `class`, `on…` (listeners), `data` (object), booleans and strings (attributes; null and false are left out).
 * Children: elements, strings, arrays, null.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "href") setLink(element, value);
    else element.setAttribute(name, value === true ? "" : plain(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false).map(node));
  return element;
}

function node(child) {
  return child instanceof Node ? child : document.createTextNode(plain(child));
}

/** Only addresses on the web; anything else (javascript:, data:) leaves the element without a target. */
function setLink(element, address) {
  if (/^(https?|tel):/.test(address)) element.setAttribute("href", address);
}

const PATHS = {
  send: "M4 12h13M12 6l6 6-6 6",
  text: "M4 19l5-13 5 13M5.8 14.5h6.4M15 19l3-8 3 8M16.2 16h3.6",
  restart: "M5 12a7 7 0 1 0 2.2-5.1M5 4v4h4",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h10v11H9zM5 15V4h10",
  up: "M8 11v9H5v-9zM8 12l4-8c1.7 0 2.4 1 2 2.6L13.3 10H18c1.3 0 2 1 1.7 2.2l-1.4 6c-.3 1.1-1 1.8-2.2 1.8H8",
  down: "M16 13V4h3v9zM16 12l-4 8c-1.7 0-2.4-1-2-2.6l.7-3.4H6c-1.3 0-2-1-1.7-2.2l1.4-6C6 4.7 6.7 4 7.9 4H16",
  book: "M5 5c3-1 5-.6 7 1 2-1.6 4-2 7-1v13c-3-1-5-.6-7 1-2-1.6-4-2-7-1zM12 6v13",
  back: "M15 5l-7 7 7 7",
  on: "M9 5l7 7-7 7",
  chosen: "M5 13l4 4L19 7",
  out: "M13 5h6v6M19 5l-8 8M17 14v5H5V7h5",
  chat: "M5 5h14v11h-8l-4 4v-4H5z",
};

/** A line drawing for a button; hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false", class: "icon" })) svg.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that says what it does; `name` only for assistive technology where the label is a drawing. */
export function button(label, onclick, { kind = "", name = null, drawing = null, ...more } = {}) {
  return h("button", { type: "button", class: kind, "aria-label": name, onclick, ...more }, drawing && icon(drawing), label && h("span", {}, label));
}

/** Is the screen the keyboard, too? */
export const touched = () => matchMedia("(pointer: coarse)").matches;

/** Paragraphs of a text with line breaks. */
export function paragraphs(text, kind = "") {
  return plain(text).split("\n").filter((line) => line.trim()).map((line) => h("p", { class: kind || null }, line));
}
