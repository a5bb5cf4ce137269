"""Many at once, restarts, several workers: acknowledged at once, answered exactly once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.channels.wecom.repeats import Busy, Intake, Marks
from bot.channels.wecom.settings import Settings
from bot.channels.wecom.store import NewJob, Store
from bot.channels.wecom.tokens import Tokens
from bot.redis_connection import close, connect
from tests.bot.wecom.conftest import free_port
from tests.wecom_standin.callbacks import deliver, kf_event, post, said, sealed
from tests.wecom_standin.office import FakeRasa, Running
from tests.wecom_standin.server import WeCom

Make = Callable[..., Settings]
ROOT = Path(__file__).resolve().parents[3]


def _answer(message: dict[str, Any]) -> str:
    content: str = message[message["msgtype"]]["content"]
    return content.split("答：")[1].split("\n", maxsplit=1)[0]


def answered(wecom: WeCom) -> Counter[str]:
    return Counter(map(_answer, wecom.sent))


@pytest.mark.asyncio
@pytest.mark.parametrize("shared", [False, True], ids=["sqlite", "redis"])
async def test_500_callbacks_at_once_are_answered_once_each_and_in_order(
    shared: bool, environment: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The channel in a process of its own, as WeCom meets it. How soon it acknowledges is measured by experiments/bench_wecom.py."""
    wecom = await WeCom().start()
    redis = request.getfixturevalue("redis_url") if shared else ""
    port = free_port()
    process = _process(port, {**environment, "WECOM_API_BASE": wecom.url, "WECOM_REDIS_URL": redis, "FAKE_SLOW": "0.02"}, tmp_path / "log")
    url = f"http://127.0.0.1:{port}/webhooks/wecom/callback"

    async def talks(person: int) -> None:
        for number in range(8):
            assert await post(session, url, *sealed(said(f"p{person}", f"话{person}-{number}"))) == 200

    try:
        await _listening(port)
        calls = [sealed(said(f"u{n}", f"问{n}")) for n in range(500)]
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            assert set(await asyncio.gather(*(post(session, url, *call) for call in calls))) == {200}
            assert set(await asyncio.gather(*(post(session, url, *call) for call in random.Random(1).sample(calls, 100)))) == {200}
            await asyncio.gather(*map(talks, range(30)))
        await _until(lambda: len(answered(wecom)) >= 740)
        await asyncio.sleep(1)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        await wecom.stop()
    assert answered(wecom) == {**{f"问{n}": 1 for n in range(500)}, **{f"话{p}-{n}": 1 for p in range(30) for n in range(8)}}
    for person in range(30):
        told = [text for text in map(_answer, wecom.sent) if text.startswith(f"话{person}-")]
        assert told == [f"话{person}-{n}" for n in range(8)]
    assert wecom.calls["gettoken"] == 1 and wecom.broken == []


async def _until(there: Callable[[], bool], patience: float = 150) -> None:
    """Wait; the test's own assertion says what is missing."""
    until = time.monotonic() + patience
    while not there() and time.monotonic() < until:
        await asyncio.sleep(0.1)


async def _listening(port: int, patience: float = 150) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        await asyncio.sleep(0.1)
    raise AssertionError("the channel did not start")


def _process(port: int, environment: dict[str, str], log: Path) -> subprocess.Popen[Any]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.wecom_standin.office", str(port)]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=log.open("ab"), stderr=subprocess.STDOUT, start_new_session=True
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
async def test_a_restart_in_the_middle_neither_loses_nor_doubles(sign: signal.Signals, environment: dict[str, str], tmp_path: Path) -> None:
    """Members' messages, and 微信客服 whose pages are just being fetched; customers write on while nobody listens."""
    wecom = await WeCom().start()
    wecom.slow, wecom.page = 0.02, 3
    port = free_port()
    values = {**environment, "WECOM_API_BASE": wecom.url, "FAKE_SLOW": "0.1"}
    process = _process(port, values, tmp_path / "log")
    url = f"http://127.0.0.1:{port}/webhooks/wecom/callback"
    try:
        await _listening(port)
        for number in range(60):
            wecom.customer_says(f"wm{number}", f"客{number}")
        async with aiohttp.ClientSession() as session:
            assert await deliver(session, url, kf_event()) == 200
            sending = [deliver(session, url, said(f"u{n % 30}", f"问{n}")) for n in range(90)]
            assert set(await asyncio.gather(*sending)) == {200}
        await _until(lambda: len(wecom.sent) + len(wecom.kf_sent) >= 20)
        os.killpg(process.pid, sign)
        process.wait(20)
        assert len(wecom.sent) + len(wecom.kf_sent) < 120, "the restart was not in the middle"
        wecom.page = 100  # without a callback's token only a few pages a minute may be asked for
        for number in range(60, 80):
            wecom.customer_says(f"wm{number}", f"客{number}")
        process = _process(port, values, tmp_path / "log")
        await _until(lambda: len(wecom.sent) >= 90 and len(wecom.kf_sent) >= 80)
        await asyncio.sleep(0.5)
        assert answered(wecom) == {f"问{n}": 1 for n in range(90)}, (tmp_path / "log").read_text()[-2000:]
        assert Counter(map(_answer, wecom.kf_sent)) == {f"客{n}": 1 for n in range(80)}, (tmp_path / "log").read_text()[-2000:]
        assert wecom.broken == []
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        await wecom.stop()


