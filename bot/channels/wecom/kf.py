"""微信客服: people outside the company. A callback only says that there is something; the messages are fetched with a cursor.

The cursor is kept together with the messages of its page, so a restart neither loses a message nor takes one twice.
Session states: 0 new, 1 the assistant, 2 waiting for a person, 3 a person, 4 ended.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.channels.wecom import events, formatting
from bot.channels.wecom.client import ApiError, Client
from bot.channels.wecom.identity import customer, hashed
from bot.channels.wecom.repeats import Intake
from bot.channels.wecom.settings import App
from bot.channels.wecom.store import Job, NewJob
from bot.observability.request_id import KEY
from knowledge.telemetry.context import new_id

logger = logging.getLogger(__name__)
_SEEN = 4 * 86400.0
"""WeCom gives three days of messages; the marks outlive them."""
_FIRST = 600.0
"""On the very first synchronisation older messages are history, not questions."""
_WINDOW = 48 * 3600.0
_WELCOME = 18.0
_PEOPLE = re.compile(r"(?:我?(?:要|想)?(?:转|找|换|接)(?:接|到)?(?:一下)?|呼叫|联系)?(?:真人|人工)(?:客服|服务|坐席)?[吧。！!]*")
_TRANSFERRED = "已为您转接人工客服，请稍候。"
_NOBODY = "现在没有可以接待的人工客服。您可以先把情况发给我，我来查法律条文；也可以稍后再试一次“转人工”。"
_BAD_CURSOR_TOKEN = 95007

Answer = Callable[[str, str, str], Awaitable[dict[str, Any]]]
"""Puts a text to the assistant: (text, sender, message id) -> payload of the contract."""


async def sync(client: Client, intake: Intake, app: App, account: str, token: str) -> None:
    """Fetch all new messages of one account and keep them with the cursor. Raises ApiError, and Busy where another machine does so."""
    name = f"{app.corp_id}/{account}"
    while True:
        cursor = await intake.cursor(name)
        body: dict[str, Any] = {"cursor": cursor, "limit": 1000, "open_kfid": account}
        try:
            page = await client.call("kf/sync_msg", {**body, "token": token} if token else body, kf=True)
        except ApiError as error:
            if error.code != _BAD_CURSOR_TOKEN or not token:
                raise
            token = ""
            continue
        oldest = 0.0 if cursor else time.time() - _FIRST
        jobs = [job for message in page.get("msg_list") or [] if (job := _job(app, account, message, oldest))]
        following = str(page.get("next_cursor") or cursor)
        await intake.take_page(name, app.id, cursor, following, jobs)
        if not page.get("has_more") or following == cursor:
            return


def _job(app: App, account: str, message: dict[str, Any], oldest: float) -> NewJob | None:
    """The job of one fetched message; None for what needs no answer."""
    event = message.get("event") or {}
    if message.get("msgtype") == "event":
        if event.get("event_type") == "msg_send_fail":
            logger.warning("微信客服有消息没有送达（fail_type %s）", event.get("fail_type"))
        if event.get("event_type") != "enter_session" or not event.get("welcome_code"):
            return None
    elif message.get("origin") != 3:
        return None
    person = str(message.get("external_userid") or event.get("external_userid") or "")
    account = str(message.get("open_kfid") or event.get("open_kfid") or account)
    if not person or float(message.get("send_time") or time.time()) < oldest:
        return None
    key = f"{app.corp_id}:kf-message:{account}:{message.get('msgid')}"
    data = {**message, "external_userid": person, "open_kfid": account, KEY: new_id()}
    return NewJob(key, app.id, customer(app, account, person), "customer", data, _SEEN)


async def handle(
    client: Client, app: App, job: Job, offered: Sequence[str], waiting: int, answer: Answer
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The calls that answer one message of a customer, in order, and the assistant's answer if it is one. Raises ApiError.

    `waiting` of the customer's messages are not yet answered, this one among them: they share the five messages that WeCom allows.
    """
    message = job.data
    event = message.get("event") or {}
    age = time.time() - float(message.get("send_time") or time.time())
    if message["msgtype"] == "event":
        if age > _WELCOME:
            return [], None
        return [_on_event(str(event["welcome_code"]), app.welcome)], None
    person = {"open_kfid": message["open_kfid"], "external_userid": message["external_userid"]}
    if age > _WINDOW:
        logger.warning("客户 %s 的消息超过 48 小时，微信客服不再允许回复。", hashed(app, job.sender))
        return [], None
    state = int((await client.call("kf/service_state/get", person, kf=True)).get("service_state", 0))
    if state in (2, 3):  # a person has the conversation
        return [], None
    if message["msgtype"] != "text":
        wish: events.Ask | events.Say = events.unread(str(message["msgtype"]))
    else:
        typed = _typed(message["text"], offered)
        if _PEOPLE.fullmatch(typed.strip()):
            return await _transfer(client, app, job, person), None
        wish = events.question(typed, offered)
    if state == 0:
        await _take(client, person)
    payload = wish.payload if isinstance(wish, events.Say) else await answer(wish.text, job.sender, str(message.get("msgid")))
    most = max(1, formatting.KF_MESSAGES // waiting)
    calls = [_send(message, index, part) for index, part in enumerate(formatting.kf_parts(payload, "", most))]
    return calls, payload if isinstance(wish, events.Ask) else None


def _typed(text: dict[str, Any], offered: Sequence[str]) -> str:
    """The words of a text message, or of the menu item that was clicked."""
    menu = str(text.get("menu_id") or "")
    if menu.startswith("ask:"):
        return menu[4:]
    if menu.startswith("n:") and menu[2:].isdecimal() and 0 < int(menu[2:]) <= len(offered):
        return offered[int(menu[2:]) - 1]
    return str(text.get("content") or "")


async def _take(client: Client, person: dict[str, str]) -> None:
    """Tell WeCom that the assistant has the conversation; answers work without it too."""
    try:
        await client.call("kf/service_state/trans", {**person, "service_state": 1}, kf=True)
    except ApiError as error:
        if error.later:
            raise


async def _transfer(client: Client, app: App, job: Job, person: dict[str, str]) -> list[dict[str, Any]]:
    """Hand the conversation over to a person."""
    wanted = {"service_state": 3, "servicer_userid": app.kf_servicer} if app.kf_servicer else {"service_state": 2}
    try:
        done = await client.call("kf/service_state/trans", {**person, **wanted}, kf=True)
    except ApiError as error:
        if error.later and error.code is None:
            raise
        return [_send(job.data, 0, formatting.text(_NOBODY))]
    return [_on_event(str(done["msg_code"]), _TRANSFERRED)] if done.get("msg_code") else []


def _send(message: dict[str, Any], index: int, part: dict[str, Any]) -> dict[str, Any]:
    """The call that sends one message; its id is always the same, so that WeCom refuses a second one."""
    name = hashlib.sha256(f"{message['open_kfid']}/{message.get('msgid')}/{index}".encode()).hexdigest()[:30]
    return {"call": "kf/send_msg", "body": {"touser": message["external_userid"], "open_kfid": message["open_kfid"], "msgid": name, **part}}


def _on_event(code: str, words: str) -> dict[str, Any]:
    return {"call": "kf/send_msg_on_event", "body": {"code": code, **formatting.text(words)}}
