"""Conversations in SQL, of which the engine is handed only the newest turns.

Rasa rebuilds a conversation from all its events at every message and sends all of them to the action server, so that a turn costs
more the longer people talk. Here the whole history is stored, and a turn costs what the last turns cost. What older events
set is carried over: the last value of every slot and the last active loop.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

NEWEST = 40
"""Events handed to the engine at most (about six turns), cut where a turn begins."""

_CARRIED = ("slot", "active_loop")
_EVENTS = SQLTrackerStore.SQLEvent.__table__.c
CARRIED_INDEX = sa.Index("ix_events_carried", _EVENTS.sender_id, _EVENTS.type_name, _EVENTS.action_name, _EVENTS.id)
"""Finds what older events set without reading them: a query for it is answered from the index alone."""
_found = _EVENTS.id + 0
"""The id where SQLite shall look in that index: for a plain id it would go through all of the conversation's rows in their order."""


class RecentTrackerStore(SQLTrackerStore):
    """`type: bot.tracker_store.RecentTrackerStore` with `url:` an SQLAlchemy URL in endpoints.yml."""

    engine: sa.engine.Engine

    def __init__(self, domain: Any = None, host: str | None = None, event_broker: Any = None, **kwargs: Any) -> None:
        url = sa.engine.make_url(host or "sqlite:///var/conversations.db")
        super().__init__(
            domain,
            dialect=url.drivername,
            host=url.host,
            port=url.port,
            db=url.database,
            username=url.username,
            password=url.password,
            event_broker=event_broker,
            query=dict(url.query) or None,
            **kwargs,
        )
        if url.drivername.startswith("sqlite"):
            self.engine.dispose()
            self.engine = _kept_connections(url)
            self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        CARRIED_INDEX.create(self.engine, checkfirst=True)

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        if fetch_events_from_all_sessions:
            return await super()._retrieve(sender_id, True)
        with self.session_scope() as session:
            begun = session.scalar(_session_start(sender_id)) or 0
            newest = session.execute(_newest(sender_id, begun)).all()[::-1]
            if not newest or self.domain is None:
                return None
            kept = newest if len(newest) < NEWEST else newest[turn_start(newest) :]
            carried = session.execute(_carried(sender_id, begun, kept[0].id)).all() if len(newest) == NEWEST else []
        events = [_event(json.loads(row.data)) for row in (*carried, *kept)]
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        tracker.stored_events = len(tracker.events)  # what is in the database already; see _additional_events
        return tracker

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        """The events that are not stored yet: those behind the ones that were read."""
        stored = getattr(tracker, "stored_events", None)
        new = list(super()._additional_events(session, tracker)) if stored is None else list(tracker.events)[stored:]
        tracker.stored_events = len(tracker.events)
        return iter(new)


def _session_start(sender_id: str) -> sa.sql.Select:
    """Id of the event with which the conversation's session began."""
    return sa.select(sa.func.max(_found)).where(_EVENTS.sender_id == sender_id, _EVENTS.type_name == "session_started")


def _newest(sender_id: str, begun: int) -> sa.sql.Select:
    """The newest events of a session, the last first."""
    of_session = (_EVENTS.sender_id == sender_id, _EVENTS.id >= begun)
    return sa.select(_EVENTS.id, _EVENTS.type_name, _EVENTS.action_name, _EVENTS.data).where(*of_session).order_by(_EVENTS.id.desc()).limit(NEWEST)


def _carried(sender_id: str, begun: int, before: int) -> sa.sql.Select:
    """The last event of each slot, and of the active loop, in a session before the cut."""
    older = (_EVENTS.sender_id == sender_id, _EVENTS.type_name.in_(_CARRIED), _found >= begun, _found < before)
    name = sa.case((_EVENTS.type_name == "slot", _EVENTS.action_name), else_="")
    last = sa.select(sa.func.max(_found)).where(*older).group_by(_EVENTS.type_name, name)
    return sa.select(_EVENTS.id, _EVENTS.data).where(_EVENTS.id.in_(last)).order_by(_EVENTS.id)


def _kept_connections(url: sa.engine.URL) -> sa.engine.Engine:
    """An SQLite engine that keeps its connections: SQLAlchemy would open one a message, and closing the last one syncs and empties the log."""
    engine = sa.create_engine(url, poolclass=sa.pool.QueuePool, connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", _write_ahead)
    return engine


def _event(data: dict[str, Any]) -> Event:
    """`Event.from_parameters`, which goes through all classes of events at every event, with the classes remembered."""
    return _class_of(data.get("event") or "")._from_parameters(data)


@lru_cache(maxsize=64)
def _class_of(name: str) -> type[Event]:
    found: type[Event] | None = Event.resolve_by_type(name)
    if found is None:
        raise ValueError(f"Unknown event name {name!r}.")
    return found


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
