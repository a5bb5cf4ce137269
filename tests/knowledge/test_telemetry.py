"""Log lines keep to their form and tell nothing of people; readiness tells the truth in time; metrics have a port of their own."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from knowledge.build import build
from knowledge.environment import SettingError
from knowledge.library import Library
from knowledge.queries import mark_of
from knowledge.telemetry import context, settings
from knowledge.telemetry.exporter import Exporter, measure
from knowledge.telemetry.library import LibraryCheck
from knowledge.telemetry.logs import JsonLines, TextLines, event
from knowledge.telemetry.readiness import NotReady, Readiness, blocking
from tests.servers import free_port

PERSON, WORDS = "wecom:ww01:zhangsan", "我和李四合写的书被他独自出版了"


class Lines(logging.Handler):
    """Formats every record as a console would show it."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))

    @property
    def last(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.texts[-1])
        return found


@pytest.fixture
def lines() -> Iterator[Lines]:
    kept = Lines(JsonLines("test"))
    for name in ("bot.test", "rasa.test"):
        logging.getLogger(name).addHandler(kept)
        logging.getLogger(name).setLevel(logging.INFO)
    yield kept
    for name in ("bot.test", "rasa.test"):
        logging.getLogger(name).removeHandler(kept)
    context.clear()


def test_an_event_is_one_json_line_with_its_fields_and_the_request_id(lines: Lines) -> None:
    context.REQUEST_ID.set("0123456789abcdef")
    event(logging.getLogger("bot.test"), "message", kind="answer", topic=None, characters=3, time="not ours to set")
    assert "\n" not in lines.texts[0]
    line = lines.last
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "service": "test",
        "logger": "bot.test",
        "event": "message",
        "request_id": "0123456789abcdef",
        "kind": "answer",
        "characters": 3,
    }


def test_lines_of_libraries_tell_neither_sender_nor_words_nor_secrets(lines: Lines) -> None:
    context.veil(PERSON, "a1b2", WORDS)
    logging.getLogger("rasa.test").warning("stuck for '%s' who said '%s'", PERSON, WORDS)
    assert lines.last["event"] == "stuck for 'a1b2' who said '…'"
    logging.getLogger("rasa.test").warning("GET https://qyapi.example/cgi-bin/send?access_token=geheim failed")
    logging.getLogger("rasa.test").warning("cannot reach postgresql://user:geheim@db:5432/x")
    assert not any("geheim" in text for text in lines.texts)
    context.clear()
    logging.getLogger("rasa.test").warning("of '%s'", PERSON)
    assert PERSON in lines.last["event"], "the veil ends with the message"


def test_an_exception_tells_its_place_and_not_what_was_stored_or_sent(lines: Lines) -> None:
    context.veil(PERSON, "a1b2", WORDS)
    engine = sa.create_engine("sqlite://")
    try:
        try:
            with engine.connect() as connection:
                connection.execute(sa.text("INSERT INTO events VALUES (:words)"), {"words": f"other words: {WORDS[:8]}"})
        except sa.exc.OperationalError as error:
            raise RuntimeError(f"not kept: {WORDS}") from error
    except RuntimeError:
        logging.getLogger("bot.test").exception("a message could not be handled")
    error = lines.last["error"]
    assert (error["type"], error["message"]) == ("RuntimeError", "not kept: …")
    assert error["cause"]["type"] == "sqlalchemy.exc.OperationalError" and "no such table" in error["cause"]["message"]
    assert any("test_telemetry.py" in place for place in error["trace"])
    assert WORDS[:8] not in lines.texts[-1]


def test_text_lines_read_well(lines: Lines) -> None:
    lines.setFormatter(TextLines("test"))
    event(logging.getLogger("bot.test"), "message", kind="answer", likely=["a", "b"])
    assert lines.texts[0].endswith("INFO    bot.test: message kind=answer likely=a,b")


def test_everything_on_the_console_has_the_form_also_warnings_and_sanics_lines() -> None:
    program = """
import logging, sys, warnings
logging.basicConfig(stream=sys.stdout, format="old %(message)s")
from knowledge.telemetry import logs
logs.configure("x"); logs.configure("x")
warnings.warn("outdated")
logging.getLogger("sanic.error").propagate = False
logging.getLogger("sanic.error").error("broken")
logging.getLogger("knowledge.x").info("own")
"""
    done = subprocess.run([sys.executable, "-W", "default", "-c", program], capture_output=True, text=True, check=True, env={"LOG_FORMAT": "json"})
    assert [json.loads(line)["logger"] for line in done.stderr.splitlines()] == ["py.warnings", "sanic.error", "knowledge.x"]
    assert done.stdout == ""


@pytest.mark.parametrize(("variable", "text"), [("LOG_FORMAT", "xml"), ("METRICS_PORT", "99999"), ("ACTION_METRICS_PORT", "eins")])
def test_a_setting_that_cannot_be_used_is_named_in_chinese(monkeypatch: pytest.MonkeyPatch, variable: str, text: str) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(SettingError, match=f"{variable} 应为"):
        settings.log_format(), settings.metrics_port(), settings.action_metrics_port()


