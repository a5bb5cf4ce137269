"""Conversations in SQL, of which the engine is handed only the newest turns.

Rasa rebuilds a conversation from all its events at every message and sends all of them to the action server, so that a turn costs
more the longer people talk. Here the whole history is stored, and a turn costs what the last turns cost. What older events
set is carried over: the last value of every slot and the last active loop.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import asking
from bot.settings import conversations_pool, conversations_url
from knowledge.engine import PATIENCE, server_engine

logger = logging.getLogger(__name__)
NEWEST = 40
"""Events handed to the engine at most (about six turns), cut where a turn begins."""

_CARRIED = ("slot", "active_loop")
_EVENTS = SQLTrackerStore.SQLEvent.__table__.c
CARRIED_INDEX = sa.Index("ix_events_carried", _EVENTS.sender_id, _EVENTS.type_name, _EVENTS.action_name, _EVENTS.id)
"""Finds what older events set without reading them: a query for it is answered from the index alone."""
_found = _EVENTS.id + 0
"""The id where SQLite shall look in that index: for a plain id it would go through all of the conversation's rows in their order."""

# Composed once: composing a statement costs more than running it.
_sender, _begun, _before = _EVENTS.sender_id == sa.bindparam("sender"), sa.bindparam("begun"), sa.bindparam("before")
_SESSION_START = sa.select(sa.func.max(_found)).where(_sender, _EVENTS.type_name == "session_started")
"""Id of the event with which the conversation's session began."""
_COLUMNS = (_EVENTS.id, _EVENTS.type_name, _EVENTS.action_name, _EVENTS.data)
_NEWEST = sa.select(*_COLUMNS).where(_sender, _EVENTS.id >= _begun).order_by(_EVENTS.id.desc()).limit(NEWEST)
"""The newest events of a session, the last first."""
_older = (_sender, _EVENTS.type_name.in_(_CARRIED), _found >= _begun, _found < _before)
_name = sa.case((_EVENTS.type_name == "slot", _EVENTS.action_name), else_="")
_last = sa.select(sa.func.max(_found)).where(*_older).group_by(_EVENTS.type_name, _name)
_CARRIED_OVER = sa.select(_EVENTS.id, _EVENTS.data).where(_EVENTS.id.in_(_last)).order_by(_EVENTS.id)
"""The last event of each slot, and of the active loop, in a session before the cut."""
_STORED = sa.insert(SQLTrackerStore.SQLEvent.__table__)


