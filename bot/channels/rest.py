"""Rasa's REST channel with a guard in front and an answer in every case.

Same address and form as the stock channel (`POST /webhooks/rest/webhook`, `{"sender", "message"}`, a list of messages back).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.asking import AlreadyAnswered, asking
from bot.channels import notices
from bot.channels.guard import Refused, screen
from bot.channels.strict import strict
from bot.channels.web.settings import WebSettings
from bot.observability.journey import error_kind, journey, turned_away
from bot.observability.request_id import HEADER, begin
from bot.remote_action import lighten
from bot.settings import answer_timeout

logger = logging.getLogger(__name__)
MAX_SENDER = 200
_OURS = re.compile(r"web-[0-9a-f]{32}|wecom(?:-kf)?:.*")
"""Names of conversations that the other channels give, with a proof of who is speaking; here anyone may write any name."""


async def ask(
    on_new_message: Callable[[UserMessage], Awaitable[Any]],
    text: str,
    sender: str,
    channel: str,
    message_id: str | None = None,
    seconds: float | None = None,
) -> list[dict[str, Any]]:
    """Put one screened message to Rasa and return its messages; a notice where none came in time (`seconds`, else ANSWER_TIMEOUT)."""
    collector = CollectingOutputChannel()
    limit = answer_timeout() if seconds is None else seconds
    messages: list[dict[str, Any]] = []
    with journey(channel, sender, text, message_id) as way, asking(text, message_id, collector.messages):
        message = UserMessage(text, collector, sender, input_channel=channel, message_id=message_id, metadata=way.metadata)
        try:
            await asyncio.wait_for(on_new_message(message), limit)
            messages = collector.messages  # only now: an answer that could not be stored is none, the next message would not know of it
        except AlreadyAnswered as before:
            messages = before.messages
        except asyncio.TimeoutError:
            way.failed("timeout")
            logger.error("no answer within %.0f s", limit)
        except Exception as error:  # the person gets a sentence whatever went wrong; the log has the traceback
            way.failed(error_kind(error))
            logger.exception("a message could not be handled")
        way.answered(messages)
    return messages or [{"recipient_id": sender, "custom": notices.UNAVAILABLE}]


class GuardedRestInput(InputChannel):
    """The contract's REST channel."""

    @classmethod
    def name(cls) -> str:
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        lighten()
        webhook, proxies = strict(Blueprint("guarded_rest", __name__)), WebSettings.from_environment().proxies

        @webhook.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            marked = {HEADER: begin(request, proxies)}
            try:
                body = request.json
            except InvalidUsage:
                body = None
            if not isinstance(body, dict):
                return response.json({"error": '请求内容应为 JSON 对象：{"sender": …, "message": …}'}, status=400)
            sender = body.get("sender")
            if not isinstance(sender, str) or not 0 < len(sender) <= MAX_SENDER or not sender.isprintable():
                return response.json({"error": f"sender 应为 1 到 {MAX_SENDER} 个看得见的字符"}, status=400)
            if _OURS.fullmatch(sender):
                return response.json({"error": "sender 不能用网页或企业微信的会话名"}, status=400)
            verdict = screen(body.get("message"))
            if isinstance(verdict, Refused):
                turned_away(self.name(), sender, verdict.notice, verdict.why)
                return response.json([{"recipient_id": sender, "custom": verdict.notice}], headers=marked)
            return response.json(await ask(on_new_message, verdict.text, sender, self.name()), headers=marked)

        return webhook
