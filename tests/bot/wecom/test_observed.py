"""What the channel tells of itself: one id from callback to answer, also over a restart; its queue, its token, its failures."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest
from prometheus_client import REGISTRY

from bot.channels.wecom.settings import Settings
from knowledge.telemetry import context
from knowledge.telemetry.logs import JsonLines
from tests.wecom_standin.callbacks import kf_event, post, said, sealed
from tests.wecom_standin.office import FakeRasa, Running
from tests.wecom_standin.server import AGENT, WeCom

Make = Callable[..., Settings]
ID = {"X-Request-ID": "0123456789abcdef"}


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """The lines that sum up messages."""
    found: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            line = json.loads(self.format(record))
            if line["event"] == "message":
                found.append(line)

    keep, own = Keep(), logging.getLogger("bot")
    keep.setFormatter(JsonLines("rasa"))
    own.addHandler(keep)
    before, _ = own.level, own.setLevel(logging.INFO)
    yield found
    own.setLevel(before)
    own.removeHandler(keep)
    context.clear()


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def _until(there: Callable[[], bool]) -> None:
    for _ in range(500):
        if there():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come")


@pytest.mark.asyncio
async def test_the_proxys_id_goes_with_the_message_also_over_a_restart(
    wecom: WeCom, settings: Make, session: aiohttp.ClientSession, lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_PROXIES", "1")
    rasa = FakeRasa()
    office = Running(settings(api=wecom.url), rasa)
    office.office.begin = _nothing  # type: ignore[method-assign]  it takes messages and dies before it answers
    await office.start()
    query, body = sealed(said("zhang", "专利"))
    async with session.post(office.url, params=query, data=body, headers=ID) as answer:
        assert answer.status == 200
    assert rasa.asked == []
    await office.stop()
    again = await Running(settings(api=wecom.url), rasa).start()
    await again.idle()
    await again.stop()
    (line,) = lines
    assert (line["request_id"], line["channel"], line["kind"]) == (ID["X-Request-ID"], "wecom", "answer")
    assert "zhang" not in json.dumps(line)


async def _nothing() -> None: ...


@pytest.mark.asyncio
async def test_a_customers_messages_have_an_id_each(
    running: Running, wecom: WeCom, session: aiohttp.ClientSession, lines: list[dict[str, Any]]
) -> None:
    for text in ("专利", "商标"):
        wecom.customer_says("mei", text)
    await post(session, running.url, *sealed(kf_event()))
    await _until(lambda: len(lines) == 2)
    assert len({line["request_id"] for line in lines}) == 2
    assert all(len(line["request_id"]) == 32 for line in lines)


@pytest.mark.asyncio
async def test_queue_token_and_failures_are_measured(
    wecom: WeCom, settings: Make, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.wecom.channel._COUNT", 0.02)
    agent, refused = str(AGENT), value("assistant_wecom_api_errors_total", call="gettoken", code="40001")
    wecom.faults["gettoken"].extend([40001] * 2)
    office = await Running(settings(api=wecom.url), FakeRasa(), again=1.0).start()
    try:
        await _until(lambda: value("assistant_wecom_api_errors_total", call="gettoken", code="40001") > refused)
        assert value("assistant_wecom_token_valid", agent=agent) == 0
        assert await post(session, office.url, *sealed(said("zhang", "专利"))) == 200
        await _until(lambda: value("assistant_wecom_queue") == 1)
        await office.idle()
        await _until(lambda: value("assistant_wecom_queue") == 0)
        assert value("assistant_wecom_token_valid", agent=agent) == 1
        assert value("assistant_wecom_token_fetched_timestamp_seconds", agent=agent) > 1.7e9
    finally:
        await office.stop()
