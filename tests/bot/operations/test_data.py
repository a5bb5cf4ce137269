"""What is kept about people can be found, exported, erased, and goes when it is old; real SQLite, PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from bot import cli
from bot.channels.web.history import Exchange
from bot.channels.web.redis_history import RedisHistory
from bot.channels.wecom.store import NewJob, Store
from bot.observability.journey import pseudonym
from bot.operations import data
from bot.redis_connection import close, connect
from bot.settings import ROOT
from bot.tracker_store import RecentTrackerStore
from knowledge.feedback import FeedbackStore, mark_of
from tests.redis_server import RedisServer

DAY = 86_400
WANG, LI = "web-" + "0" * 31 + "1", "web-" + "0" * 31 + "2"
MEMBER = "wecom:ww0123456789:zhangsan"
SECRETS = "我的专利被王小明抄了"


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> data.Places:
    """Stores of this test's own, as the settings name them."""
    if request.param == "sqlite":
        urls = [f"sqlite:///{tmp_path / name}.db" for name in ("conversations", "feedback")]
    else:
        server = request.getfixturevalue("postgres")
        urls = [server.database(), server.database()]
    state, held = tmp_path / "wecom.sqlite", tmp_path / "review.json"
    for name, value in zip(("CONVERSATIONS_DB_URL", "FEEDBACK_DB_URL", "REDIS_URL", "WECOM_STATE"), (*urls, redis_server.url, state)):
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("WEB_SECRET", "a secret of these tests")
    made = data.Places(urls[0], urls[1], redis_server.url, state, held)
    monkeypatch.setattr(data.Places, "configured", classmethod(lambda cls: made))
    return made


@pytest.fixture
def world(places: data.Places) -> Iterator[data.Places]:
    """Two visitors and a member of WeCom have talked today, somebody else long ago."""
    store = RecentTrackerStore(Domain.load(str(ROOT / "bot" / "domain")), host=places.conversations)
    now = time.time()
    asyncio.run(talked(store, WANG, SECRETS, now))
    asyncio.run(talked(store, LI, "商标注册要多久", now))
    asyncio.run(talked(store, MEMBER, "著作权保护多久", now, mark="abcdefabcdef"))
    asyncio.run(talked(store, "web-old", "很久以前问的", now - 200 * DAY))
    ratings = FeedbackStore(places.feedback)
    for session, message, question in (
        (mark_of(WANG[4:]), "m1", SECRETS),
        (mark_of(LI[4:]), "m1", "商标注册要多久"),
        ("abcdefabcdef", "m9", "著作权"),
    ):
        ratings.save(rating(session, message, question))
    asyncio.run(kept(places, WANG[4:], SECRETS))
    asyncio.run(kept(places, LI[4:], "商标注册要多久"))
    waiting = Store(places.wecom)
    waiting.add([NewJob("ww0123456789/1:message:zhangsan:77", "ww0123456789/1", MEMBER, "member", {"Content": "在吗"})])
    waiting.add([NewJob("ww0123456789/1:message:lisi:78", "ww0123456789/1", "wecom:ww0123456789:lisi", "member", {"Content": "您好"})])
    waiting.offer(MEMBER, ["ask:专利"])
    waiting.close()
    yield places
    store.engine.dispose()


async def talked(store: RecentTrackerStore, sender: str, said: str, when: float, mark: str = "") -> None:
    """A conversation of one turn, stored as Rasa stores it."""
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    events: list[Event] = [SessionStarted(timestamp=when), ActionExecuted("action_listen", timestamp=when)]
    events += [UserUttered(said, {"name": "ask"}, timestamp=when), ActionExecuted("action_answer", timestamp=when)]
    events += [BotUttered("答", timestamp=when), SlotSet("answered", {"session": mark} if mark else None, timestamp=when)]
    tracker.update_with_events(events, store.domain, override_timestamp=False)
    await store.save(tracker)


async def kept(places: data.Places, session: str, said: str) -> None:
    client = connect(places.redis)
    await RedisHistory(client, 3600).keep(session, Exchange("m1", said, time.time(), {"summary": "答"}))
    await close(client)


def rating(session: str, message: str, question: str) -> dict[str, Any]:
    row = {"session": session, "message": message, "verdict": "down", "reason": None, "comment": "不对", "question": question}
    return {**row, "kind": "answer", "topic": None, "title": "题", "citations": [], "ranking": None, "model": None}


def run(*argv: str, answer: str | None = None) -> tuple[int, str, str]:
    done = CliRunner(mix_stderr=False).invoke(cli.app, ["data", *argv], prog_name="python -m bot", input=answer)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_everything_about_a_person_is_exported_and_nothing_about_others(world: data.Places) -> None:
    code, out, _ = run("export", WANG)
    held = json.loads(out)
    assert code == 0
    assert [event["text"] for event in held["conversation"] if event["event"] == "user"] == [SECRETS]
    assert [row["question"] for row in held["feedback"]] == [SECRETS]
    assert [exchange["text"] for exchange in held["web_history"]] == [SECRETS]
    assert "商标" not in out
    held = json.loads(run("export", MEMBER)[1])
    assert [row["question"] for row in held["feedback"]] == ["著作权"]
    assert [row["data"] for row in held["wecom_waiting"]] == [{"Content": "在吗"}]
    assert [row["payloads"] for row in held["wecom_choices"]] == [["ask:专利"]]


