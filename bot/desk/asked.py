"""What was asked and how it was answered, from the conversation store and the feedback table. Nobody's name leaves this module:
conversations are told apart while they are read, and what is handed on are questions without identities, in order of time."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url

from bot.desk.privacy import anonymous
from knowledge.feedback import feedback

_events = sa.table("events", *(sa.column(name) for name in ("id", "sender_id", "type_name", "timestamp", "data")))
_MOST_CANDIDATES = 5


@dataclass(frozen=True)
class Asked:
    """One message and its answer. day: local date; kind, topic, reason: of the answer; confidence: the recogniser's; candidates: (topic,
    probability), best first; act: the dialogue act or None; begins: is it the first message of its conversation?"""

    day: datetime.date
    text: str
    kind: str
    topic: str | None
    reason: str | None
    confidence: float
    exact: bool
    act: str | None
    candidates: tuple[tuple[str, float], ...]
    begins: bool


@dataclass(frozen=True)
class Rated:
    """What was said of one answer: verdict up or down, with the reason and comment given."""

    day: datetime.date
    text: str
    verdict: str
    reason: str | None
    comment: str | None
    topic: str | None
    title: str
    candidates: tuple[tuple[str, float], ...]


def asked(url: str, since: datetime.date, until: datetime.date | None = None) -> Iterator[Asked]:
    """Every message in these days (both included) that was answered. Nothing where there is no store yet."""
    engine = _open(url, "events")
    if engine is None:
        return
    waiting: dict[str, tuple[float, dict[str, Any]]] = {}
    seen: set[str] = set()
    query = sa.select(_events).where(_events.c.type_name.in_(("user", "bot")), _events.c.timestamp >= _seconds(since)).order_by(_events.c.id)
    if until is not None:
        query = query.where(_events.c.timestamp < _seconds(until + datetime.timedelta(days=1)))
    with engine.connect() as connection:
        for row in connection.execution_options(stream_results=True).execute(query):
            data = json.loads(row.data)
            if row.type_name == "user":
                waiting[row.sender_id] = (row.timestamp, data)
                continue
            payload = (data.get("data") or {}).get("custom")
            if row.sender_id in waiting and isinstance(payload, dict):
                when, said = waiting.pop(row.sender_id)
                yield _asked(when, said, payload, row.sender_id not in seen)
                seen.add(row.sender_id)
    engine.dispose()


def rated(url: str, since: datetime.date, until: datetime.date | None = None) -> Iterator[Rated]:
    """Every rating in these days (both included). Nothing where there is no table yet."""
    engine = _open(url, "feedback")
    if engine is None:
        return
    start, end = (datetime.datetime.utcfromtimestamp(_seconds(day)) for day in (since, (until or datetime.date.max - _DAY) + _DAY))
    query = sa.select(feedback).where(feedback.c.written >= start, feedback.c.written < end).order_by(feedback.c.id)
    with engine.connect() as connection:
        for row in connection.execute(query):
            day = row.written.replace(tzinfo=datetime.timezone.utc).astimezone().date()
            ranking = tuple((str(topic), float(p)) for topic, p in row.ranking or ())[:_MOST_CANDIDATES]
            comment = anonymous(row.comment) if row.comment else None
            yield Rated(day, anonymous(row.question), row.verdict, row.reason, comment, row.topic, row.title, ranking)
    engine.dispose()


_DAY = datetime.timedelta(days=1)


def _asked(when: float, said: dict[str, Any], payload: dict[str, Any], begins: bool) -> Asked:
    parsed = said.get("parse_data") or {}
    found = parsed.get("recognition") or {}
    return Asked(
        day=datetime.date.fromtimestamp(when),
        text=anonymous(" ".join((said.get("text") or "").split())),
        kind=str(payload.get("kind")),
        topic=payload.get("topic"),
        reason=payload.get("reason"),
        confidence=float(found.get("confidence") or 0.0),
        exact=bool(found.get("exact")),
        act=parsed.get("act"),
        candidates=tuple((c["topic"], c["probability"]) for c in (found.get("candidates") or ())[:_MOST_CANDIDATES]),
        begins=begins,
    )


def _seconds(day: datetime.date) -> float:
    """The beginning of a local day."""
    return datetime.datetime.combine(max(day, datetime.date(1970, 1, 2)), datetime.time()).timestamp() if day.year < 9999 else 253e9


def _open(url: str, table: str) -> Engine | None:
    """An engine, or None where the database or the table is not there yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and not Path(parsed.database).exists():
        return None
    engine = sa.create_engine(url, future=True)
    if sa.inspect(engine).has_table(table):
        return engine
    engine.dispose()
    return None
