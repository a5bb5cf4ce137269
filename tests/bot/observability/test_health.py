"""Readiness says which part does not work, and says so again when it works."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sanic import Sanic, response

from bot.observability.channel import HealthInput
from knowledge.library import default_library
from tests.bot.observability.conftest import Serve, Site
from tests.redis_server import RedisServer
from tests.servers import free_port


@asynccontextmanager
async def action_server(status: list[int]) -> AsyncIterator[str]:
    """A server whose readiness is what `status` holds; its webhook's address."""
    Sanic.test_mode = True
    app, port = Sanic(f"actions-{uuid.uuid4().hex[:8]}", configure_logging=False), free_port()

    @app.get("/health/ready")
    async def ready(_: Any) -> Any:
        await asyncio.sleep(10 if status[0] == 0 else 0)
        return response.json({}, status=status[0])

    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    await server.startup()
    yield f"http://127.0.0.1:{port}/webhook"
    await server.close()


@pytest.fixture
def conversations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "conversations.db"
    sqlite3.connect(file).execute("CREATE TABLE events (id INTEGER)")
    monkeypatch.setenv("CONVERSATIONS_DB_URL", f"sqlite:///{file}")
    monkeypatch.delenv("REDIS_URL", raising=False)
    return file


def agent(url: str, ready: bool = True) -> Any:
    """What the checks look at in Rasa's agent."""
    return SimpleNamespace(is_ready=lambda: ready, action_endpoint=SimpleNamespace(url=url))


async def problems(site: Site) -> dict[str, str]:
    """Part -> problem, asked for afresh."""
    site.app.ctx.readiness._kept = 0.0
    status, data = await site.get("/health/ready")
    found = {name: part["problem"] for name, part in data["parts"].items() if not part["ok"]}
    assert status == (503 if found else 200)
    assert data["status"] == ("not_ready" if found else "ready")
    return found


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A library that is not there; `problems` then always names it."""
    monkeypatch.setenv("KNOWLEDGE_DB_URL", f"sqlite:///{tmp_path / 'none.db'}")
    default_library.cache_clear()
    yield
    default_library.cache_clear()


def test_each_part_is_named_when_it_fails_and_when_it_is_back(serve: Serve, conversations: Path, library: None) -> None:
    async def scene() -> None:
        status = [200]
        async with action_server(status) as url, serve(None, HealthInput(), agent=agent(url)) as site:
            assert await problems(site) == {"library": "OperationalError"}
            status[0] = 503
            assert (await problems(site))["action_server"] == "status_503"
            status[0] = 0
            assert (await problems(site))["action_server"] == "timeout"
            status[0] = 200
            site.app.ctx.agent = agent(url, ready=False)
            assert await problems(site) == {"library": "OperationalError", "model": "not_loaded"}
            site.app.ctx.agent = agent(f"http://127.0.0.1:{free_port()}/webhook")
            assert (await problems(site))["action_server"].startswith("Client")
            site.app.ctx.agent = agent(url)
            conversations.rename(conversations.with_suffix(".away"))
            assert (await problems(site))["conversations"] == "missing"
            sqlite3.connect(conversations)
            conversations.write_bytes(b"not a database at all, but long enough to be read as one" * 20)
            assert (await problems(site))["conversations"] == "DatabaseError"
            conversations.with_suffix(".away").replace(conversations)
            assert await problems(site) == {"library": "OperationalError"}
            assert await site.get("/health/live") == (200, {"status": "ok"})

    asyncio.run(scene())


def test_redis_counts_where_it_is_configured(
    serve: Serve, conversations: Path, library: None, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_server.url)

    async def scene() -> list[bool]:
        async with action_server([200]) as url, serve(None, HealthInput(), agent=agent(url)) as site:
            found = ["redis" in await problems(site)]
            redis_server.stop()
            found.append("redis" in await problems(site))
            redis_server.start()
            return [*found, "redis" in await problems(site)]

    assert asyncio.run(scene()) == [False, True, False]


def test_without_an_agent_the_server_lives_and_is_not_ready(serve: Serve, conversations: Path, library: None) -> None:
    async def scene() -> None:
        async with serve(None, HealthInput()) as site:
            assert (await site.get("/health/live"))[0] == 200
            assert {"model": "not_loaded", "action_server": "not_configured"}.items() <= (await problems(site)).items()

    asyncio.run(scene())
