"""Databases that hold what people said, for the operators' commands: opened only where they exist, and what is deleted is overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url

from knowledge.feedback import feedback

_PATIENCE = 20  # seconds for a server that does not answer, or for a writer before us
events = sa.table("events", *(sa.column(name) for name in ("id", "sender_id", "type_name", "timestamp", "action_name", "data")))
jobs = sa.table("jobs", *(sa.column(name) for name in ("id", "sender", "kind", "data", "parts", "created")))
choices = sa.table("choices", *(sa.column(name) for name in ("sender", "payloads", "at")))
seen = sa.table("seen", sa.column("key"), sa.column("until"))
TABLES: dict[str, Any] = {"events": events, "feedback": feedback, "jobs": jobs}


@contextmanager
def opened(url: str, table: str) -> Iterator[Connection | None]:
    """One transaction on a database, or None where it or the table is not there yet. Raises SQLAlchemyError."""
    place = make_url(url)
    embedded = place.get_backend_name() == "sqlite"
    if embedded and place.database and not Path(place.database).exists():
        yield None
        return
    waits = {"timeout" if embedded else "connect_timeout": _PATIENCE}
    engine = sa.create_engine(place, future=True, hide_parameters=True, connect_args=waits)
    try:
        if not sa.inspect(engine).has_table(table):
            yield None
            return
        if embedded:
            sa.event.listen(engine, "connect", _overwriting)
            engine.dispose()
        with engine.begin() as connection:
            yield connection
        if embedded:
            _empty_log(engine)
    finally:
        engine.dispose()


def _overwriting(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA secure_delete=ON")


def _empty_log(engine: Engine) -> None:
    """Bring the write-ahead log into the file and empty it, so that nothing deleted stays in it; a reader that is just busy prevents it."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
