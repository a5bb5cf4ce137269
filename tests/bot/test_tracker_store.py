"""Long conversations: the engine sees the newest turns, the database keeps everything, and what was remembered stays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.tracker_store import NEWEST, RecentTrackerStore
from tests.postgres import Postgres

TURNS = 120


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecentTrackerStore]:
    """A store that the environment names, as on a server."""
    embedded = f"sqlite:///{tmp_path / 'made' / 'conversations.db'}"
    url = embedded if request.param == "sqlite" else request.getfixturevalue("postgres").database()
    monkeypatch.setenv("CONVERSATIONS_DB_URL", url)
    made = RecentTrackerStore(Domain.load(str(Path(__file__).parents[2] / "bot" / "domain")))
    yield made
    made.engine.dispose()


async def talk(store: RecentTrackerStore, turns: int) -> int:
    """A conversation of so many turns, saved turn by turn as Rasa does. Returns how many events were added."""
    added = 0
    for turn in range(turns):
        tracker = await store.get_or_create_tracker("someone", append_action_listen=False)
        new = [] if turn else [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
        new += [UserUttered(f"第{turn}句", {"name": "ask"}), ActionExecuted("action_answer"), BotUttered(f"答{turn}")]
        new += [SlotSet("law", "patent-law"), SlotSet("facts", {"申请日": "2020-01-01"})] if turn == 3 else []
        new += [SlotSet("topic", f"t{turn}"), ActionExecuted("action_listen")]
        tracker.update_with_events(new, store.domain)
        await store.save(tracker)
        added += len(new)
    return added


def test_nothing_is_lost_and_little_is_handed_over(store: RecentTrackerStore) -> None:
    added = asyncio.run(talk(store, TURNS))
    recent = asyncio.run(store.retrieve("someone"))
    everything = asyncio.run(store.retrieve_full_tracker("someone"))
    assert recent is not None
    assert everything is not None
    assert len(everything.events) == added
    assert [e.text for e in everything.events if isinstance(e, UserUttered)] == [f"第{n}句" for n in range(TURNS)]
    assert len(recent.events) <= NEWEST + 10


def test_what_was_remembered_before_the_cut_is_carried_over(store: RecentTrackerStore) -> None:
    asyncio.run(talk(store, TURNS))
    recent = asyncio.run(store.retrieve("someone"))
    assert recent is not None
    assert recent.get_slot("law") == "patent-law"
    assert recent.get_slot("facts") == {"申请日": "2020-01-01"}
    assert recent.get_slot("topic") == f"t{TURNS - 1}"
    assert recent.latest_message is not None
    assert recent.latest_message.text == f"第{TURNS - 1}句"


def test_an_active_guided_check_survives_the_cut(store: RecentTrackerStore) -> None:
    async def scenario() -> str | None:
        tracker = await store.get_or_create_tracker("someone", append_action_listen=False)
        tracker.update_with_events([ActionExecuted("action_listen"), UserUttered("你来问我"), ActiveLoop("guided_check")], store.domain)
        await store.save(tracker)
        for turn in range(30):
            tracker = await store.retrieve("someone")
            assert tracker is not None
            tracker.update_with_events([ActionExecuted("action_listen"), UserUttered(f"{turn}"), ActionExecuted("guided_check")], store.domain)
            await store.save(tracker)
        recent = await store.retrieve("someone")
        return recent.active_loop_name if recent else None

    assert asyncio.run(scenario()) == "guided_check"


def test_workers_may_start_at_the_same_moment(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERSATIONS_DB_URL", postgres.database())
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: RecentTrackerStore(Domain.empty()), range(4)))
    assert asyncio.run(stores[0].retrieve("someone")) is None
    for made in stores:
        made.engine.dispose()


def test_connections_that_were_cut_are_made_anew(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres.database()
    monkeypatch.setenv("CONVERSATIONS_DB_URL", url)
    made = RecentTrackerStore(Domain.load(str(Path(__file__).parents[2] / "bot" / "domain")))
    asyncio.run(talk(made, 1))
    with create_engine(url, future=True).connect() as other:
        cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert other.scalar(text(cut)) > 0
    time.sleep(0.3)  # a server that is started anew takes longer
    recent = asyncio.run(made.retrieve("someone"))
    assert recent is not None
    assert recent.latest_message.text == "第0句"
    made.engine.dispose()


def test_an_error_does_not_repeat_what_people_wrote(store: RecentTrackerStore) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE events"))
    session = store.sessionmaker()
    session.add(store.SQLEvent(sender_id="someone", type_name="user", data="我的秘密"))
    with pytest.raises(SQLAlchemyError) as raised:
        session.commit()
    session.close()
    assert "秘密" not in str(raised.value)
