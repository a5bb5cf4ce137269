"""Migrations: from nothing, from a database that Rasa made itself, twice, at once; nothing that people said is lost, nothing goes back."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from typer.testing import CliRunner

from bot.cli import app
from bot.migrate import STORES, MigrationError, configured, migrate, newest
from bot.migrations.adopting import NoWayBack
from bot.tracker_store import RecentTrackerStore
from knowledge import feedback
from tests.postgres import Postgres
from tests.servers import free_port

CONVERSATIONS, FEEDBACK = STORES
TABLES = {"conversations": SQLTrackerStore.Base.metadata, "feedback": feedback.metadata}
RATING = {"session": "0123456789ab", "message": "m-1", "verdict": "down", "question": "问", "kind": "answer", "title": "题", "citations": ["a/1"]}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database for both stores."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path / 'new folder' / '100%.db'}"
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        made = postgres.database()
    monkeypatch.setenv("CONVERSATIONS_DB_URL", made)
    monkeypatch.setenv("FEEDBACK_DB_URL", made)
    return made


@pytest.fixture
def engine(url: str) -> Iterator[sa.engine.Engine]:
    made = sa.create_engine(url, future=True)
    yield made
    made.dispose()


def test_an_empty_database_gets_what_rasa_and_the_feedback_store_declare(engine: sa.engine.Engine) -> None:
    for store in STORES:
        assert (migrate(store).before, migrate(store).now) == (None, newest(store))
        with engine.connect() as connection:

            def own(thing: object, name: str | None, kind: str, *_: object, known: sa.MetaData = TABLES[store.name]) -> bool:
                return kind != "table" or name in known.tables

            context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": own})
            differences = compare_metadata(context, TABLES[store.name])
        ours = [change for change in differences if not (change[0] == "remove_index" and change[1].name.startswith("ix_events_sender_"))]
        assert ours == []


def test_a_database_that_the_programs_made_themselves_is_taken_over_with_every_word(url: str, engine: sa.engine.Engine) -> None:
    domain = Domain.load(str(Path(__file__).parents[2] / "bot" / "domain"))
    Path(sa.engine.make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)

    async def talk(tracker_store: RecentTrackerStore, words: str) -> list[str]:
        tracker = await tracker_store.get_or_create_tracker("someone", append_action_listen=False)
        new = [] if tracker.events else [ActionExecuted("action_session_start"), SessionStarted()]
        tracker.update_with_events([*new, ActionExecuted("action_listen"), UserUttered(words, {"name": "ask"})], domain)
        await tracker_store.save(tracker)
        kept = await tracker_store.retrieve_full_tracker("someone")
        assert kept is not None
        return [event.text for event in kept.events if isinstance(event, UserUttered)]

    asyncio.run(talk(RecentTrackerStore(domain, host=url), "第一句"))
    feedback.FeedbackStore(url).save(RATING)

    for store in STORES:
        migrate(store)

    assert asyncio.run(talk(RecentTrackerStore(domain, host=url), "第二句")) == ["第一句", "第二句"]
    feedback.FeedbackStore(url).save({**RATING, "verdict": "up"})
    with engine.connect() as connection:
        assert connection.execute(sa.select(feedback.feedback.c.verdict, feedback.feedback.c.question)).all() == [("up", "问")]
    assert {"ix_events_sender_newest", "ix_events_carried"} <= {index["name"] for index in sa.inspect(engine).get_indexes("events")}


def test_the_queries_of_a_conversation_read_by_the_indexes(url: str, engine: sa.engine.Engine) -> None:
    migrate(CONVERSATIONS)
    newest_events = "SELECT * FROM events WHERE sender_id = 's7' ORDER BY id DESC LIMIT 40"
    session = "SELECT max(timestamp) FROM events WHERE sender_id = 's7' AND type_name = 'session_started'"
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # a table of a few rows is read whole whatever indexes there are
            fill = "INSERT INTO events (sender_id, type_name, timestamp) SELECT 's' || mod(n, 100), 'slot', n FROM generate_series(1, 30000) AS n"
            connection.exec_driver_sql(fill)
            connection.exec_driver_sql("ANALYZE events")
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plans = ["\n".join(str(row) for row in connection.exec_driver_sql(explain + query)) for query in (newest_events, session)]
    assert "ix_events_sender_newest" in plans[0]
    assert "ix_events_carried" in plans[1]
    assert not any("Sort" in plan or "TEMP B-TREE" in plan for plan in plans)


def test_two_machines_migrate_at_once(url: str, engine: sa.engine.Engine) -> None:
    Path(sa.engine.make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as both:
        results = list(both.map(lambda _: _migrated_apart(url), range(2)))
    assert [output for code, output in results if code] == []
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_conversations").all() == [(newest(CONVERSATIONS),)]


def _migrated_apart(url: str) -> tuple[int, str]:
    """Alembic keeps its state in the process: two machines are two processes."""
    environment = {**os.environ, "CONVERSATIONS_DB_URL": url, "FEEDBACK_DB_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "migrate"], check=False, env=environment, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    return done.returncode, done.stdout + done.stderr


def test_the_command_says_what_it_did_and_does_it_once(url: str) -> None:
    first, second = (CliRunner().invoke(app, ["migrate"]) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "已建立" in first.output
    assert second.output.count("已是最新") == len(STORES)


def test_a_database_of_a_newer_program_is_left_alone(url: str, engine: sa.engine.Engine) -> None:
    migrate(CONVERSATIONS)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_conversations SET version_num = 'c9999'")
    with pytest.raises(MigrationError, match="更新的程序升级过"):
        migrate(CONVERSATIONS)
    assert CliRunner().invoke(app, ["migrate"]).exit_code == 1


def test_a_foreign_table_of_that_name_is_refused_and_kept(url: str, engine: sa.engine.Engine) -> None:
    Path(sa.engine.make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE events (id INTEGER PRIMARY KEY, concert TEXT)")
        connection.exec_driver_sql("INSERT INTO events VALUES (1, 'jazz')")
    with pytest.raises(MigrationError, match="不是本程序的表"):
        migrate(CONVERSATIONS)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT concert FROM events").all() == [("jazz",)]
    assert not sa.inspect(engine).has_table("alembic_conversations")


def test_going_back_is_refused_and_removes_nothing(url: str, engine: sa.engine.Engine) -> None:
    for store, table in zip(STORES, ("events", "feedback")):
        migrate(store)
        with engine.connect() as connection, pytest.raises(NoWayBack, match="备份"):
            command.downgrade(configured(store, connection), "base")
        assert sa.inspect(engine).has_table(table)


def test_a_database_that_cannot_be_reached_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERSATIONS_DB_URL", f"postgresql+psycopg2://someone:geheim@127.0.0.1:{free_port()}/nothing")
    result = CliRunner(mix_stderr=False).invoke(app, ["migrate"])
    assert result.exit_code == 1
    assert "数据库" in result.stderr and "127.0.0.1" in result.stderr
    assert "geheim" not in result.stderr
