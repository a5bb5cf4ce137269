"""The measuring program counts what was answered and keeps the parts of its page apart."""

from __future__ import annotations

import itertools
import json
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from experiments import performance
from experiments.load import load
from experiments.processes import Watch, cpu_seconds, megabytes

_TENTH = itertools.count()


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        title = "暂时无法回答" if next(_TENTH) % 10 == 9 else asked["message"]
        body = json.dumps([{"recipient_id": asked["sender"], "custom": {"title": title}}]).encode()
        time.sleep(0.005)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_messages_without_an_answer_are_counted_apart(url: str) -> None:
    found = load([url], ["一", "二"], clients=4, seconds=0.5)
    assert found.failed == pytest.approx(found.messages / 10, abs=2)
    assert 5 <= found.p50 <= found.p95 <= found.p99
    assert 0 < found.rate <= (found.messages - found.failed) / 0.5


def test_a_wanted_rate_is_not_exceeded(url: str) -> None:
    assert load([url], ["一"], clients=4, seconds=1, rate=20).messages <= 24


def test_a_service_that_is_not_there_answers_nothing() -> None:
    found = load(["http://127.0.0.1:9/"], ["一"], clients=1, seconds=0.05)
    assert found.failed == found.messages > 0


def test_memory_that_grows_is_seen() -> None:
    kept = []
    with Watch({"own": os.getpid()}, pause=0.1, tell=lambda _: kept.append(bytearray(os.urandom(1 << 20) * 4))) as watch:
        time.sleep(1)
    grown = watch.grown("own")
    assert grown.slope > 0
    assert grown.last - grown.first > 10
    assert megabytes(os.getpid()) > 10
    assert cpu_seconds(os.getpid()) > 0


def test_a_run_replaces_its_own_part_of_the_page_only(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    performance.write(page, "load", "一")
    performance.write(page, "soak", "二")
    performance.write(page, "load", "三")
    text = page.read_text(encoding="utf-8")
    assert (text.count("## Load"), text.count("三"), text.count("二"), text.count("一")) == (1, 1, 1, 0)