def test_the_action_servers_metrics_are_beside_rasas(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("METRICS_PORT", "ACTION_METRICS_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert (settings.metrics_port(), settings.action_metrics_port()) == (None, None)
    monkeypatch.setenv("METRICS_PORT", "9100")
    assert (settings.metrics_port(), settings.action_metrics_port()) == (9100, 9101)
    monkeypatch.setenv("ACTION_METRICS_PORT", "9200")
    assert settings.action_metrics_port() == 9200


@pytest.mark.parametrize("text", ["", "kurz", "a" * 65, "has space", "Zeile\n12345", "-begins", "中文中文中文中文", None, 5, ["12345678"]])
def test_only_a_plain_word_is_taken_as_a_request_id(text: object) -> None:
    assert not context.well_formed(text)
    assert context.well_formed(context.new_id())


def test_readiness_names_the_part_that_fails_and_tells_no_secrets() -> None:
    async def fine() -> None: ...

    def unreachable() -> None:
        raise ConnectionError("postgresql://user:geheim@db")

    async def not_there() -> None:
        raise NotReady("not_loaded")

    report = asyncio.run(Readiness({"a": fine, "b": blocking(unreachable), "c": not_there}).report())
    data = report.as_data()
    assert (report.status, data["status"]) == (503, "not_ready")
    assert {name: part.get("problem") for name, part in data["parts"].items()} == {"a": None, "b": "ConnectionError", "c": "not_loaded"}
    assert "geheim" not in json.dumps(data)
    assert asyncio.run(Readiness({"a": fine}).report()).status == 200


def test_a_part_that_hangs_is_given_up_in_time_and_not_asked_twice() -> None:
    held, asked = threading.Event(), []

    def hang() -> None:
        asked.append(time.monotonic())
        held.wait(20)

    async def scene() -> list[str]:
        readiness = Readiness({"database": blocking(hang)}, limit=0.05, kept=0.0)
        problems = [(await readiness.report()).parts["database"].problem for _ in range(3)]
        held.set()
        await asyncio.sleep(0.2)
        return [*problems, (await readiness.report()).parts["database"].problem]

    assert asyncio.run(scene()) == ["timeout", "timeout", "timeout", ""]
    assert len(asked) == 2, "once while it hung, once afterwards"


def test_many_who_ask_at_once_share_one_look() -> None:
    looks = []

    async def look() -> None:
        looks.append(1)
        await asyncio.sleep(0.05)

    async def scene() -> None:
        readiness = Readiness({"a": look}, kept=60)
        await asyncio.gather(*(readiness.report() for _ in range(20)))
        await readiness.report()

    asyncio.run(scene())
    assert len(looks) == 1


def test_the_library_must_be_readable_and_current(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'knowledge.db'}"
    build(url)
    library = Library.open(url)
    LibraryCheck(lambda: library)()
    content = iter(["older content", mark_of(library.engine)])
    check = LibraryCheck(lambda: library, lambda: next(content), pause=0.0)
    with pytest.raises(NotReady, match="not_current"):
        check()
    check()
    (tmp_path / "knowledge.db").unlink()
    with pytest.raises(sa.exc.SQLAlchemyError):
        check()


def test_metrics_are_served_on_a_port_of_their_own_which_is_given_back() -> None:
    port = free_port()
    measure(Path("/"))
    exporter = Exporter()
    assert exporter.start("127.0.0.1", port)
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    assert "assistant_disk_free_bytes" in page and "assistant_memory_bytes" in page
    assert not Exporter().start("127.0.0.1", port), "a port that is taken stops nothing"
    exporter.stop()
    again = Exporter()
    assert again.start("127.0.0.1", port)
    again.stop()


def test_several_workers_are_served_as_their_sum(tmp_path: Path) -> None:
    port = free_port()
    program = f"""
import os, time, urllib.request
from prometheus_client import Counter
from knowledge.telemetry.exporter import Exporter
counter = Counter("things", "")
child = os.fork()
counter.inc(1 if child else 2)
if not child:
    os._exit(0)
os.waitpid(child, 0)
Exporter().start("127.0.0.1", {port})
print(urllib.request.urlopen("http://127.0.0.1:{port}/metrics").read().decode())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    )
    assert "things_total 3.0" in done.stdout


def test_a_library_that_was_prepared_is_current_although_files_are_edited_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'knowledge.db'}"
    build(url)
    library = Library.open(url)
    monkeypatch.setenv("KNOWLEDGE_FINGERPRINT", mark_of(library.engine))
    LibraryCheck(lambda: library, lambda: "edited since")()
    monkeypatch.setenv("KNOWLEDGE_FINGERPRINT", "another")
    with pytest.raises(NotReady, match="not_current"):
        LibraryCheck(lambda: library, lambda: "edited since")()
