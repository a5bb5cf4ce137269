"""What must work for the Rasa process to answer: model, action server, library, conversation database, Redis where it is configured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import aiohttp
import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import NullPool

from bot.redis_connection import connect_blocking
from bot.settings import conversations_url, redis_url
from knowledge.library import default_library
from knowledge.telemetry.library import LibraryCheck
from knowledge.telemetry.readiness import Check, NotReady, blocking

LIMIT = 2.0
"""Seconds that a part may take to answer."""
Agent = Callable[[], Any]
"""Gives Rasa's agent, or None while there is none."""


def checks(agent: Agent) -> dict[str, Check]:
    """The checks of this process, by part."""
    found = {
        "model": lambda: model(agent),
        "action_server": lambda: action_server(agent),
        "library": blocking(LibraryCheck(default_library)),
        "conversations": blocking(Conversations(conversations_url())),
    }
    if url := redis_url():
        found["redis"] = blocking(lambda: _ping(url))
    return found


async def model(agent: Agent) -> None:
    """Is a model loaded? Raises NotReady."""
    held = agent()
    if held is None or not held.is_ready():
        raise NotReady("not_loaded")


async def action_server(agent: Agent) -> None:
    """Is the action server that Rasa calls ready itself? Raises NotReady or aiohttp's errors."""
    endpoint = getattr(agent(), "action_endpoint", None)
    if endpoint is None:
        raise NotReady("not_configured")
    address, patience = urljoin(endpoint.url, "/health/ready"), aiohttp.ClientTimeout(total=LIMIT)
    async with aiohttp.ClientSession(timeout=patience) as session, session.get(address) as response:
        if response.status != 200:
            raise NotReady(f"status_{response.status}")


class Conversations:
    """To be called (it blocks): asks the conversation database, by a connection of its own each time. Raises NotReady or the database's error."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._file = Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
        patience = {} if self._file else {"connect_timeout": int(LIMIT)}
        self._engine: Engine = sa.create_engine(url, future=True, poolclass=NullPool, connect_args=patience)

    def __call__(self) -> None:
        if self._file is not None and not self._file.exists():  # SQLite would make an empty one
            raise NotReady("missing")
        with self._engine.connect() as connection:
            connection.execute(sa.text("SELECT 1 FROM events LIMIT 1")).first()


def _ping(url: str) -> None:
    client = connect_blocking(url)
    try:
        client.ping()
    finally:
        client.close()
