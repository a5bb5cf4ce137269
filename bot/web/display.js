// Letters, colours and contrast: set by the person, kept on the device, the same in every tab.

import { button, h } from "./dom.js";
import { DISPLAY } from "./words.js";

const PARTS = { size: ["sizes", "size"], theme: ["themes", "theme"], contrast: ["contrasts", "contrast"] };

const DARK = matchMedia("(prefers-color-scheme: dark)");
const CONTRAST = matchMedia("(prefers-contrast: more)");

/** Put the display on the element: as chosen, else as the system has it. `page`: the page itself is ours, too. */
export function applyDisplay(element, display, page) {
  const dark = display.theme === "dark" || (display.theme === "auto" && DARK.matches);
  element.toggleAttribute("data-dark", dark);
  element.setAttribute("data-size", display.size);
  element.setAttribute("data-contrast", CONTRAST.matches ? "more" : display.contrast);
  if (page) for (const part of Object.keys(PARTS)) document.documentElement.setAttribute(`data-${part}`, display[part]);
}

/** Call `changed()` when the system's display changes. Returns how to stop. */
export function watchSystem(changed) {
  for (const query of [DARK, CONTRAST]) query.addEventListener("change", changed);
  return () => [DARK, CONTRAST].forEach((query) => query.removeEventListener("change", changed));
}

/** A button and the panel it opens. `changed(display)` is called at every choice. */
export function displayMenu(device, changed) {
  const panel = h("div", { id: "display", class: "menu", role: "group", "aria-label": DISPLAY.name, hidden: true });
  const opener = button(DISPLAY.name, () => toggle(panel.hidden), {
    kind: "tool wide", drawing: "text", name: DISPLAY.name, "aria-expanded": "false", "aria-controls": "display",
  });
  const toggle = (open) => {
    if (open) draw();
    panel.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    (open ? panel.querySelector("input:checked") : opener).focus();
  };
  const draw = () => {
    const chosen = device.display;
    panel.replaceChildren(
      ...Object.entries(PARTS).map(([part, [values, name]]) => h("fieldset", {}, h("legend", {}, DISPLAY[name]),
        h("div", { class: "segments" }, Object.entries(DISPLAY[values]).map(([value, text]) => h("label", { class: "segment" },
          h("input", { type: "radio", name: `display-${part}`, value, checked: chosen[part] === value, onchange: () => {
            device.display = { ...device.display, [part]: value };
            changed(device.display);
          } }), h("span", {}, text)))))),
      button(DISPLAY.close, () => toggle(false), { kind: "quiet" }));
  };
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    toggle(false);
  });
  return [opener, panel];
}
