"""What is kept about people: conversations, ratings, the web channel's history, messages of WeCom. Find, export, erase, expire.

A person is known by the name of the conversation (`sender`): `web-<session>`, `wecom:<corp>:<user>`, `wecom-kf:<corp>:<account>:<user>`,
or what a client of the REST channel gave. Every function may raise SQLAlchemyError and RedisError; done again, each does what is left.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.web.redis_history import in_order, keys_of
from bot.channels.wecom.identity import hashed
from bot.channels.wecom.settings import load, state_file
from bot.desk.review.listing import FILE as REVIEW_LIST
from bot.observability.journey import pseudonym
from bot.operations.sql import choices, events, jobs, opened, seen
from bot.redis_connection import connect_blocking
from bot.settings import conversations_url, redis_url
from knowledge.environment import SettingError
from knowledge.feedback import feedback, mark_of
from knowledge.settings import feedback_url

_WEB = "web-"
_DAY = 86_400.0
_AT_ONCE = 500  # conversations deleted in one statement
CONVERSATIONS, EVENTS, RATINGS, HISTORY, WECOM, LISTS = "会话", "会话事件", "评价", "网页记录", "企业微信消息和选项", "复核清单"


@dataclass(frozen=True)
class Places:
    """Where things are kept; `redis` is empty where there is none."""

    conversations: str
    feedback: str
    redis: str
    wecom: Path
    review_list: Path = REVIEW_LIST

    @classmethod
    def configured(cls) -> Places:
        """As the settings say. Raises SettingError."""
        return cls(conversations_url(), feedback_url(), redis_url(), state_file())

    @property
    def wecom_url(self) -> str:
        return f"sqlite:///{self.wecom}"


@dataclass(frozen=True)
class Found:
    """A conversation: its first and last event (local time), and how many messages the person wrote."""

    sender: str
    first: datetime.datetime
    last: datetime.datetime
    messages: int


def find(places: Places, clue: str) -> list[Found]:
    """Conversations by a part of their name, a mark of the log or of a rating, or words that the person wrote; the latest first."""
    with opened(places.conversations, "events") as connection:
        if connection is None:
            return []
        wrote = sa.func.sum(sa.case((events.c.type_name == "user", 1), else_=0))
        at = events.c.timestamp
        totals = sa.select(events.c.sender_id, sa.func.min(at), sa.func.max(at), wrote).group_by(events.c.sender_id)
        everybody = connection.execute(totals).all()
        written = json.dumps(clue)[1:-1]  # as the store writes it, every Chinese character as an escape
        said = sa.select(events.c.sender_id).where(events.c.type_name == "user", events.c.data.contains(written, autoescape=True)).distinct()
        speakers = set(connection.execute(said).scalars())
    marked = {sender for sender, *_ in everybody if clue in sender or clue in _names(sender)}
    chosen = [row for row in everybody if row[0] in marked | speakers]
    moments = [(sender, *(datetime.datetime.fromtimestamp(when or 0) for when in (first, last)), count) for sender, first, last, count in chosen]
    return sorted((Found(*row) for row in moments), key=lambda one: one.last, reverse=True)


def export(places: Places, sender: str) -> dict[str, Any]:
    """Everything that is held about one person, as JSON."""
    with opened(places.conversations, "events") as connection:
        said = _events(connection, sender)
    with opened(places.feedback, "feedback") as connection:
        rows = connection.execute(sa.select(feedback).where(_rated(sender, said)).order_by(feedback.c.id)).mappings().all() if connection else []
    with opened(places.wecom_url, "jobs") as connection:
        waiting = connection.execute(sa.select(jobs).where(jobs.c.sender == sender)).mappings().all() if connection else []
        offered = connection.execute(sa.select(choices).where(choices.c.sender == sender)).mappings().all() if connection else []
    return {
        "sender": sender,
        "exported": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "conversation": said,
        "feedback": [{**row, "written": row["written"].isoformat()} for row in rows],
        "web_history": [asdict(exchange) for exchange in _history(places, sender)],
        "wecom_waiting": [{**row, "data": json.loads(row["data"]), "parts": json.loads(row["parts"] or "null")} for row in waiting],
        "wecom_choices": [{**row, "payloads": json.loads(row["payloads"])} for row in offered],
    }


def holds_anything(exported: dict[str, Any]) -> bool:
    """Is there anything in an export?"""
    return any(isinstance(value, list) and value for value in exported.values())


def erase(places: Places, sender: str) -> dict[str, int]:
    """Delete everything that is held about one person; what, and how much of it. The conversation goes last: it leads to the ratings."""
    erased = {HISTORY: _forget(places, sender)}
    with opened(places.wecom_url, "jobs") as connection:
        tables = ((jobs, jobs.c.sender == sender), (choices, choices.c.sender == sender), (seen, _seen_of(sender)))
        erased[WECOM] = sum(_delete(connection, table, which) for table, which in tables)
    with opened(places.conversations, "events") as connection:
        said = _events(connection, sender)
    with opened(places.feedback, "feedback") as connection:
        erased[RATINGS] = _delete(connection, feedback, _rated(sender, said))
    with opened(places.conversations, "events") as connection:
        erased[EVENTS] = _delete(connection, events, events.c.sender_id == sender)
    return erased


def not_reached(places: Places, sender: str) -> list[str]:
    """What `erase` cannot reach from here, in Chinese."""
    said = []
    if sender.startswith(_WEB) and not places.redis:
        said.append("正在运行的服务内存里可能还有这个会话的网页记录，会话过期或重启服务以后消失。")
    if sender.startswith("wecom"):
        said.append("企业微信的待发消息按机器保存；有几台机器时，请在每台上运行一次。")
    return [*said, "数据库的备份、Redis 的持久化文件和日志不在这里处理，按各自的保存期限删除。"]


def expire(places: Places, days: int, now: float | None = None) -> dict[str, int]:
    """Delete conversations without an event, and ratings, of the last `days` days; what, and how much of it."""
    before = (time.time() if now is None else now) - days * _DAY
    expired = {CONVERSATIONS: 0, EVENTS: 0}
    old = sa.select(events.c.sender_id).group_by(events.c.sender_id).having(sa.func.coalesce(sa.func.max(events.c.timestamp), 0) < before)
    while True:
        with opened(places.conversations, "events") as connection:
            senders = connection.execute(old.limit(_AT_ONCE)).scalars().all() if connection else []
            if not senders:
                break
            still = old.where(events.c.sender_id.in_(senders))  # somebody may have gone on talking meanwhile
            expired[EVENTS] += _delete(connection, events, events.c.sender_id.in_(still))
            expired[CONVERSATIONS] += len(senders)
    with opened(places.feedback, "feedback") as connection:
        expired[RATINGS] = _delete(connection, feedback, feedback.c.written < datetime.datetime.utcfromtimestamp(before))
    with opened(places.wecom_url, "jobs") as connection:
        tables = ((jobs, jobs.c.created < before), (choices, choices.c.at < before), (seen, seen.c.until < time.time()))
        expired[WECOM] = sum(_delete(connection, table, which) for table, which in tables)
    outdated = places.review_list.exists() and places.review_list.stat().st_mtime < before
    if outdated:
        places.review_list.unlink()
    return {**expired, LISTS: int(outdated)}


def _names(sender: str) -> Iterable[str]:
    """The names of a conversation in logs and ratings, none of which leads back to it."""
    yield pseudonym(sender)
    yield mark_of(sender.removeprefix(_WEB))
    try:
        settings = load()
    except SettingError:
        settings = None
    if settings is not None and sender.startswith("wecom"):
        yield from (hashed(app, sender) for app in settings.apps)


def _events(connection: Connection | None, sender: str) -> list[dict[str, Any]]:
    if connection is None:
        return []
    rows = connection.execute(sa.select(events.c.data).where(events.c.sender_id == sender).order_by(events.c.id))
    return [json.loads(data) for data in rows.scalars()]


def _rated(sender: str, said: Iterable[dict[str, Any]]) -> Any:
    """Which ratings are this person's: by the mark of a web session, or the random one that the conversation remembers."""
    remembered = [event.get("value") or {} for event in said if event.get("event") == "slot" and event.get("name") == "answered"]
    marks = {value["session"] for value in remembered if isinstance(value, dict) and value.get("session")}
    if sender.startswith(_WEB):
        marks.add(mark_of(sender.removeprefix(_WEB)))
    return feedback.c.session.in_(sorted(marks))


