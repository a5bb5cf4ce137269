"""Stores take hostile names and words as values, and what they cannot take ends no process; secrets are shown nowhere."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from typer.testing import CliRunner

from bot import cli
from bot.channels.web.markup import e
from bot.operations import data
from bot.settings import ROOT
from bot.tracker_store import RecentTrackerStore
from knowledge.feedback import FeedbackStore
from tests.postgres import Postgres

HOSTILE = ("' OR '1'='1", "'; DROP TABLE events; --", '" UNION SELECT 1 --', "%", "_", "\\", "?", ":x", "${jndi:x}", "{0}", "专利%s")


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> data.Places:
    """Conversations of people whose names are hostile, one each, and of one other."""
    url = f"sqlite:///{tmp_path / 'c.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres").database()
    made = data.Places(url, url, "", tmp_path / "wecom.sqlite", tmp_path / "review.json")
    monkeypatch.setattr(data.Places, "configured", classmethod(lambda cls: made))
    store = RecentTrackerStore(Domain.load(str(ROOT / "bot" / "domain")), host=url)

    async def talk(sender: str) -> None:
        tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
        tracker.update_with_events(
            [ActionExecuted("action_session_start"), SessionStarted(), UserUttered(f"我说{sender}", {"name": "ask"})], store.domain
        )
        await store.save(tracker)

    for sender in (*HOSTILE, "somebody else"):
        asyncio.run(talk(sender))
    store.engine.dispose()
    return made


def test_a_clue_or_a_name_with_sql_is_only_a_value(places: data.Places) -> None:
    for clue in set(HOSTILE) - {"_", "\\"}:  # these stand in what is stored of everybody
        assert "somebody else" not in {found.sender for found in data.find(places, clue)}, clue
    for sender in HOSTILE:
        assert len(data.export(places, sender)["conversation"]) == 3, sender
        done = CliRunner(mix_stderr=False).invoke(cli.app, ["data", "erase", "--yes", "--", sender])
        assert (done.exit_code, "会话事件：3" in done.stdout) == (0, True), (sender, done.stdout, done.stderr)
    assert [found.sender for found in data.find(places, "e")] == ["somebody else"]
    assert len(data.export(places, "somebody else")["conversation"]) == 3


def test_a_rating_with_sql_is_only_a_value(tmp_path: Path) -> None:
    ratings = FeedbackStore(f"sqlite:///{tmp_path / 'f.db'}")
    row = {"session": "s", "verdict": "down", "reason": None, "question": HOSTILE[1], "kind": "answer", "topic": None, "title": HOSTILE[2]}
    row |= {"citations": [], "ranking": None, "model": None, "written": datetime.datetime(2026, 1, 1)}
    for number, words in enumerate(HOSTILE):
        ratings.save({**row, "message": f"m{number}", "comment": words})
    made = data.Places("sqlite://", f"sqlite:///{tmp_path / 'f.db'}", "", tmp_path / "w", tmp_path / "r")
    assert data.expire(made, 36_500)[data.RATINGS] == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_name_that_the_database_cannot_take_ends_no_process(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Rasa's store takes every ValueError for a missing schema and leaves the program: one message would stop everybody."""
    server: Postgres | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    url = server.database() if server else f"sqlite:///{tmp_path / 'c.db'}"
    store = RecentTrackerStore(Domain.load(str(ROOT / "bot" / "domain")), host=url)
    for sender in ("\ud83d", "a\x00b"):
        try:
            asyncio.run(store.retrieve(sender))
        except ValueError:
            pass  # the channel says that there is no answer; SystemExit would not be caught here
    assert asyncio.run(store.retrieve("somebody")) is None
    store.engine.dispose()


SECRETS = {
    "REDIS_URL": "redis://:geheim@heim@cache:6379/0",
    "CONVERSATIONS_DB_URL": "postgresql://bot:geheim@db/conversations?sslpassword=geheim&passfile=geheim",
    "FEEDBACK_DB_URL": "postgresql://bot@db/feedback?password=geheim",
    "KNOWLEDGE_DB_URL": "postgresql://bot:ge/heim@db/knowledge",
    "WEB_SECRET": "geheim-geheim-geheim",
    "WECOM_SECRET": "geheim-wecom",
    "WECOM_TOKEN": "geheim-token",
    "WECOM_AES_KEY": "geheim-key",
    "WECOM_KF_SECRET": "geheim-kf",
}


def test_no_secret_is_shown_by_the_settings_in_any_form(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    done = CliRunner(mix_stderr=False).invoke(cli.app, ["settings"])
    assert all(name in done.stdout for name in SECRETS)
    assert "heim" not in done.stdout + done.stderr


def test_text_in_a_page_is_neither_html_nor_turned_around() -> None:
    assert e("<script>'\"&\u202egpj\u2066x\u200f") == "&lt;script&gt;&#x27;&quot;&amp;gpjx"
