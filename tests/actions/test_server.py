"""The action server as a process: its health tells the truth, its lines bear the id and nothing of the person, its metrics count."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.library import Library
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
PERSON, WORDS = "wecom:ww01:zhangsan", "我和李四合写的书被他独自出版了"


class Server:
    """`python -m actions` with the tests' library."""

    def __init__(self, library: str, log: Path) -> None:
        self.port, self.metrics_port, self.log = free_port(), free_port(), log
        own = {"KNOWLEDGE_DB_URL": library, "LOG_FORMAT": "json", "ACTION_METRICS_PORT": str(self.metrics_port), "SANIC_HOST": "127.0.0.1"}
        with log.open("wb") as output:
            command = [sys.executable, "-m", "actions", "--port", str(self.port)]
            self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdout=output, stderr=subprocess.STDOUT)

    def get(self, path: str, port: int | None = None) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=30) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def run(self, action: str, body: bytes | None = None, **message: Any) -> tuple[int, bytes]:
        """Call an action as Rasa does."""
        slots = dict.fromkeys(("topic", "question", "provision", "law", "choices", "pending", "facts", "trail", "answered"))
        tracker = {"sender_id": PERSON, "slots": slots, "events": [], "latest_message": {"text": WORDS, **message}}
        call = json.dumps({"next_action": action, "tracker": tracker, "version": "3.6.21"}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/webhook", data=body or call, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def lines(self) -> list[dict[str, Any]]:
        """Every line of the log; each must be JSON."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def metric(self, name: str) -> float:
        """The value of a series, written as Prometheus shows it; 0 where it is not there."""
        page = self.get("/metrics", self.metrics_port)[1].decode()
        return next((float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(name + " ")), 0.0)


@pytest.fixture(scope="module")
def server(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(str(library.engine.url), tmp_path_factory.mktemp("actions") / "log")
    until = time.monotonic() + 120
    while True:
        try:
            if running.get("/health/ready")[0] == 200:
                break
        except OSError:
            pass
        assert running.process.poll() is None and time.monotonic() < until, running.log.read_text()
        time.sleep(0.2)
    yield running
    running.process.terminate()
    assert running.process.wait(20) is not None


def test_it_is_ready_with_a_library_and_not_without(server: Server, library: Library) -> None:
    assert server.get("/health/live") == (200, b'{"status":"ok"}')
    status, body = server.get("/health/ready")
    assert (status, json.loads(body)["parts"]["library"]["ok"]) == (200, True), body
    file = Path(str(library.engine.url.database))
    file.rename(file.with_suffix(".away"))
    try:
        time.sleep(1.1)  # a report is kept for a second
        for path in ("/health/ready", "/health"):
            status, body = server.get(path)
            assert (status, json.loads(body)["status"]) == (503, "not_ready")
        assert server.get("/health/live")[0] == 200
    finally:
        file.unlink(missing_ok=True)  # SQLite has made an empty one
        file.with_suffix(".away").rename(file)
    time.sleep(1.1)
    assert server.get("/health")[0] == 200


def test_once_it_is_ready_no_answer_waits_for_the_topics_to_be_loaded(server: Server) -> None:
    assert json.loads(server.get("/health")[1])["parts"]["topics"]["ok"]
    from actions import server as module

    module.load_topics()
    assert "index" in vars(module.snapshot(module.default_library())), "the index is kept where answers look for it"


def test_an_actions_line_bears_the_id_that_came_with_the_message(server: Server) -> None:
    before = server.metric('assistant_action_seconds_count{action="action_look_up"}')
    status, body = server.run("action_look_up", text="专利法第五十条", metadata={"request_id": "0123456789abcdef"})
    assert status == 200
    (line,) = [line for line in server.lines() if line.get("request_id") == "0123456789abcdef"]
    expected = {"event": "action", "service": "actions", "action": "action_look_up", "status": 200, "kind": "provision"}
    assert expected.items() <= line.items()
    assert server.metric('assistant_action_seconds_count{action="action_look_up"}') == before + 1
    assert server.metric('assistant_ready{part="library"}') == 1


def test_an_action_that_fails_tells_where_and_not_the_conversation(server: Server) -> None:
    before = server.metric('assistant_action_errors_total{action="action_answer"}')
    status, body = server.run("action_answer", recognition=5, metadata={"request_id": "fedcba9876543210"})
    assert (status, json.loads(body)) == (500, {"error": "AttributeError", "action_name": "action_answer"})
    failed, summed = [line for line in server.lines() if line.get("request_id") == "fedcba9876543210"]
    assert any("turn.py" in place for place in failed["error"]["trace"])
    assert (summed["event"], summed["error"]) == ("action", "AttributeError")
    assert server.metric('assistant_action_errors_total{action="action_answer"}') == before + 1
    assert server.metric("assistant_actions_in_progress") == 0


@pytest.mark.parametrize(("body", "status"), [(b"not json", 400), (b"[]", 500), (b'{"next_action": "invented", "tracker": {}}', 404)])
def test_a_bad_call_is_counted_under_no_name_of_its_own(server: Server, body: bytes, status: int) -> None:
    assert server.run("", body)[0] == status
    assert "invented" not in server.get("/metrics", server.metrics_port)[1].decode()
    assert server.metric("assistant_actions_in_progress") == 0


def test_no_line_tells_who_asked_what(server: Server) -> None:
    server.run("action_answer")
    assert server.lines()
    text = server.log.read_text(encoding="utf-8")
    assert "zhangsan" not in text and WORDS not in text


def test_the_metrics_are_not_on_the_port_of_the_webhook(server: Server) -> None:
    assert server.get("/metrics")[0] == 404


def test_a_setting_that_cannot_be_used_ends_it_with_a_sentence() -> None:
    environment = {**os.environ, "LOG_FORMAT": "xml"}
    done = subprocess.run([sys.executable, "-m", "actions"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "LOG_FORMAT 应为" in done.stderr and "Traceback" not in done.stderr
