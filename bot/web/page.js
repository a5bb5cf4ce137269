// Our own pages before they are shown: the display that the person chose in the widget; printing; the way without it stays complete.
(() => {
  const key = `ip-law-assistant ${location.origin}/ display`;
  const apply = () => {
    try {
      const chosen = JSON.parse(localStorage.getItem(key) ?? "{}");
      for (const part of ["size", "theme", "contrast"]) if (chosen[part]) document.documentElement.setAttribute(`data-${part}`, chosen[part]);
    } catch {
      // no storage: as the system has it
    }
  };
  apply();
  addEventListener("storage", (event) => event.key === key && apply());
  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("button.print")) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
  });
})();
