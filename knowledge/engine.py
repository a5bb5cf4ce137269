"""Connections to the library's database, kept open between queries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

PATIENCE: dict[str, Any] = {"connect_timeout": 3, "tcp_user_timeout": 5000, "options": "-c statement_timeout=5000"}
"""How long PostgreSQL may take: seconds for a connection; milliseconds until a network that is cut is noticed, and for one statement.

A server that waits for it answers nobody meanwhile."""
_POOL = {"pool_size": 8, "max_overflow": 56}


def reading_engine(url: str) -> Engine:
    """An engine for reading: pooled, each statement by itself (no transaction stays open, so a rebuild is never kept waiting)."""
    file = url.removeprefix("sqlite:///")
    if file == url or not file or file.startswith((":memory:", "file:")):
        options: dict[str, Any] = (
            {} if url.startswith("sqlite") else {**_POOL, "pool_pre_ping": True, "isolation_level": "AUTOCOMMIT", "connect_args": PATIENCE}
        )
        return create_engine(url, future=True, **options)
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