@pytest.mark.parametrize(
    ("sender", "erased"),
    [
        (WANG, {data.HISTORY: 1, data.WECOM: 0, data.RATINGS: 1, data.EVENTS: 6}),
        (MEMBER, {data.HISTORY: 0, data.WECOM: 3, data.RATINGS: 1, data.EVENTS: 6}),
    ],
)
def test_everything_about_a_person_is_erased_and_nothing_about_others(world: data.Places, sender: str, erased: dict[str, int]) -> None:
    others = {other: comparable(data.export(world, other)) for other in (WANG, LI, MEMBER, "web-old", "wecom:ww0123456789:lisi") if other != sender}
    code, out, _ = run("erase", sender, "--yes")
    assert code == 0
    for what, count in erased.items():
        assert f"{what}：{count}\n" in out
    assert not data.holds_anything(data.export(world, sender))
    assert {other: comparable(data.export(world, other)) for other in others} == others
    code, _, error = run("erase", sender, "--yes")
    assert (code, error) == (1, "没有保存关于这个会话的任何内容。\n")


def comparable(exported: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in exported.items() if name != "exported"}


def test_what_is_erased_is_no_longer_in_the_files(world: data.Places, tmp_path: Path) -> None:
    if not world.conversations.startswith("sqlite"):
        pytest.skip("PostgreSQL cleans its files by itself (autovacuum)")
    written = (SECRETS.encode(), json.dumps(SECRETS)[1:-1].encode())
    files = [path for path in tmp_path.iterdir() if ".db" in path.name]
    assert any(form in path.read_bytes() for form in written for path in files)
    data.erase(world, WANG)
    assert not any(form in path.read_bytes() for form in written for path in tmp_path.iterdir() if ".db" in path.name)


@pytest.mark.parametrize("answer", ["", "n\n", "y\n", "\n"])
def test_nothing_is_erased_without_being_sure(world: data.Places, answer: str) -> None:
    assert run("erase", WANG, answer=answer)[0] == 1
    assert data.holds_anything(data.export(world, WANG))


def test_being_sure_erases(world: data.Places) -> None:
    assert run("erase", WANG, answer="删除\n")[0] == 0
    assert not data.holds_anything(data.export(world, WANG))


@pytest.mark.parametrize(
    ("clue", "sender"),
    [(WANG[10:], WANG), (mark_of(WANG[4:]), WANG), ("王小明", WANG), ("zhangsan", MEMBER), (WANG, WANG)],
)
def test_a_conversation_is_found_by_what_one_knows(world: data.Places, clue: str, sender: str) -> None:
    found = [one.sender for one in data.find(world, clue)]
    assert sender in found
    assert found == [sender] or clue in WANG


def test_a_conversation_is_found_by_its_name_in_the_log(world: data.Places) -> None:
    code, out, _ = run("find", pseudonym(LI))
    assert code == 0
    assert out.startswith(LI)
    assert out.endswith("1 句\n")
    assert run("find", "无此人%_") == (1, "", "没有找到这样的会话。\n")


def test_only_what_is_old_expires(world: data.Places, monkeypatch: pytest.MonkeyPatch) -> None:
    world.review_list.write_text("[]")
    os.utime(world.review_list, (0, 0))
    with create_engine(world.feedback, future=True).begin() as connection:
        connection.execute(text("UPDATE feedback SET written = '2020-01-01 00:00:00' WHERE message = 'm9'"))
    code, out, _ = run("expire")
    assert code == 0
    assert all(f"{what}：1\n" in out for what in (data.CONVERSATIONS, data.RATINGS, data.LISTS))
    assert not data.holds_anything(data.export(world, "web-old"))
    assert all(data.export(world, sender)["conversation"] for sender in (WANG, LI, MEMBER))
    assert not world.review_list.exists()
    monkeypatch.setenv("RETENTION_DAYS", "0")
    assert "一直保存" in run("expire")[1]
    monkeypatch.setenv("RETENTION_DAYS", "半年")
    assert run("expire")[::2] == (1, "RETENTION_DAYS 应为 0 到 36500 的整数，现在是“半年”。\n")


def test_a_conversation_that_goes_on_is_kept_whole(places: data.Places) -> None:
    store = RecentTrackerStore(Domain.load(str(ROOT / "bot" / "domain")), host=places.conversations)
    asyncio.run(talked(store, WANG, "去年问的", time.time() - 400 * DAY))
    asyncio.run(talked(store, WANG, "今天问的", time.time()))
    assert data.expire(places, 180)[data.CONVERSATIONS] == 0
    assert len(data.export(places, WANG)["conversation"]) == 12


def test_many_old_conversations_expire(places: data.Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "_AT_ONCE", 3)
    store = RecentTrackerStore(Domain.load(str(ROOT / "bot" / "domain")), host=places.conversations)
    for number in range(8):
        asyncio.run(talked(store, f"web-{number}", "旧", time.time() - 200 * DAY))
    expired = data.expire(places, 180)
    assert (expired[data.CONVERSATIONS], expired[data.EVENTS]) == (8, 48)


def test_stores_that_do_not_exist_yet_hold_nothing(places: data.Places) -> None:
    assert not data.holds_anything(data.export(places, WANG))
    assert not any(data.erase(places, WANG).values())
    assert not any(data.expire(places, 1).values())
    assert data.find(places, "a") == []
    assert not places.wecom.exists()


def test_while_redis_is_away_nothing_is_half_erased(world: data.Places, redis_server: RedisServer) -> None:
    redis_server.stop()
    code, _, error = run("erase", WANG, "--yes")
    assert code == 1
    assert "Redis（REDIS_URL）用不了" in error
    redis_server.start()
    assert data.export(world, WANG)["conversation"]