class RecentTrackerStore(SQLTrackerStore):
    """`type: bot.tracker_store.RecentTrackerStore` in endpoints.yml; where, `CONVERSATIONS_DB_URL` says (or `url:`)."""

    engine: sa.engine.Engine

    def __init__(self, domain: Any = None, host: str | None = None, event_broker: Any = None, **kwargs: Any) -> None:
        url = sa.engine.make_url(host or conversations_url())
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        _let_errors_through()
        _remember_kinds()
        super().__init__(domain, host=url.render_as_string(hide_password=False), event_broker=event_broker, **kwargs)
        self.engine.dispose()
        self.engine = _kept_connections(url) if url.get_backend_name() == "sqlite" else _pooled(url)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        _create_index(self.engine)

    @contextlib.contextmanager
    def session_scope(self) -> Iterator[Any]:
        """A session that is closed in the end. Rasa's own takes every ValueError in it, also one of a message, for a wrong schema and exits."""
        with self.sessionmaker() as session:
            yield session

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        if fetch_events_from_all_sessions:
            return await super()._retrieve(sender_id, True)
        with self.session_scope() as session:
            of = {"sender": sender_id, "begun": session.scalar(_SESSION_START, {"sender": sender_id}) or 0}
            newest = session.execute(_NEWEST, of).all()[::-1]
            if not newest or self.domain is None:
                return None
            kept = newest if len(newest) < NEWEST else newest[turn_start(newest) :]
            carried = session.execute(_CARRIED_OVER, {**of, "before": kept[0].id}).all() if len(newest) == NEWEST else []
        events = [Event.from_parameters(json.loads(row.data)) for row in (*carried, *kept)]
        _refuse_to_ask_again(sender_id, events)
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        tracker.stored_events = len(tracker.events)  # what is in the database already; see _additional_events
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store what is new; nothing of a message that got no answer, which will be sent again."""
        message = asking.current()
        if message is not None and not message.said and tracker.latest_message is not None and tracker.latest_message.text is not None:
            logger.warning("a message that got no answer is not stored")
            return
        if not tracker.events:  # Rasa saves a conversation that begins, too
            tracker.stored_events = 0
            return
        await self.stream_events(tracker)
        with self.session_scope() as session:
            rows = [_row(tracker.sender_id, event) for event in self._additional_events(session, tracker)]
            if rows:
                session.execute(_STORED, rows)  # Rasa's own makes an object of every event, which takes three times as long
            session.commit()

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        """The events that are not stored yet: those behind the ones that were read."""
        stored = getattr(tracker, "stored_events", None)
        new = list(super()._additional_events(session, tracker)) if stored is None else list(tracker.events)[stored:]
        tracker.stored_events = len(tracker.events)
        return iter(new)


def _refuse_to_ask_again(sender_id: str, events: Sequence[Event]) -> None:
    """Raises AlreadyAnswered where the message that is being asked stands among the events, with what was said to it then."""
    message = asking.current()
    if message is None or message.message is None:
        return
    messages: list[dict[str, Any]] = []
    found = False
    for event in events:
        if isinstance(event, UserUttered):
            found = event.message_id == message.message and event.text == message.text
        elif found and isinstance(event, BotUttered):
            parts = {"text": event.text, "custom": (event.data or {}).get("custom")}
            messages += [{"recipient_id": sender_id, name: part} for name, part in parts.items() if part]
    if messages:
        raise asking.AlreadyAnswered(messages)


def _let_errors_through() -> None:
    """Rasa would go on with an empty conversation where one cannot be read, and keep in memory, to be lost, what cannot be stored."""

    def let_through(_: FailSafeTrackerStore, error: Exception) -> None:
        raise error

    FailSafeTrackerStore.on_tracker_store_error = FailSafeTrackerStore.on_tracker_store_retrieve_error = let_through


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """An event as Rasa's own store writes it."""
    data = event.as_dict()
    intent = data.get("parse_data", {}).get("intent", {}).get("name")
    kind = {"type_name": event.type_name, "intent_name": intent, "action_name": data.get("name")}
    return {"sender_id": sender_id, "timestamp": data.get("timestamp"), "data": json.dumps(data), **kind}


def _pooled(url: sa.engine.URL) -> sa.engine.Engine:
    """An engine for PostgreSQL that keeps some connections."""
    most = conversations_pool()
    # errors are logged, and what people wrote does not belong in a log
    return server_engine(url, hide_parameters=True, pool_size=most, max_overflow=most, pool_timeout=PATIENCE["connect_timeout"])


def _create_index(engine: sa.engine.Engine) -> None:
    """Make the index where it is missing; several workers may start at once."""
    try:
        CARRIED_INDEX.create(engine, checkfirst=True)
    except sa.exc.DBAPIError:
        if all(index["name"] != CARRIED_INDEX.name for index in sa.inspect(engine).get_indexes(_EVENTS.id.table.name)):
            raise


def _kept_connections(url: sa.engine.URL) -> sa.engine.Engine:
    """An SQLite engine that keeps its connections: SQLAlchemy would open one a message, and closing the last one syncs and empties the log."""
    engine = sa.create_engine(url, hide_parameters=True, poolclass=sa.pool.QueuePool, connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", _write_ahead)
    return engine


@lru_cache(maxsize=1)
def _remember_kinds() -> None:
    """Rasa goes through all classes of events to find one by its name, for every event that it reads or gets from an action."""
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=64)(Event.resolve_by_type))


def _write_ahead(connection: Any, _: Any) -> None:
    """SQLite's write-ahead log: readers do not wait, and a commit survives the process (the last one may not survive a power cut)."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def turn_start(events: list[Any]) -> int:
    """Index of the first event from which a whole turn follows (the assistant listens, then the user speaks); 0 if there is none."""
    for index in range(1, len(events)):
        if events[index].type_name == "user" and events[index - 1].type_name == "action" and events[index - 1].action_name == "action_listen":
            return index - 1
    return 0
