"""What a callback's message or event asks for: a question to put, something to say, or nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels import notices
from bot.channels.guard import Refused, screen
from bot.channels.wecom.identity import member
from bot.channels.wecom.settings import App
from bot.channels.wecom.store import NewJob
from knowledge.library import default_library
from knowledge.snapshot import snapshot

logger = logging.getLogger(__name__)
DAY = 86400.0
CAPABILITIES = "你能做什么"
_ANSWERED = {"subscribe", "enter_agent", "click", "template_card_event"}
_UNREAD = {
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "file": "文件",
    "location": "位置",
    "link": "链接",
    "miniprogram": "小程序",
    "business_card": "名片",
}
_NUMBER = re.compile(r"(?:选|第)?\s*([0-9０-９]{1,2}|[一二三四五六七八九十])\s*(?:个|项|条|号)?\s*[.。、)）]?")
_CHINESE = "一二三四五六七八九十"


@dataclass(frozen=True)
class Ask:
    """Put this to the assistant."""

    text: str


@dataclass(frozen=True)
class Say:
    """Send this answer of the contract."""

    payload: dict[str, Any]


def job_of(app: App, fields: dict[str, str]) -> NewJob | None:
    """The job that a callback makes; None where there is nothing to answer."""
    kind, event, user = fields.get("MsgType", ""), fields.get("Event", ""), fields.get("FromUserName", "")
    if kind == "event" and event == "kf_msg_or_event":
        account = fields.get("OpenKfId", "")
        key = f"{app.id}:kf:{account}:{fields.get('Token', '')}:{fields.get('CreateTime', '')}"
        return NewJob(key, app.id, f"sync:{app.id}:{account}", "kf_sync", {"open_kfid": account, "token": fields.get("Token", "")})
    if not user or not kind or (kind == "event" and event not in _ANSWERED):
        return None
    kept = 3600.0
    if event in ("subscribe", "enter_agent") and kind == "event":
        key, kept = f"{app.id}:welcome:{user}", DAY
    elif kind == "event":
        key = f"{app.id}:event:{user}:{fields.get('CreateTime')}:{event}:{fields.get('EventKey')}:{fields.get('TaskId')}"
    else:
        key = f"{app.id}:message:{user}:{fields.get('MsgId') or fields.get('CreateTime')}"
    return NewJob(key, app.id, member(app, user), "member", dict(fields), kept)


def read(app: App, fields: dict[str, str], offered: Sequence[str]) -> Ask | Say | None:
    """What a member's message or event asks for. `offered` are the payloads of the choices last shown."""
    if fields["MsgType"] == "text":
        return question(fields.get("Content", ""), offered)
    if fields["MsgType"] != "event":
        return unread(fields["MsgType"])
    key = fields.get("EventKey", "")
    match fields.get("Event"):
        case "subscribe" | "enter_agent":
            return Say(says("您好", app.welcome))
        case "click":
            return question(menu_text(app, key), ())
        case "template_card_event":
            return question(key.removeprefix("ask:"), ()) if key.startswith("ask:") else None
    return None


def question(raw: str, offered: Sequence[str]) -> Ask | Say:
    """A typed text: the choice of that number where choices were shown, else the text as the guard lets it through."""
    verdict = screen(chosen(raw, offered))
    return Say(verdict.notice) if isinstance(verdict, Refused) else Ask(verdict.text)


def chosen(raw: str, offered: Sequence[str]) -> str:
    """2, ２, 第二个 and 2. mean the second choice."""
    match = _NUMBER.fullmatch(raw.strip())
    if not match or not offered:
        return raw
    digits = match.group(1)
    number = _CHINESE.index(digits) + 1 if digits in _CHINESE else int(digits)
    return offered[number - 1] if 0 < number <= len(offered) else raw


def menu_text(app: App, key: str) -> str:
    """What a click on a menu asks: the key itself or its entry in the settings says `topic:…`, `check:…` or the words."""
    target = app.menu.get(key, key)
    scheme, colon, name = target.partition(":")
    try:
        if scheme in ("topic", "check") and (topic := snapshot(default_library()).topics.get(name)):  # a check is begun by a topic
            return topic.question
    except Exception:  # no library: the menu still answers something
        logger.exception("the menu key could not be looked up")
    if scheme == "ask" and name:
        return name
    if key in app.menu and not (colon and scheme in ("topic", "check")):
        return target
    logger.warning("企业微信菜单的 KEY “%s” 没有对应的主题，请检查 menu 设置。", key[:60])
    return CAPABILITIES


def unread(kind: str) -> Say:
    """The kind answer to what is not text."""
    name = _UNREAD.get(kind)
    sent = f"收到您发的{name}了，不过我只看得懂文字" if name else "收到了，不过我只看得懂文字"
    return Say(says("只看得懂文字", f"{sent}。请用一两句话说说您的情况，我马上为您查法律条文。"))


def says(title: str, summary: str) -> dict[str, Any]:
    """A chat answer of the contract."""
    return {**notices.UNAVAILABLE, "title": title, "summary": summary}
