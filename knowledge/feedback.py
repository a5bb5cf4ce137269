"""What people think of an answer: a table of its own, written through SQLAlchemy, from every channel."""

from __future__ import annotations

import datetime
import hashlib
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Integer, MetaData, String, Table, Text, UniqueConstraint, create_engine, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError

metadata = MetaData()

VERDICTS = ("up", "down")
REASONS = {
    "not_answered": "没有回答我的问题",
    "wrong_provision": "条文不对",
    "hard_to_understand": "看不懂",
    "not_enough": "不够具体",
    "outdated": "内容过时",
    "other": "其他",
}
"""Why an answer was of no use, and how that is offered to people."""
MOST_COMMENT = 500
"""Characters of a comment."""
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_PATIENCE = 3  # seconds until a database that does not answer is given up

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


def mark_of(session: str) -> str:
    """The mark of a session whose name nobody can guess (128 random bits): twelve hexadecimal digits that do not lead back to it."""
    return hashlib.sha256(session.encode()).hexdigest()[:12]


class FeedbackStore:
    """Writes one row an answer; saying it again replaces it. The table is made on first use. Blocking: call it in a thread."""

    def __init__(self, url: str) -> None:
        self._url, self._engine, self._lock = url, None, threading.Lock()  # type: str, Engine | None, threading.Lock

    def save(self, row: dict[str, Any]) -> None:
        """`row` has the table's columns but `id` and `written`. Raises SQLAlchemyError, or OSError where SQLite's folder cannot be made."""
        values = {**row, "written": datetime.datetime.utcnow()}
        with self._lock:
            engine = self._open()
        statement = _INSERT[engine.dialect.name](feedback).values(**values)
        with engine.begin() as connection:  # one statement, since several workers may write the same answer's row
            connection.execute(statement.on_conflict_do_update(index_elements=["session", "message"], set_=values))

    def _open(self) -> Engine:
        if self._engine is None:
            url = make_url(self._url)
            embedded = url.get_backend_name() == "sqlite"
            if embedded and url.database:
                Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            waits = {"timeout" if embedded else "connect_timeout": _PATIENCE}
            # errors are logged, and what people wrote does not belong in a log
            engine = create_engine(url, future=True, pool_pre_ping=True, hide_parameters=True, connect_args=waits)
            _create(engine)
            self._engine = engine
        return self._engine


def _create(engine: Engine) -> None:
    """Make the table where it is missing; several workers may do so at once."""
    try:
        metadata.create_all(engine)
    except DBAPIError:
        if not inspect(engine).has_table(feedback.name):
            raise
