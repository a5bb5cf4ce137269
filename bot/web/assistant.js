// The one script of the widget:  <script type="module" src="https://…/web/assistant.js"></script>
// It stands where the page has <ip-law-assistant>; else a button appears at the lower right (not with ?launcher=off).
// Every module is named here so that a browser asks for all of them at once.

import "./words.js";
import "./dom.js";
import "./device.js";
import "./api.js";
import "./conversation.js";
import "./check.js";
import "./answer.js";
import "./rating.js";
import "./drawer.js";
import "./display.js";
import "./composer.js";
import "./turns.js";
import "./frame.js";
import { IpLawAssistant } from "./element.js";

const NAME = "ip-law-assistant";

if (!customElements.get(NAME)) customElements.define(NAME, IpLawAssistant);

function offer() {
  if (document.querySelector(NAME) || new URL(import.meta.url).searchParams.get("launcher") === "off") return;
  const element = document.createElement(NAME);
  element.setAttribute("mode", "launcher");
  document.body.append(element);
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", offer);
else offer();
