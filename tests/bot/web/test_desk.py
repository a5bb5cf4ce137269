"""A message is put to the assistant once; what was asked is kept within bounds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.channels.web.desk import Desk, NoAnswer, OtherText
from bot.channels.web.history import MOST_TURNS, Exchange, MemoryHistory
from bot.channels.web.tokens import Session

SESSION = Session("s", 0)


class Rasa:
    """Answers every message with its text; counts; can be slow or silent."""

    def __init__(self, pause: float = 0, silent: int = 0) -> None:
        self.asked, self.pause, self.silent = [], pause, silent  # type: list[str], float, int

    async def __call__(self, message: Any) -> None:
        self.asked.append(message.text)
        await asyncio.sleep(self.pause)
        if len(self.asked) > self.silent:
            await message.output_channel.send_custom_json(message.sender_id, {"kind": "chat", "summary": message.text})


def test_retries_at_once_and_later_get_the_one_answer() -> None:
    rasa = Rasa(pause=0.05)

    async def scene() -> list[Exchange]:
        desk = Desk(rasa, MemoryHistory(10**6), "web")
        together = await asyncio.gather(*(desk.answer(SESSION, "m1", "你好") for _ in range(5)))
        return [*together, await desk.answer(SESSION, "m1", "你好")]

    assert len({exchange.at for exchange in asyncio.run(scene())}) == 1
    assert rasa.asked == ["你好"]


def test_a_client_that_hangs_up_does_not_stop_the_answer() -> None:
    rasa = Rasa(pause=0.1)

    async def scene() -> Exchange:
        desk = Desk(rasa, MemoryHistory(10**6), "web")
        first = asyncio.ensure_future(desk.answer(SESSION, "m1", "你好"))
        await asyncio.sleep(0.02)
        first.cancel()
        return await desk.answer(SESSION, "m1", "你好")

    assert asyncio.run(scene()).payload["summary"] == "你好"
    assert rasa.asked == ["你好"]


def test_what_was_not_answered_may_be_asked_again() -> None:
    rasa = Rasa(silent=1)

    async def scene() -> Exchange:
        desk = Desk(rasa, MemoryHistory(10**6), "web")
        with pytest.raises(NoAnswer):
            await desk.answer(SESSION, "m1", "你好")
        return await desk.answer(SESSION, "m1", "你好")

    assert asyncio.run(scene()).payload["summary"] == "你好"


def test_a_message_id_stands_for_one_text() -> None:
    async def scene() -> None:
        desk = Desk(Rasa(), MemoryHistory(10**6), "web")
        await desk.answer(SESSION, "m1", "你好")
        with pytest.raises(OtherText):
            await desk.answer(SESSION, "m1", "再见")

    asyncio.run(scene())


def test_what_has_no_words_is_answered_without_rasa() -> None:
    rasa = Rasa()
    exchange = asyncio.run(Desk(rasa, MemoryHistory(10**6), "web").answer(SESSION, "m1", "😀😀"))
    assert exchange.payload["reason"] == "unclear"
    assert rasa.asked == []


def exchange(n: int, size: int = 10) -> Exchange:
    return Exchange(f"m{n}", "问", float(n), {"summary": "".join(chr(0x4E00 + (n * 7919 + k * 104729) % 20000) for k in range(size))})


def test_history_keeps_the_newest_of_a_session() -> None:
    async def scene() -> list[str]:
        history = MemoryHistory(10**9)
        for n in range(MOST_TURNS + 5):
            await history.keep("s", exchange(n))
        return [kept.id for kept in await history.all("s")]

    kept = asyncio.run(scene())
    assert (len(kept), kept[-1]) == (MOST_TURNS, f"m{MOST_TURNS + 4}")


def test_history_drops_the_sessions_longest_unused() -> None:
    async def scene() -> tuple[list[Exchange], list[Exchange], int]:
        history = MemoryHistory(20_000)
        await history.keep("old", exchange(0, 2000))
        await history.keep("used", exchange(0, 2000))
        for n in range(20):
            await history.all("used")
            await history.keep(f"new{n}", exchange(n, 500))
        return await history.all("old"), await history.all("used"), history._used

    old, used, size = asyncio.run(scene())
    assert old == []
    assert len(used) == 1
    assert size <= 20_000


def test_keeping_again_replaces_and_forgetting_frees() -> None:
    async def scene() -> tuple[int, int, str]:
        history = MemoryHistory(10**6)
        await history.keep("s", exchange(1))
        await history.keep("s", exchange(1))
        length, text = len(await history.all("s")), (await history.all("s"))[0].id
        await history.forget("s")
        await history.forget("s")
        return length, history._used, text

    assert asyncio.run(scene()) == (1, 0, "m1")
