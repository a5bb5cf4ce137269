"""What was answered is stored, what is stored is not asked again, and a store that fails is no empty conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.channels import notices
from bot.channels.rest import ask
from bot.tracker_store import RecentTrackerStore

PAYLOAD = {"schema": "ip-law-answer/1", "kind": "provision", "title": "第十条"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecentTrackerStore]:
    made = RecentTrackerStore(Domain.load(str(Path(__file__).parents[2] / "bot" / "domain")), host=f"sqlite:///{tmp_path}/conversations.db")
    yield made
    made.engine.dispose()


class Engine:
    """Handles a message with the store as Rasa does: reads, answers where it is told to, saves."""

    def __init__(self, store: RecentTrackerStore) -> None:
        self.store, self.answers, self.handled = FailSafeTrackerStore(store), True, 0

    async def __call__(self, message: UserMessage) -> None:
        tracker = await self.store.get_or_create_tracker(message.sender_id, append_action_listen=False)
        self.handled += 1
        new = [] if tracker.events else [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
        new += [UserUttered(message.text, {"name": "ask"}, message_id=message.message_id), ActionExecuted("action_answer")]
        if self.answers:
            new.append(BotUttered("第十条……", {"custom": PAYLOAD}))
            message.output_channel.messages += [
                {"recipient_id": message.sender_id, "text": "第十条……"},
                {"recipient_id": message.sender_id, "custom": PAYLOAD},
            ]
        tracker.update_with_events([*new, ActionExecuted("action_listen")], self.store.domain)
        await self.store.save(tracker)

    def ask(self, words: str, message: str | None = None) -> list[dict[str, Any]]:
        return asyncio.run(ask(self, words, "someone", "web", message))

    def stored(self) -> list[str]:
        tracker = asyncio.run(self.store.retrieve("someone"))
        return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


@pytest.fixture
def engine(store: RecentTrackerStore) -> Engine:
    return Engine(store)


def test_a_message_that_got_no_answer_leaves_nothing_behind_and_may_be_asked_again(engine: Engine) -> None:
    engine.ask("第一句", "id-1")
    engine.answers = False
    assert engine.ask("第二句", "id-2")[-1]["custom"] == notices.UNAVAILABLE
    assert engine.stored() == ["第一句"]
    engine.answers = True
    assert engine.ask("第二句", "id-2")[-1]["custom"] == PAYLOAD
    assert engine.stored() == ["第一句", "第二句"]


def test_what_is_stored_with_its_answer_is_given_back_and_not_asked_again(engine: Engine) -> None:
    first = engine.ask("第一句", "id-1")
    engine.ask("第二句", "id-2")
    assert engine.ask("第一句", "id-1") == first
    assert engine.handled == 2
    assert engine.stored() == ["第一句", "第二句"]


@pytest.mark.parametrize(("words", "message"), [("第一句", "id-2"), ("第一句", None), ("另一句", "id-1")])
def test_another_message_is_asked(engine: Engine, words: str, message: str | None) -> None:
    engine.ask("第一句", "id-1")
    engine.ask(words, message)
    assert engine.handled == 2


def test_an_answer_that_cannot_be_stored_is_none(engine: Engine, store: RecentTrackerStore) -> None:
    engine.ask("第一句", "id-1")
    with store.engine.begin() as connection:
        connection.execute(text("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"))
    assert engine.ask("第二句", "id-2")[-1]["custom"] == notices.UNAVAILABLE
    with store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER full"))
    assert engine.ask("第二句", "id-2")[-1]["custom"] == PAYLOAD
    assert engine.stored() == ["第一句", "第二句"]


def test_a_conversation_that_cannot_be_read_is_not_taken_for_a_new_one(engine: Engine, store: RecentTrackerStore) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE events RENAME TO away"))
    assert engine.ask("第一句", "id-1")[-1]["custom"] == notices.UNAVAILABLE
    assert engine.handled == 0
    with pytest.raises(SQLAlchemyError):
        asyncio.run(engine.store.retrieve("someone"))
