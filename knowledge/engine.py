"""Connections to databases, kept open between queries."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.pool import QueuePool

PATIENCE: dict[str, Any] = {"connect_timeout": 3, "tcp_user_timeout": 5000, "options": "-c statement_timeout=5000"}
"""How long PostgreSQL may take: seconds for a connection; milliseconds until a network that is cut is noticed, and for one statement.

A server that waits for it answers nobody meanwhile."""
_POOL = {"pool_size": 8, "max_overflow": 56}
_IDLE = 0.2
"""Seconds after which a connection is tried before it is used again: its server may have been restarted meanwhile."""


def server_engine(url: str | URL, **options: Any) -> Engine:
    """An engine for a database server: given up soon where it is away; a connection that lay idle is tried first.

    SQLAlchemy's own `pool_pre_ping` tries it each time, which for the statements of one turn took as long as running them.
    """
    engine = create_engine(url, connect_args=PATIENCE, pool_use_lifo=True, **options)

    @event.listens_for(engine, "checkin")
    def left(_: Any, record: Any) -> None:
        record.info["left"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def tried(connection: Any, record: Any, _: Any) -> None:
        idle = time.monotonic() - record.info.get("left", time.monotonic())
        if idle >= _IDLE and not engine.dialect.do_ping(connection):
            raise InvalidatePoolError("the server has closed its connections")

    return engine


def reading_engine(url: str) -> Engine:
    """An engine for reading: pooled, each statement by itself (no transaction stays open, so a rebuild is never kept waiting)."""
    file = url.removeprefix("sqlite:///")
    if file == url or not file or file.startswith((":memory:", "file:")):
        if url.startswith("sqlite"):
            return create_engine(url, future=True)
        return server_engine(url, future=True, isolation_level="AUTOCOMMIT", **_POOL)
    engine = create_engine(url, future=True, poolclass=QueuePool, connect_args={"check_same_thread": False}, **_POOL)
    _follow(engine, Path(file))
    return engine


def _follow(engine: Engine, file: Path) -> None:
    """Open the file anew where another one has taken its place (`make clean`, a restored copy): a connection holds the old one."""

    def identity() -> tuple[int, int] | None:
        try:
            status = file.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    @event.listens_for(engine, "connect")
    def remember(_: Any, record: Any) -> None:
        record.info["file"] = identity()

    @event.listens_for(engine, "checkout")
    def compare(_: Any, record: Any, __: Any) -> None:
        if record.info.get("file") != identity():
            raise DisconnectionError(f"{file} is another file now")
