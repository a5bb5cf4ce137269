"""Every message has one id, one line and its numbers, whatever becomes of it, and the log tells nothing of the person."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import OperationalError

from bot.channels.rest import GuardedRestInput
from bot.observability.channel import HealthInput
from bot.observability.journey import Journey, current, pseudonym
from tests.bot.observability.conftest import Log, Serve
from tests.wecom_standin.office import answer_for

PERSON, WORDS = "an-office:ww01:zhangsan", "我和李四合写的书被他独自出版了"
WEBHOOK = "/webhooks/rest/webhook"
Counted = Callable[..., float]


class Rasa:
    """Behaves like Rasa's handler: `does` is awaited with the message first."""

    def __init__(self, payload: dict[str, Any] | None = None, does: Callable[[UserMessage], Any] | None = None) -> None:
        self.payload, self.does = payload or answer_for("x"), does
        self.metadata: list[Any] = []

    async def __call__(self, message: UserMessage) -> None:
        self.metadata.append(message.metadata)
        if self.does is not None:
            await self.does(message)
        await message.output_channel.send_custom_json(message.sender_id, self.payload)


async def said(serve: Serve, rasa: Rasa, text: str = WORDS, **headers: str) -> tuple[list[dict[str, Any]], Any]:
    """Send one message over REST; the messages and headers that come back."""
    async with serve(rasa, HealthInput(), GuardedRestInput()) as site:
        status, messages, got = await site.post(WEBHOOK, {"sender": PERSON, "message": text}, **headers)
        assert status == 200
        return messages, got


def test_one_id_is_in_the_line_the_response_and_the_metadata(serve: Serve, log: Log) -> None:
    rasa = Rasa()
    _, headers = asyncio.run(said(serve, rasa))
    (line,) = log.messages()
    assert rasa.metadata == [{"request_id": line["request_id"]}]
    assert headers["X-Request-ID"] == line["request_id"]


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [("1", "0123456789abcdef", True), ("0", "0123456789abcdef", False), ("1", "bad id!", False), ("1", "x" * 65, False), ("1", "short", False)],
)
def test_only_a_well_formed_id_of_our_own_proxy_is_taken(
    serve: Serve, log: Log, monkeypatch: pytest.MonkeyPatch, proxies: str, given: str, taken: bool
) -> None:
    monkeypatch.setenv("WEB_PROXIES", proxies)
    asyncio.run(said(serve, Rasa(), X_Request_ID=given))
    (line,) = log.messages()
    assert (line["request_id"] == given) is taken


def test_messages_at_once_keep_their_ids_apart(serve: Serve, log: Log) -> None:
    async def slow(message: UserMessage) -> None:
        await asyncio.sleep(0.05)
        logging.getLogger("bot.test").info("worked for %s", message.metadata["request_id"])

    async def scene() -> None:
        async with serve(Rasa(does=slow), HealthInput(), GuardedRestInput()) as site:
            await asyncio.gather(*(site.post(WEBHOOK, {"sender": f"person-{n}", "message": f"第{n}个问题"}) for n in range(20)))

    asyncio.run(scene())
    lines = [json.loads(text) for text in log.texts if "worked for" in text]
    assert len({line["request_id"] for line in lines}) == 20
    assert all(line["event"] == f"worked for {line['request_id']}" for line in lines)


def test_a_message_is_summed_up_and_counted(serve: Serve, log: Log, counted: Counted) -> None:
    async def work(_: UserMessage) -> None:
        way = current()
        assert way is not None
        way.recognised({"recognition": {"verdict": "sure", "confidence": 0.83, "candidates": [{"topic": t} for t in "abcd"]}, "act": None})
        for stage in ("recognition", "policy_actions", "action_server"):
            way.spent(stage, 0.002)

    names: list[tuple[str, dict[str, str]]] = [
        ("assistant_messages_total", {"channel": "rest"}),
        ("assistant_answers_total", {"kind": "answer"}),
        ("assistant_confidence_count", {}),
        *(("assistant_stage_seconds_count", {"stage": s}) for s in ("recognition", "policy_actions", "action_server", "total")),
    ]
    for name, labels in names:
        counted(name, **labels)
    asyncio.run(said(serve, Rasa(does=work)))
    assert [counted(name, **labels) for name, labels in names] == [1.0] * len(names)
    (line,) = log.messages()
    assert {key: line[key] for key in ("channel", "kind", "topic", "likely", "verdict", "confidence", "characters")} == {
        "channel": "rest",
        "kind": "answer",
        "topic": "t",
        "likely": ["a", "b", "c"],
        "verdict": "sure",
        "confidence": 0.83,
        "characters": len(WORDS),
    }
    assert line["ms_recognition"] == line["ms_policy_actions"] == line["ms_action_server"] == 2.0 and line["ms_total"] >= 0
    assert line["sender"] == pseudonym(PERSON) and "error" not in line


