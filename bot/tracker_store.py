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
"""Finds what older events set without reading them: the query for it is answered from the index alone."""


class RecentTrackerStore(SQLTrackerStore):
    """`type: bot.tracker_store.RecentTrackerStore` with `url:` an SQLAlchemy URL in endpoints.yml."""

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
            query = self._event_query(session, sender_id, fetch_events_from_all_sessions=False)
            newest = query.order_by(None).order_by(self.SQLEvent.id.desc()).limit(NEWEST).all()[::-1]
            if not newest or self.domain is None:
                return None
            kept = newest if len(newest) < NEWEST else newest[turn_start(newest) :]
            carried = self._carried(query, kept[0].id) if len(newest) == NEWEST else []
            events = [_event(json.loads(event.data)) for event in (*carried, *kept)]
        tracker = DialogueStateTracker.from_events(sender_id, [event for event in events if event], self.domain.slots)
        tracker.stored_events = len(tracker.events)  # what is in the database already; see _additional_events
        return tracker

    def _carried(self, query: Any, before: int) -> list[Any]:
        """The last event of each slot, and of the active loop, before the cut."""
        older = query.filter(self.SQLEvent.id < before, self.SQLEvent.type_name.in_(_CARRIED)).subquery()
        name = sa.case((older.c.type_name == "slot", older.c.action_name), else_="")
        last = sa.select(sa.func.max(older.c.id)).group_by(older.c.type_name, name)
        return list(query.session.query(self.SQLEvent).filter(self.SQLEvent.id.in_(last)).order_by(self.SQLEvent.id))

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        """The events that are not stored yet: those behind the ones that were read."""
        stored = getattr(tracker, "stored_events", None)
        new = list(super()._additional_events(session, tracker)) if stored is None else list(tracker.events)[stored:]
        tracker.stored_events = len(tracker.events)
        return iter(new)


def _kept_connections(url: sa.engine.URL) -> sa.engine.Engine:
    """An SQLite engine that keeps its connections: SQLAlchemy would open one a message, and closing the last one syncs and empties the log."""
    engine = sa.create_engine(url, poolclass=sa.pool.QueuePool, connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", _write_ahead)
    return engine


def _event(data: dict[str, Any]) -> Event | None:
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
