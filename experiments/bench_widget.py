"""The widget: what it weighs, and how long a page with it takes beside the same page with an empty element in its place, in one run.

    python -m experiments.bench_widget [--times 9] [--slower 1 4] [--sizes]

Pages and files are served by the real web channel without a model (nothing is asked); the browser is Chromium, its cache emptied before
each cold load. First paint: the browser's own. Usable: for the widget, the first moment at which the element is defined, its styles are
there and its input takes the focus; for the empty page, the end of its loading. Machines are noisy: quote the ratios.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.channels.web import pages
from bot.channels.web.files import Files
from bot.channels.web.replies import guard_headers
from bot.channels.web.settings import FILES, WebSettings
from bot.desk.cli_base import ready_library
from bot.settings import child_environment
from experiments.bench import free_port

GOAL = 30_000  # bytes, compressed, of everything that the widget loads
EMPTY = "/empty"
SEEN = """
const began = setInterval(() => {
  const host = document.querySelector("ip-law-assistant"), root = host?.shadowRoot, input = root?.querySelector("#question");
  const usable = location.pathname === "/empty" ? document.readyState === "complete"
    : customElements.get("ip-law-assistant") && input && getComputedStyle(input).visibility === "visible" && (input.focus(), root.activeElement === input);
  if (!usable) return;
  globalThis.usable = performance.now();
  clearInterval(began);
}, 1);
"""
MEASURED = """
const paint = performance.getEntriesByName("first-paint")[0]?.startTime;
const loaded = performance.getEntriesByType("resource").filter((entry) => entry.name.includes("/web/") && !entry.name.includes("/webhooks/"));
const bytes = loaded.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
return globalThis.usable && paint ? { paint, usable: globalThis.usable, files: loaded.length, bytes } : null;
"""


@dataclass(frozen=True)
class Seen:
    """One load: milliseconds to first paint and until usable; the files of ours that it took and their bytes as sent."""

    paint: float
    usable: float
    files: int
    bytes: int


def sizes() -> list[tuple[str, int, int]]:
    """(file, bytes, bytes as sent) of everything that the widget loads, largest first."""
    files = Files(FILES)
    found = [(name, file) for name in ("assistant.js", "assistant.css", *files.modules()) if (file := files.get(name))]
    return sorted(((name, len(file.body), len(file.packed or file.body)) for name, file in found), key=lambda row: -row[2])


def empty_page(front: str) -> str:
    """The front page without the widget's script and files, its element empty."""
    without = re.sub(r'<link rel="(?:module)?preload"[^>]*>\n|<script type="module"[^>]*></script>\n', "", front)
    return re.sub(r"(<ip-law-assistant[^>]*>).*?(</ip-law-assistant>)", r"\1\2", without, flags=re.S)


def serve(port: int) -> None:
    """The web channel, and the empty page, until the process is ended."""
    from rasa.core.channels.channel import register
    from sanic import Sanic
    from sanic.response import html

    from bot.channels.web.channel import WebInput

    app = Sanic("widget_alone", configure_logging=False)
    register([WebInput()], app, route="/webhooks/")
    headers, text = guard_headers(WebSettings.from_environment()), empty_page(pages.front(Files(FILES).modules()))

    async def empty(_: Any) -> Any:
        return html(text, headers=headers)

    app.add_route(empty, EMPTY)
    app.run("127.0.0.1", port, access_log=False, motd=False)


@contextmanager
def served() -> Iterator[str]:
    """The address of a web channel in a process of its own."""
    port = free_port()
    os.environ.update(child_environment())  # quiet libraries
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True)
    process.start()
    try:
        address, until = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while not _answers(f"{address}{EMPTY}"):
            if time.monotonic() > until or not process.is_alive():
                raise RuntimeError("the web channel did not start")
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.join()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def load(driver: Any, url: str, cold: bool) -> Seen:
    """Load a page and wait until it is usable and painted."""
    if cold:
        driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    driver.get("about:blank")
    driver.get(url)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if found := driver.execute_script(MEASURED):
            return Seen(**found)
        time.sleep(0.05)
    raise RuntimeError(f"{url} was not usable within 60 s")


def measure(times: int, slower: list[float]) -> Iterator[tuple[float, str, Seen, Seen]]:
    """(how much slower the processor, cold or cached, the empty page, the page with the widget): medians, the two loaded by turns."""
    from tests.end_to_end.browser import chromium

    with served() as address, chromium() as driver:
        driver.execute_cdp_cmd("Network.enable", {})
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SEEN})
        for rate in slower:
            driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": rate})
            for cold in (True, False):
                found: dict[str, list[Seen]] = {EMPTY: [], "/": []}
                for turn in range(times + 1):
                    for path, seen in found.items():
                        one = load(driver, address + path, cold)
                        if turn:  # the first of each only warms up
                            seen.append(one)
                yield rate, "cold" if cold else "cached", median(found[EMPTY]), median(found["/"])


def median(seen: list[Seen]) -> Seen:
    """Each figure's median."""
    return Seen(
        statistics.median(one.paint for one in seen),
        statistics.median(one.usable for one in seen),
        max(one.files for one in seen),
        max(one.bytes for one in seen),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--slower", type=float, nargs="+", default=[1, 4], help="how many times slower the browser's processor is made")
    parser.add_argument("--sizes", action="store_true", help="only what it weighs; no browser")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    weighed = sizes()
    table = Table("file", "bytes", "gzipped", title="what the widget loads")
    for name, plain, sent in weighed:
        table.add_row(name, f"{plain:,}", f"{sent:,}")
    total = sum(sent for _, _, sent in weighed)
    table.add_section()
    table.add_row("all", f"{sum(plain for _, plain, _ in weighed):,}", f"{total:,}")
    console.print(table)
    console.print(f"{total:,} bytes gzipped, {total / GOAL:.0%} of the {GOAL:,} that it may weigh")
    if arguments.sizes:
        return
    ready_library()
    drawn = Table("processor", "cache", "page", "first paint ms", "usable ms", title=f"one run, medians of {arguments.times}")
    ratios = []
    for rate, cache, empty, full in measure(arguments.times, arguments.slower):
        speed = f"{rate:g} times slower" if rate > 1 else "as it is"
        for name, seen in (("empty element", empty), ("widget", full)):
            drawn.add_row(speed, cache, name, f"{seen.paint:.0f}", f"{seen.usable:.0f}")
        ratios.append(
            f"{speed}, {cache}: first paint ratio {full.paint / empty.paint:.2f} ({full.paint - empty.paint:+.0f} ms), "
            f"usable ratio {full.usable / empty.usable:.2f} ({full.usable - empty.usable:+.0f} ms)"
            + (f"; {full.files - empty.files} more files, {full.bytes - empty.bytes:,} more bytes" if cache == "cold" else "")
        )
    console.print(drawn)
    for line in ratios:
        console.print(line)


if __name__ == "__main__":
    main()
