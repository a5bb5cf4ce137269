"""Several workers share sessions, limits and messages through a real Redis; while it is away nobody loses a message, and it heals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.web.claims import OtherText, RedisClaims
from bot.channels.web.desk import Desk, NoAnswer
from bot.channels.web.history import MOST_TURNS, Exchange
from bot.channels.web.redis_history import RedisHistory, keys_of
from bot.channels.web.redis_limits import RedisLimiter
from bot.channels.web.settings import Rate, WebSettings
from bot.channels.web.shared import StoreUnavailable
from bot.channels.web.stores import Stores
from tests.bot.web.test_desk import SESSION, Rasa, exchange
from tests.redis_server import RedisServer

Workers = list[Stores]


@asynccontextmanager
async def workers(server: RedisServer, monkeypatch: pytest.MonkeyPatch, count: int = 2) -> AsyncIterator[Workers]:
    """The stores of so many workers, as the settings choose them."""
    monkeypatch.setenv("REDIS_URL", server.url)
    made = [Stores.chosen(WebSettings()) for _ in range(count)]
    try:
        yield made
    finally:
        for stores in made:
            await stores.close()


def desks(made: Workers, rasa: Rasa) -> list[Desk]:
    return [Desk(rasa, stores.history, "web", stores.claims) for stores in made]


def test_the_environment_chooses_the_stores(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with workers(redis_server, monkeypatch) as (one, _):
            assert isinstance(one.history, RedisHistory)
            assert isinstance(one.limiter, RedisLimiter)
            assert isinstance(one.claims, RedisClaims)

    asyncio.run(scene())
    monkeypatch.delenv("REDIS_URL")
    assert Stores.chosen(WebSettings()).redis is None


def test_what_one_worker_keeps_another_gives_back(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with workers(redis_server, monkeypatch) as (one, other):
            for n in (2, 1):
                await one.history.keep("s", exchange(n))
            await other.history.keep("s", replace(exchange(1), verdict="up"))
            assert [(e.id, e.verdict) for e in await one.history.all("s")] == [("m1", "up"), ("m2", None)]
            assert await other.history.find("s", "m2") == exchange(2)
            assert await other.history.find("s", "m3") is None
            assert await other.history.all("another") == []
            await other.history.forget("s")
            assert await one.history.all("s") == []

    asyncio.run(scene())
    with redis_server.client() as client:
        assert client.dbsize() == 0


def test_a_session_keeps_its_newest_turns_and_goes_when_it_is_unused(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> list[Exchange]:
        async with workers(redis_server, monkeypatch) as (one, _):
            for n in range(MOST_TURNS + 5):
                await one.history.keep("s", exchange(n))
            return await one.history.all("s")

    kept = asyncio.run(scene())
    assert (len(kept), kept[0].id, kept[-1].id) == (MOST_TURNS, "m5", f"m{MOST_TURNS + 4}")
    with redis_server.client() as client:
        assert client.hlen(keys_of("s")[0]) == client.zcard(keys_of("s")[1]) == MOST_TURNS
        assert all(0 < client.ttl(key) <= WebSettings().session_seconds for key in keys_of("s"))


def test_a_message_at_two_workers_at_once_is_asked_once(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    rasa = Rasa(pause=0.2)

    async def scene() -> list[Exchange]:
        async with workers(redis_server, monkeypatch, 3) as made:
            return await asyncio.gather(*(desk.answer(SESSION, "m1", "你好") for desk in desks(made, rasa) for _ in range(3)))

    answers = asyncio.run(scene())
    assert rasa.asked == ["你好"]
    assert len(answers) == 9
    assert len({answer.at for answer in answers}) == 1


def test_a_message_id_stands_for_one_text_among_all_workers(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with workers(redis_server, monkeypatch) as made:
            one, other = desks(made, Rasa(pause=0.3))
            asking = asyncio.ensure_future(one.answer(SESSION, "m1", "你好"))
            await asyncio.sleep(0.1)
            with pytest.raises(OtherText):
                await other.answer(SESSION, "m1", "再见")
            await asking
            with pytest.raises(OtherText):
                await other.answer(SESSION, "m1", "再见")

    asyncio.run(scene())


def test_what_one_worker_could_not_answer_another_asks(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    rasa = Rasa(pause=0.1, silent=1)

    async def scene() -> list[Any]:
        async with workers(redis_server, monkeypatch) as made:
            return await asyncio.gather(*(desk.answer(SESSION, "m1", "你好") for desk in desks(made, rasa)), return_exceptions=True)

    answers = asyncio.run(scene())
    assert rasa.asked == ["你好", "你好"]
    assert sorted(type(answer) for answer in answers if not isinstance(answer, Exchange)) == [NoAnswer]


def test_a_worker_that_dies_blocks_its_message_for_a_while_only(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> Exchange:
        async with workers(redis_server, monkeypatch) as (one, other):
            assert await RedisClaims(one.redis, 0.3).take(SESSION.id, "m1", "你好")  # and it is never given back
            return await Desk(Rasa(), other.history, "web", other.claims).answer(SESSION, "m1", "你好")

    assert asyncio.run(scene()).payload["summary"] == "你好"


def test_all_workers_together_empty_one_bucket(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    rate = Rate(5, 600)

    async def scene() -> tuple[list[float], float, float]:
        async with workers(redis_server, monkeypatch, 4) as made:
            waits = await asyncio.gather(*(stores.limiter.take("one", rate) for stores in made for _ in range(5)))
            return waits, await made[0].limiter.take("one", rate), await made[0].limiter.take("two", rate)

    waits, more, other = asyncio.run(scene())
    assert sorted(waits)[:6] == [0, 0, 0, 0, 0, pytest.approx(120, abs=5)]
    assert more == pytest.approx(120, abs=5)
    assert other == 0
    with redis_server.client() as client:
        assert not any(b"one" in key for key in client.scan_iter())
        assert all(client.pttl(key) > 0 for key in client.scan_iter())


def test_a_bucket_fills_again(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> list[float]:
        async with workers(redis_server, monkeypatch) as (one, other):
            waits = [await stores.limiter.take("k", Rate(2, 1)) for stores in (one, other, one)]
            await asyncio.sleep(waits[-1] + 0.01)
            return [*waits, await other.limiter.take("k", Rate(2, 1))]

    first, second, third, later = asyncio.run(scene())
    assert (first, second, later) == (0, 0, 0)
    assert 0 < third <= 0.5


def test_while_redis_is_away_it_is_said_and_afterwards_all_is_well(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    rasa = Rasa()

    async def scene() -> None:
        async with workers(redis_server, monkeypatch) as made:
            desk = desks(made, rasa)[0]
            assert (await desk.answer(SESSION, "m1", "你好")).payload["summary"] == "你好"
            redis_server.stop()
            with pytest.raises(StoreUnavailable):
                await desk.answer(SESSION, "m2", "在吗")
            assert [await made[0].limiter.take("k", Rate(2, 600)) > 0 for _ in range(3)] == [False, False, True]  # each worker for itself
            redis_server.start()
            assert (await desk.answer(SESSION, "m2", "在吗")).payload["summary"] == "在吗"
            assert await made[0].limiter.take("k", Rate(2, 600)) == 0

    asyncio.run(scene())
    assert rasa.asked == ["你好", "在吗"]


def test_connections_that_lay_idle_while_redis_was_started_anew_are_no_trouble(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with workers(redis_server, monkeypatch) as (one, other):
            await asyncio.gather(*(stores.history.keep("s", exchange(1)) for stores in (one, other) for _ in range(4)))
            redis_server.stop()
            redis_server.start()
            assert await one.history.all("s") == []
            await other.history.keep("s", exchange(2))
            assert [e.id for e in await one.history.all("s")] == ["m2"]

    asyncio.run(scene())


def test_workers_that_were_forked_are_told_apart(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> tuple[bool, bool]:
        async with workers(redis_server, monkeypatch) as (one, _):
            first = await one.claims.take("s", "m1", "你好")
            monkeypatch.setattr("os.getpid", lambda: 1)  # as the same object finds it in another process
            return first, await one.claims.take("s", "m1", "你好")

    assert asyncio.run(scene()) == (True, False)


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Rasa):
        async def __call__(self, message: Any) -> None:
            redis_server.stop()
            await super().__call__(message)

    async def scene() -> Exchange:
        async with workers(redis_server, monkeypatch) as made:
            return await desks(made, Interrupted())[0].answer(SESSION, "m1", "你好")

    assert asyncio.run(scene()).payload["summary"] == "你好"
