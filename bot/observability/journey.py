"""The way of one message through the Rasa process: what is measured of it, and the one line that sums it up."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.channels import notices
from bot.channels.web.settings import LOG_TEXT, secret_file
from bot.channels.web.tokens import load_secret
from bot.observability import metrics
from bot.observability.request_id import KEY, resume
from knowledge.telemetry.context import REQUEST_ID, veil
from knowledge.telemetry.logs import event

logger = logging.getLogger(__name__)
RECOGNITION, POLICY_ACTIONS, ACTION_SERVER, TOTAL = "recognition", "policy_actions", "action_server", "total"
_LIKELY = 3


@dataclass
class Journey:
    """Filled while the message is worked on. seconds: by stage; found: the recogniser's verdict; act: the dialogue act; error: a word."""

    channel: str
    sender: str
    request_id: str
    seconds: dict[str, float] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    act: str | None = None
    payload: dict[str, Any] | None = None
    error: str | None = None

    @property
    def kind(self) -> str:
        """The kind of answer that the person got; `unavailable` where it was the notice that there is none."""
        return str(self.payload["kind"]) if self.payload and self.payload != notices.UNAVAILABLE else "unavailable"

    @property
    def metadata(self) -> dict[str, str]:
        """What travels to the action server with the message."""
        return {KEY: self.request_id}

    def spent(self, stage: str, seconds: float) -> None:
        """Add to a stage."""
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def recognised(self, parsed: dict[str, Any]) -> None:
        """Take what the pipeline made of the message."""
        self.found = parsed.get("recognition") or {}
        self.act = parsed.get("act")

    def failed(self, kind: str) -> None:
        """Something went wrong; what goes wrong first counts."""
        self.error = self.error or kind

    def answered(self, messages: list[dict[str, Any]]) -> None:
        """Take Rasa's messages; none is an error."""
        payloads = [m["custom"] for m in messages if isinstance(m.get("custom"), dict)]
        self.payload = payloads[-1] if payloads else None
        if not messages:
            self.failed("no_answer")


_CURRENT: ContextVar[Journey | None] = ContextVar("journey", default=None)


def current() -> Journey | None:
    """The message that is being worked on."""
    return _CURRENT.get()


def error_kind(error: BaseException) -> str:
    """One word for what an exception says is broken."""
    return "database" if isinstance(error, SQLAlchemyError) else "redis" if isinstance(error, RedisError) else "exception"


def pseudonym(sender: str) -> str:
    """A sender for the log: the same twelve digits on every server with the same `WEB_SECRET`, which do not lead back without it."""
    return hmac.new(_key(), sender.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:12]


@lru_cache(maxsize=1)
def _key() -> bytes:
    return load_secret(secret_file())


@contextmanager
def journey(channel: str, sender: str, text: str, message_id: str | None = None) -> Iterator[Journey]:
    """Measure the way of a message; at its end count it and write its line."""
    way = Journey(channel, pseudonym(sender), REQUEST_ID.get() or resume(None))
    veil(sender, way.sender, text)
    mark = _CURRENT.set(way)
    metrics.MESSAGES.labels(channel).inc()
    working = metrics.IN_PROGRESS.labels(channel)
    working.inc()
    start = time.perf_counter()
    try:
        yield way
    finally:
        way.spent(TOTAL, time.perf_counter() - start)
        working.dec()
        _CURRENT.reset(mark)
        _count(way)
        _tell(way, message_id, text)


def turned_away(channel: str, sender: str, notice: dict[str, Any], why: str) -> None:
    """Count and tell of a message that is answered by the channel itself."""
    way = Journey(channel, pseudonym(sender), REQUEST_ID.get() or resume(None), payload=notice)
    metrics.MESSAGES.labels(channel).inc()
    _count(way)
    event(logger, "message", channel=channel, sender=way.sender, kind=notice["kind"], reason=notice.get("reason"), not_taken=why)


def _count(way: Journey) -> None:
    metrics.ANSWERS.labels(way.kind).inc()
    if way.kind == "refuse" and way.payload:
        metrics.REFUSALS.labels(str(way.payload.get("reason"))).inc()
    if "confidence" in way.found:
        metrics.CONFIDENCE.observe(way.found["confidence"])
    for stage, seconds in way.seconds.items():
        metrics.STAGE_SECONDS.labels(stage).observe(seconds)
    if way.error:
        metrics.ERRORS.labels(way.error).inc()


def _tell(way: Journey, message_id: str | None, text: str) -> None:
    payload = way.payload or {}
    event(
        logger,
        "message",
        logging.ERROR if way.error else logging.INFO,
        channel=way.channel,
        sender=way.sender,
        message=message_id,
        characters=len(text),
        kind=way.kind,
        reason=payload.get("reason"),
        topic=payload.get("topic"),
        likely=[candidate["topic"] for candidate in (way.found.get("candidates") or ())[:_LIKELY]] or None,
        verdict=way.found.get("verdict"),
        confidence=way.found.get("confidence"),
        act=way.act,
        error=way.error,
        **{
            f"ms_{stage}": round(way.seconds[stage] * 1000, 1)
            for stage in (RECOGNITION, POLICY_ACTIONS, ACTION_SERVER, TOTAL)
            if stage in way.seconds
        },
        text=text if LOG_TEXT.get() else None,
    )
