"""Long conversations: the engine sees the newest turns, the database keeps everything, and what was remembered stays."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered

from bot.tracker_store import NEWEST, RecentTrackerStore

TURNS = 120


@pytest.fixture
def store(tmp_path: Path) -> RecentTrackerStore:
    domain = Domain.load(str(Path(__file__).parents[2] / "bot" / "domain"))
    return RecentTrackerStore(domain, host=f"sqlite:///{tmp_path / 'conversations.db'}")


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
