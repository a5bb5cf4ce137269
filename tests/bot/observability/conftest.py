"""Channels on real Sanic applications, the log lines of the test's own process, and the values of its metrics."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from prometheus_client import REGISTRY
from rasa.core.channels.channel import InputChannel
from sanic import Sanic

from bot.observability import journey
from knowledge.telemetry import context
from knowledge.telemetry.logs import JsonLines
from tests.servers import free_port

Serve = Callable[..., AbstractAsyncContextManager["Site"]]


class Site:
    """A client of a running application."""

    def __init__(self, app: Sanic, session: aiohttp.ClientSession, base: str) -> None:
        self.app, self._session, self._base = app, session, base

    async def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON."""
        async with self._session.get(self._base + path) as response:
            return response.status, await response.json()

    async def post(self, path: str, body: object, **headers: str) -> tuple[int, Any, Any]:
        """Status, JSON and headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._session.post(self._base + path, json=body, headers=named) as response:
            return response.status, await response.json(), response.headers


@pytest.fixture
def serve() -> Serve:
    """`async with serve(handler, channel, …) as site`: the channels as Rasa registers them, before `agent` is there."""

    @asynccontextmanager
    async def run(on_new_message: Any, *channels: InputChannel, agent: Any = None) -> AsyncIterator[Site]:
        Sanic.test_mode = True
        app = Sanic(f"channels-{uuid.uuid4().hex[:8]}", configure_logging=False)
        for channel in channels:
            prefix = channel.url_prefix()
            app.blueprint(channel.blueprint(on_new_message), url_prefix=prefix if prefix.startswith("/") else f"/webhooks/{prefix}")
        app.ctx.agent, port = agent, free_port()
        server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.after_start()
        async with aiohttp.ClientSession() as session:
            yield Site(app, session, f"http://127.0.0.1:{port}")
        await server.before_stop()
        await server.close()

    return run


class Log(logging.Handler):
    """Keeps every line as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines("rasa"))
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))

    def messages(self) -> list[dict[str, Any]]:
        """The lines that sum up a message."""
        return [line for line in map(json.loads, self.texts) if line["event"] == "message"]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    monkeypatch.setenv("WEB_SECRET", "a secret of the tests")
    journey._key.cache_clear()
    kept, root = Log(), logging.getLogger()
    root.addHandler(kept)
    before = logging.getLogger("bot").level
    logging.getLogger("bot").setLevel(logging.INFO)
    yield kept
    logging.getLogger("bot").setLevel(before)
    root.removeHandler(kept)
    journey._key.cache_clear()
    context.clear()


@pytest.fixture
def counted() -> Callable[..., float]:
    """`counted(name, **labels)`: how much a metric has grown since the test asked for it first."""
    before: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}

    def grown(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        now = REGISTRY.get_sample_value(name, labels) or 0.0
        return now - before.setdefault(key, now)

    return grown