def _seen_of(sender: str) -> Any:
    """The marks of callbacks that name this person (`<corp>/<agent>:<kind>:<user>:…`)."""
    _, _, rest = sender.partition(":")
    corp, _, user = rest.partition(":")
    if not sender.startswith("wecom:") or not user:
        return sa.false()
    key = seen.c.key
    return key.startswith(f"{corp}/", autoescape=True) & (key.contains(f":{user}:", autoescape=True) | key.endswith(f":{user}", autoescape=True))


def _delete(connection: Connection | None, table: Any, which: Any) -> int:
    return 0 if connection is None else int(connection.execute(sa.delete(table).where(which)).rowcount)


def _history(places: Places, sender: str) -> list[Any]:
    if not places.redis or not sender.startswith(_WEB):
        return []
    with connect_blocking(places.redis) as redis:
        return in_order(redis.hvals(keys_of(sender.removeprefix(_WEB))[0]))


def _forget(places: Places, sender: str) -> int:
    """Drop a session's history in Redis. How many exchanges it had."""
    if not places.redis or not sender.startswith(_WEB):
        return 0
    keys = keys_of(sender.removeprefix(_WEB))
    with connect_blocking(places.redis) as redis:
        count = int(redis.hlen(keys[0]))
        redis.delete(*keys)
    return count
