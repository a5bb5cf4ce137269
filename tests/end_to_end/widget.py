"""Fixtures of the widget's tests: a browser with an empty profile, on the page of the real servers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.browser import CHROMIUM, DRIVER, Widget, chromium
from tests.servers import Assistant

needs_browser = pytest.mark.skipif(not (Path(CHROMIUM).exists() and Path(DRIVER).exists()), reason="needs Debian's chromium and chromium-driver")
QUESTION = "专利开放许可怎么办理？"
"""A question whose answer has steps, several grounds and suggestions."""


@pytest.fixture
def widget(assistant: Assistant) -> Iterator[Widget]:
    """The page, opened; at the end the browser must not have complained of a breach of the page's own rules."""
    with chromium() as driver:
        opened = Widget(driver, assistant.home).open()
        yield opened
        breaches = [text for text in opened.complaints() if "Content Security Policy" in text or "TypeError" in text or "TrustedHTML" in text]
        assert breaches == []


@pytest.fixture
def paused_actions(assistant: Assistant) -> Iterator[None]:
    """The action server does not answer while the test runs."""
    import os
    import signal

    process = assistant.services[0].process
    assert process is not None
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)
        time.sleep(0.2)