def test_refusals_are_counted_by_reason_also_those_of_the_channel(serve: Serve, log: Log, counted: Counted) -> None:
    counted("assistant_refusals_total", reason="harmful"), counted("assistant_refusals_total", reason="unclear")
    asyncio.run(said(serve, Rasa({**answer_for("x"), "kind": "refuse", "reason": "harmful"})))
    asyncio.run(said(serve, Rasa(), text="？？"))
    assert counted("assistant_refusals_total", reason="harmful") == counted("assistant_refusals_total", reason="unclear") == 1
    first, second = log.messages()
    assert (first["reason"], second["not_taken"], second["reason"]) == ("harmful", "no letters", "unclear")


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [(OperationalError("INSERT", {"data": WORDS}, Exception("down")), "database"), (RuntimeError(f"{PERSON}: {WORDS}"), "exception")],
)
def test_trouble_is_counted_by_kind_and_the_log_does_not_tell_the_words(
    serve: Serve, log: Log, counted: Counted, trouble: Exception, kind: str
) -> None:
    async def fail(_: UserMessage) -> None:
        raise trouble

    counted("assistant_errors_total", kind=kind), counted("assistant_answers_total", kind="unavailable")
    messages, _ = asyncio.run(said(serve, Rasa(does=fail)))
    assert "再发一次" in messages[0]["custom"]["summary"]
    assert counted("assistant_errors_total", kind=kind) == counted("assistant_answers_total", kind="unavailable") == 1
    (line,) = log.messages()
    assert (line["error"], line["kind"], line["level"]) == (kind, "unavailable", "error")
    assert any('"error": {' in text for text in log.texts), "the exception is in the log"
    assert not any(PERSON in text or "zhangsan" in text or WORDS in text for text in log.texts)


def test_an_answer_that_comes_too_late_is_a_timeout(serve: Serve, log: Log, counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER_TIMEOUT", "0.05")
    counted("assistant_errors_total", kind="timeout"), counted("assistant_messages_in_progress", channel="rest")
    asyncio.run(said(serve, Rasa(does=lambda _: asyncio.sleep(1))))
    assert counted("assistant_errors_total", kind="timeout") == 1
    assert counted("assistant_messages_in_progress", channel="rest") == 0
    assert log.messages()[0]["error"] == "timeout"


@pytest.mark.parametrize(("allowed", "shown"), [("0", None), ("1", WORDS)])
def test_the_text_is_in_the_line_only_where_it_is_allowed(
    serve: Serve, log: Log, monkeypatch: pytest.MonkeyPatch, allowed: str, shown: str | None
) -> None:
    monkeypatch.setenv("WEB_LOG_TEXT", allowed)
    asyncio.run(said(serve, Rasa()))
    assert log.messages()[0].get("text") == shown
    assert any(WORDS in text for text in log.texts) is (shown is not None)


class Pages(InputChannel):
    """Something else on the same server."""

    @classmethod
    def name(cls) -> str:
        return "pages"

    def blueprint(self, on_new_message: Any) -> Blueprint:
        pages = Blueprint("pages")

        @pages.get("/")
        async def page(_: Request) -> HTTPResponse:
            logging.getLogger("bot.test").info("another request")
            return response.json({})

        return pages


def test_what_comes_next_on_a_connection_does_not_bear_the_old_id(serve: Serve, log: Log) -> None:
    async def scene() -> None:
        async with serve(Rasa(), HealthInput(), GuardedRestInput(), Pages()) as site:
            await site.post(WEBHOOK, {"sender": PERSON, "message": WORDS})
            assert (await site.get("/webhooks/pages/"))[0] == 200

    asyncio.run(scene())
    assert "request_id" not in next(json.loads(text) for text in log.texts if "another request" in text)


def test_what_goes_wrong_first_counts() -> None:
    way = Journey("rest", "x", "y")
    way.failed("action_server")
    way.answered([])
    assert way.error == "action_server"