@pytest.mark.asyncio
async def test_two_workers_share_token_and_repeats_through_redis(settings: Make, redis_url: str, tmp_path: Path) -> None:
    """Two machines: separate SQLite files, one Redis."""
    wecom = await WeCom().start()
    workers = [await Running(settings(api=wecom.url, redis=redis_url, state=tmp_path / f"{n}.sqlite"), FakeRasa()).start() for n in range(2)]
    calls = [sealed(said(f"u{n}", f"问{n}")) for n in range(60)]

    async def twice(query: dict[str, str], body: str) -> None:
        first = asyncio.gather(*(post(session, worker.url, query, body) for worker in workers))
        assert set(await first) <= {200, 503}
        assert await post(session, workers[1].url, query, body) == 200

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(twice(*call) for call in calls))
    for worker in workers:
        await worker.idle()
    assert answered(wecom) == {f"问{n}": 1 for n in range(60)}
    assert wecom.calls["gettoken"] == 1
    wecom.revoke()
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(deliver(session, workers[n % 2].url, said(f"u{n}", f"再问{n}")) for n in range(40)))
    for worker in workers:
        await worker.idle()
    assert wecom.calls["gettoken"] == 2 and len(wecom.sent) == 100
    for worker in workers:
        await worker.stop()
    await wecom.stop()


@pytest.mark.asyncio
async def test_two_workers_of_one_machine_share_the_queue(settings: Make) -> None:
    wecom = await WeCom().start()
    workers = [await Running(settings(api=wecom.url), FakeRasa(slow=0.01)).start() for _ in range(2)]
    calls = [sealed(said(f"u{n % 10}", f"问{n}")) for n in range(100)]
    async with aiohttp.ClientSession() as session:
        for query, body in calls:
            await asyncio.gather(*(post(session, worker.url, query, body) for worker in workers))
    for worker in workers:
        await worker.idle()
    assert answered(wecom) == {f"问{n}": 1 for n in range(100)}
    for person in range(10):
        told = [m["markdown"]["content"].split("答：问")[1].split("\n")[0] for m in wecom.sent if m["touser"] == f"u{person}"]
        assert told == [str(n) for n in range(100) if n % 10 == person]
    assert all(worker.rasa.asked for worker in workers)
    for worker in workers:
        await worker.stop()
    await wecom.stop()


@pytest.mark.asyncio
async def test_a_worker_that_dies_while_taking_a_message_does_not_lose_it(tmp_path: Path, redis_url: str) -> None:
    import hashlib

    from redis import asyncio as redis

    client = redis.from_url(redis_url)
    store = Store(tmp_path / "s.sqlite")
    job = NewJob("k", "a", "s", "member", {})
    key = "{wecom}:seen:" + hashlib.sha256(b"k").hexdigest()[:40]
    await client.set(key, b"taking elsewhere", ex=1)  # another worker began, and died
    intake = Intake(store, ThreadPoolExecutor(1), Marks(client))
    with pytest.raises(Busy):
        await intake.take(job)
    await asyncio.sleep(1.2)
    assert await intake.take(job) is True
    assert await intake.take(job) is False
    await client.close()


@pytest.mark.asyncio
async def test_without_redis_it_goes_on_alone(tmp_path: Path) -> None:
    from redis import asyncio as redis

    gone = redis.from_url(f"redis://127.0.0.1:{free_port()}/0", socket_connect_timeout=0.2)
    intake = Intake(Store(tmp_path / "s.sqlite"), ThreadPoolExecutor(1), Marks(gone))
    assert await intake.take(NewJob("k", "a", "s", "member", {})) is True
    assert await intake.take(NewJob("k", "a", "s", "member", {})) is False
    await intake.close()

    async def fetch() -> tuple[str, int]:
        return "t", 7200

    assert await Tokens(gone).get("n", fetch) == "t"


def test_what_waits_for_the_person_to_write_again_goes_first_when_they_do(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite")
    store.add([NewJob("1", "a", "s", "customer", {"n": 1}), NewJob("2", "a", "other", "customer", {"n": 2})])
    for _ in range(2):
        held = store.claim()
        assert held
        store.postpone(held, 600)
    assert store.claim() is None
    store.add([NewJob("3", "a", "s", "customer", {"n": 3})])
    held = store.claim()
    assert held and held.data == {"n": 1} and store.claim() is None


def test_a_lease_that_ran_out_is_taken_over_in_order(tmp_path: Path) -> None:
    first = Store(tmp_path / "s.sqlite", lease=0.1)
    first.add([NewJob(str(n), "a", "s", "member", {"n": n}) for n in range(2)])
    first.owner = "elsewhere|2|x"
    held = first.claim()
    assert held and first.claim() is None, "the second message of one person waits for the first"
    second = Store(tmp_path / "s.sqlite")
    second.owner = "elsewhere|1|x"
    assert second.claim() is None
    time.sleep(0.15)
    taken = second.claim()
    assert taken and taken.data == {"n": 0}


@pytest.mark.asyncio
async def test_what_is_taken_is_marked_as_seen_before_the_worker_stops(tmp_path: Path, redis_url: str) -> None:
    shared = connect(redis_url)
    first = Intake(Store(tmp_path / "first.sqlite"), ThreadPoolExecutor(1), Marks(shared))
    second = Intake(Store(tmp_path / "second.sqlite"), ThreadPoolExecutor(1), Marks(shared))
    assert await first.take(NewJob("k", "a", "s", "member", {})) is True
    await first.close()
    assert await second.take(NewJob("k", "a", "s", "member", {})) is False
    await second.close()
    await close(shared)
