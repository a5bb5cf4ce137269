"""One message of a conversation at a time, first come, first served, also among workers; a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rasa.core.lock_store import LockError, LockStore
from rasa.core.utils import number_of_sanic_workers
from rasa.utils.endpoints import EndpointConfig

from bot.lock_store import ChosenLockStore, Queue
from bot.redis_connection import close, connect
from bot.settings import ROOT
from knowledge.environment import SettingError
from tests.redis_server import RedisServer

ENDPOINT = EndpointConfig(type="bot.lock_store.ChosenLockStore")


@asynccontextmanager
async def queues(server: RedisServer, count: int = 2, silence: float = 15.0) -> AsyncIterator[list[Queue]]:
    """The queues of so many workers."""
    clients = [connect(server.url) for _ in range(count)]
    try:
        yield [Queue(client, silence) for client in clients]
    finally:
        for client in clients:
            await close(client)


def test_endpoints_name_the_store_that_chooses() -> None:
    assert "type: bot.lock_store.ChosenLockStore" in (ROOT / "endpoints.yml").read_text(encoding="utf-8")


def test_without_redis_messages_of_one_process_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    store = LockStore.create(ENDPOINT)
    assert isinstance(store, ChosenLockStore)
    assert asyncio.run(order_of([store] * 3)) == ["in", "out"] * 3


def test_with_redis_messages_at_several_workers_wait_for_each_other(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    stores = [LockStore.create(ENDPOINT) for _ in range(4)]
    assert asyncio.run(order_of(stores)) == ["in", "out"] * 4
    with redis_server.client() as client:
        assert client.dbsize() == 0


async def order_of(stores: list[LockStore]) -> list[str]:
    """What happens when every store has a message of one conversation at the same moment."""
    seen: list[str] = []

    async def one(store: LockStore) -> None:
        async with store.lock("someone"):
            seen.append("in")
            await asyncio.sleep(0.02)
            seen.append("out")

    await asyncio.gather(*map(one, stores))
    return seen


def test_other_conversations_do_not_wait(redis_server: RedisServer) -> None:
    async def scene() -> None:
        async with queues(redis_server) as (one, other), one.turn("a", 5), other.turn("b", 5):
            pass

    asyncio.run(scene())


def test_who_comes_first_is_served_first(redis_server: RedisServer) -> None:
    served: list[int] = []

    async def scene() -> None:
        async with queues(redis_server, 6) as all_:

            async def one(number: int) -> None:
                async with all_[number].turn("a", 20):
                    served.append(number)
                    await asyncio.sleep(0.15)

            coming = []
            for number in range(6):
                coming.append(asyncio.create_task(one(number)))
                await asyncio.sleep(0.1)
            await asyncio.gather(*coming)

    asyncio.run(scene())
    assert served == list(range(6))


def test_a_worker_that_dies_holds_nobody_up_for_long(redis_server: RedisServer) -> None:
    async def scene() -> None:
        async with queues(redis_server, silence=0.5) as (dead, other):
            assert await dead._is_first(["ip-law:turns:{a}", "ip-law:turns:{a}:alive"], "dead")  # and nothing more is heard of it
            async with other.turn("a", 10):
                pass

    asyncio.run(scene())


def test_a_slow_worker_keeps_its_turn(redis_server: RedisServer) -> None:
    async def scene() -> None:
        async with queues(redis_server, silence=0.6) as (slow, other), slow.turn("a", 5):
            with pytest.raises(LockError):
                async with other.turn("a", 1.5):
                    pass

    asyncio.run(scene())


def test_a_message_that_is_given_up_leaves_the_queue(redis_server: RedisServer) -> None:
    async def scene() -> None:
        async with queues(redis_server, 3) as (one, two, three):

            async def waiting() -> None:
                async with two.turn("a", 60):
                    pass

            async with one.turn("a", 5):
                task = asyncio.create_task(waiting())
                await asyncio.sleep(0.2)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            async with three.turn("a", 5):
                pass

    asyncio.run(scene())


def test_while_redis_is_away_messages_are_refused_and_afterwards_served(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", redis_server.url)

    async def scene() -> list[str]:
        store = LockStore.create(ENDPOINT)
        async with store.lock("someone"):
            redis_server.stop()  # what is being answered is answered
        with pytest.raises(LockError, match="Redis"):
            async with store.lock("someone"):
                pytest.fail("nobody may be served")
        redis_server.start()
        return await order_of([store] * 2)

    assert asyncio.run(scene()) == ["in", "out"] * 2


def test_several_workers_need_redis(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANIC_WORKERS", "2")
    monkeypatch.delenv("REDIS_URL", raising=False)
    with pytest.raises(SettingError, match="SANIC_WORKERS 大于 1 时还要设 REDIS_URL"):
        LockStore.create(ENDPOINT)
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    LockStore.create(ENDPOINT)
    assert number_of_sanic_workers(ENDPOINT) == 2
