"""A real Chromium, and the widget's page as a person uses it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

T = TypeVar("T")
CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
QUIET = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")


@contextmanager
def chromium(width: int = 1280, height: int = 860) -> Iterator[webdriver.Chrome]:
    """A browser with an empty profile of its own."""
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = CHROMIUM
        for argument in (*QUIET, f"--user-data-dir={profile}", f"--window-size={width},{height}", "--lang=zh-CN"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        try:
            yield driver
        finally:
            driver.quit()


def until(look: Callable[[], T], seconds: float = 20, what: str = "") -> T:
    """The first true value of `look()`. Raises AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = look()
        if value:
            return value
        assert time.monotonic() < end, f"not seen within {seconds} s: {what}"
        time.sleep(0.05)


class Widget:
    """The assistant on the page of a server; `find` looks into its shadow root."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver, self.url = driver, url

    def open(self, path: str = "") -> Widget:
        self.driver.get(self.url + path)
        until(lambda: self.run("return !!host?.shadowRoot && host.shadowRoot.querySelector('.app').style.visibility === ''"), what="the widget")
        until(lambda: self.find(".hello h2"), what="the welcome")
        return self

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script with `host` (the element) and `root` (its shadow root)."""
        head = "const host = document.querySelector('ip-law-assistant'), root = host?.shadowRoot;"
        return self.driver.execute_script(head + script, *arguments)

    def find(self, selector: str) -> list[WebElement]:
        return self.run("return [...root.querySelectorAll(arguments[0])]", selector) or []

    def one(self, selector: str, text: str = "") -> WebElement:
        """The last shown element that fits the selector and has the text."""

        def look() -> WebElement | None:
            shown = [e for e in self.find(selector) if text in (e.text or e.get_attribute("aria-label") or "")]
            return shown[-1] if shown else None

        return until(look, what=f"{selector} {text}")  # type: ignore[return-value]

    def press(self, *keys: str, shift: bool = False) -> None:
        chain = ActionChains(self.driver)
        if shift:
            chain.key_down(Keys.SHIFT)
        for key in keys:
            chain.send_keys(key)
        if shift:
            chain.key_up(Keys.SHIFT)
        chain.perform()

    def insert(self, text: str) -> None:
        """Put text into what has the focus, as a keyboard of any script does."""
        self.driver.execute_cdp_cmd("Input.insertText", {"text": text})

    def write(self, text: str) -> None:
        self.one("#question").click()
        self.insert(text)

    def send(self, text: str) -> None:
        """Write and send, without waiting for the answer."""
        self.write(text)
        self.press(Keys.ENTER)

    def ask(self, text: str, seconds: float = 20) -> dict[str, Any]:
        """Write, send, and wait for the answer's payload."""
        before = self.count("done")
        self.send(text)
        return self.answer(before, seconds)

    def answer(self, before: int, seconds: float = 20) -> dict[str, Any]:
        """The payload of the newest answer once there are more than `before`."""
        until(lambda: self.count("done") > before, seconds, "an answer")
        return self.turns()[-1]["payload"]

    def count(self, state: str) -> int:
        return len(self.find(f".turn[data-state={state}]"))

    def turns(self) -> list[dict[str, Any]]:
        """What the widget holds."""
        return self.run("return host.talk.turns")

    def spoken(self) -> str:
        """What was last said to a screen reader."""
        return self.run("return root.querySelector('.app > [role=status]').textContent")

    def focus(self) -> WebElement:
        return self.run("return root.activeElement")

    def draft(self) -> str:
        return self.run("return root.querySelector('#question').value")

    def size(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def display(self, **parts: str) -> None:
        """Choose a display as the menu does."""
        self.run("host.device.display = {...host.device.display, ...arguments[0]}", parts)
        self.driver.refresh()
        self.open_again()

    def open_again(self) -> None:
        until(
            lambda: self.run("return root?.querySelector('.app').style.visibility === '' && root.querySelector('.hello h2')"), what="the page again"
        )

    def offline(self, cut: bool) -> None:
        conditions = {"offline": cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def complaints(self) -> list[str]:
        """What the browser logged at the level of an error."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
