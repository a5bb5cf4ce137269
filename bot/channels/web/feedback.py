"""What people think of an answer: a table of its own, written through SQLAlchemy."""

from __future__ import annotations

import datetime
import logging
import threading
from typing import Any

from rasa.shared.core.events import UserUttered
from sqlalchemy import JSON, Column, DateTime, Integer, MetaData, String, Table, Text, UniqueConstraint, create_engine, insert, select, update
from sqlalchemy.engine import Engine, make_url

logger = logging.getLogger(__name__)
metadata = MetaData()

VERDICTS = ("up", "down")
REASONS = ("not_answered", "wrong_provision", "hard_to_understand", "not_enough", "outdated", "other")

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("written", DateTime, nullable=False, doc="UTC"),
    Column("session", String(12), nullable=False, doc="mark of the session; does not lead back to it"),
    Column("message", String(64), nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("reason", String(32)),
    Column("comment", Text),
    Column("question", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("topic", String(100)),
    Column("title", Text, nullable=False),
    Column("citations", JSON, nullable=False, doc="addresses"),
    Column("ranking", JSON, doc="[[topic, probability], …] as the model ranked; null when not known"),
    Column("model", String(64)),
    UniqueConstraint("session", "message"),
)


class FeedbackStore:
    """Writes one row an answer; saying it again replaces it. The table is made on first use. Blocking: call it in a thread."""

    def __init__(self, url: str) -> None:
        self._url, self._engine, self._lock = url, None, threading.Lock()  # type: str, Engine | None, threading.Lock

    def save(self, row: dict[str, Any]) -> None:
        """`row` has the table's columns but `id` and `written`. Raises SQLAlchemyError."""
        values = {**row, "written": datetime.datetime.utcnow()}
        same = (feedback.c.session == row["session"]) & (feedback.c.message == row["message"])
        with self._lock, self._open().begin() as connection:
            known = connection.execute(select(feedback.c.id).where(same)).first()
            connection.execute(update(feedback).where(same).values(**values) if known else insert(feedback).values(**values))

    def _open(self) -> Engine:
        if self._engine is None:
            database = make_url(self._url).database
            if self._url.startswith("sqlite") and database:
                from pathlib import Path

                Path(database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(self._url, future=True, pool_pre_ping=True)
            metadata.create_all(engine)
            self._engine = engine
        return self._engine


async def ranking_of(agent: Any, sender: str, message: str) -> list[list[Any]] | None:
    """How the model ranked the topics for a message (`[[topic, probability], …]`), read from the conversation; None when unknown."""
    try:
        tracker = await agent.tracker_store.retrieve_full_tracker(sender)
        for event in reversed(tracker.events if tracker else []):
            if isinstance(event, UserUttered) and event.message_id == message:
                candidates = (event.parse_data.get("recognition") or {}).get("candidates") or []
                return [[c["topic"], c["probability"]] for c in candidates] or None
    except Exception:  # feedback is worth keeping without the ranking
        logger.exception("the ranking of a rated answer could not be read")
    return None
