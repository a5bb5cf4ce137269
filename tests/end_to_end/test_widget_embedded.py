"""The widget on a foreign site with a strict policy of its own, by one script tag."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from selenium.webdriver.common.keys import Keys

from tests.end_to_end.browser import Widget, chromium, until
from tests.end_to_end.widget import QUESTION, needs_browser
from tests.servers import Assistant, free_port

pytestmark = needs_browser


def serve(port: int, home: str) -> ThreadingHTTPServer:
    """A site whose pages allow nothing but itself and the assistant's host."""
    host = home.rstrip("/")

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            inline = '<ip-law-assistant mode="inline"></ip-law-assistant>' if self.path == "/inline" else ""
            body = f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>某站</title></head><body><h1>某站</h1>{inline}'
            body += f'<script type="module" src="{host}/web/assistant.js"></script></body></html>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            policy = f"default-src 'none'; script-src {host}; style-src {host}; connect-src {host}; require-trusted-types-for 'script'"
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def site(assistant: Assistant) -> Iterator[str]:
    server = serve(assistant.site, assistant.home)
    yield f"http://127.0.0.1:{assistant.site}/"
    server.shutdown()
    server.server_close()


def test_one_script_tag_gives_a_button_and_a_conversation(assistant: Assistant, site: str) -> None:
    with chromium() as driver:
        driver.get(site)
        widget = Widget(driver, site)
        opener = until(lambda: widget.run("return root?.querySelector('.launcher')"))
        opener.click()
        payload = widget.ask(QUESTION)
        assert payload["kind"] == "answer"
        widget.find(".chip")[0].click()
        until(lambda: widget.find(".drawer[open] mark"))
        assert widget.one("a.permanent").get_attribute("href") == f"{assistant.home}laws/patent-law/50"
        widget.press(Keys.ESCAPE)
        until(lambda: not widget.find(".drawer[open]"))
        widget.press(Keys.ESCAPE)
        assert widget.focus() == opener
        assert [text for text in widget.complaints() if "Content Security Policy" in text] == []
        driver.get(site + "inline")
        until(lambda: widget.count("done") == 1, what="the history on another page of the site")
        assert driver.execute_script("return document.querySelectorAll('ip-law-assistant').length") == 1


def test_a_site_that_is_not_allowed_gets_words(assistant: Assistant) -> None:
    server = serve(free_port(), assistant.home)
    try:
        with chromium() as driver:
            driver.get(f"http://127.0.0.1:{server.server_port}/inline")
            widget = Widget(driver, "")
            until(lambda: widget.run("return root?.querySelector('#question')"))
            widget.send(QUESTION)
            until(lambda: widget.count("failed"))
            assert widget.one(".failed").text
            assert widget.one(".asked bdi").text == QUESTION
    finally:
        server.shutdown()
        server.server_close()


def test_other_sites_may_not_frame_our_pages(assistant: Assistant) -> None:
    import urllib.request

    with urllib.request.urlopen(assistant.home) as response:
        assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
