"""The WeCom channel for Rasa: callbacks are checked, kept, acknowledged at once, and answered behind.

`GET` and `POST /webhooks/wecom/callback` for every corp; whose a callback is, its signature says.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import aiohttp
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import PayloadTooLarge
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.rest import ask
from bot.channels.strict import strict
from bot.channels.web.settings import WebSettings
from bot.channels.wecom.client import ApiError, Client
from bot.channels.wecom.crypto import Crypto, Rejected
from bot.channels.wecom.desk import Desk, payload_of
from bot.channels.wecom.events import job_of
from bot.channels.wecom.repeats import Busy, Intake, Marks
from bot.channels.wecom.settings import App, Settings, SettingsError, load
from bot.channels.wecom.store import NewJob, Store
from bot.channels.wecom.tokens import Tokens
from bot.channels.wecom.xml import MAX_BODY, fields_of
from bot.observability.metrics import WECOM_QUEUE
from bot.observability.request_id import KEY, begin
from bot.redis_connection import close, connect
from bot.settings import answer_timeout

logger = logging.getLogger(__name__)
Handler = Callable[[UserMessage], Awaitable[Any]]
_PATIENCE = 30.0
_COUNT = 5.0
"""Seconds between two looks at how many messages wait."""


class WeComInput(InputChannel):
    """企业微信. Off (and saying so) where nothing is configured or the settings are wrong."""

    def __init__(self, settings: Settings | None) -> None:
        self.settings = settings

    @classmethod
    def name(cls) -> str:
        return "wecom"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WeComInput:
        try:
            settings = load()
        except SettingsError as error:
            logger.error("企业微信通道没有启用，设置有 %d 个问题：\n%s", len(error.problems), error)
            return cls(None)
        if settings is None:
            logger.info("没有配置企业微信，通道关闭（需要时见 docs/wecom.zh.md）。")
        return cls(settings)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        webhook = strict(Blueprint("wecom", __name__))
        if self.settings is not None:
            office = Office(self.settings, on_new_message)
            webhook.listener("before_server_start")(office.open)
            webhook.listener("after_server_start")(office.begin)  # by then the model is loaded
            webhook.listener("before_server_stop")(office.close)
            routes(webhook, office)
        return webhook


def routes(webhook: Blueprint, office: Office) -> None:
    """The two routes of the channel."""

    @webhook.route("/callback", methods=["GET"])
    async def verify(request: Request) -> HTTPResponse:
        return await office.verify(request)

    @webhook.route("/callback", methods=["POST"], stream=True)
    async def receive(request: Request) -> HTTPResponse:
        return await office.receive(request)


class Office:
    """The running channel of one process."""

    def __init__(self, settings: Settings, on_new_message: Handler, pause: float = 0.5, again: float = 30.0) -> None:
        self.settings = settings
        self._handler = on_new_message
        self._pause = pause
        self._again = again
        self._proxies = WebSettings.from_environment().proxies
        self._tasks: list[asyncio.Task[None]] = []
        self._cryptos = [(app, Crypto(app.token, app.aes_key, app.corp_id)) for app in settings.apps]

    async def open(self, *_: Any) -> None:
        """Open the store and connections: from now on callbacks can be taken."""
        settings = self.settings
        self._executor = ThreadPoolExecutor(1, "wecom-store")
        self.store = await asyncio.get_running_loop().run_in_executor(self._executor, Store, settings.state)
        self._redis = connect(settings.redis) if settings.redis else None
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        tokens = Tokens(self._redis)
        self.clients = {app.id: Client(self._session, settings.api, app, tokens, self._pause) for app in settings.apps}
        marks = Marks(self._redis)
        self._intake = Intake(self.store, self._executor, marks)
        self.desk = Desk(settings, self.store, self._executor, self._intake, marks, self.clients, self._answer, self._again)

    async def begin(self, *_: Any) -> None:
        """Begin to answer, first what was left."""
        self.desk.start()
        self._tasks = [asyncio.create_task(self._greet()), asyncio.create_task(self._count())]

    async def close(self, *_: Any) -> None:
        """Stop; what is not answered stays in the store."""
        for task in self._tasks:
            task.cancel()
        await self.desk.stop()
        await self._intake.close()
        await asyncio.get_running_loop().run_in_executor(self._executor, self.store.close)
        self._executor.shutdown(wait=False)
        await self._session.close()
        await close(self._redis)

    async def _greet(self) -> None:
        """Say whether each application can be reached; fetch what 微信客服 got while we were away."""
        for app in self.settings.apps:
            try:
                await self.clients[app.id].token()
                logger.info("企业微信应用 %s 已连接。", app.agent_id)
            except ApiError as error:
                logger.error("企业微信应用 %s 连接不上（%s）；收到的消息先存着。", app.agent_id, error)
        for name, app_id in self.store.cursors():
            account = name.partition("/")[2]
            job = NewJob(f"start:{name}:{time.time_ns()}", app_id, f"sync:{app_id}:{account}", "kf_sync", {"open_kfid": account, "token": ""}, 1)
            await self._intake.take(job)
        self.desk.wake()

    async def _count(self) -> None:
        """Keep the number of waiting messages current in the metrics."""
        while True:
            WECOM_QUEUE.set(await self.desk.run(self.store.waiting))
            await asyncio.sleep(_COUNT)

    async def _answer(self, text: str, sender: str, message: str) -> dict[str, Any]:
        seconds = max(answer_timeout(), _PATIENCE)  # nobody holds a connection open meanwhile
        return payload_of(await ask(self._handler, text, sender, WeComInput.name(), message or None, seconds))

    async def verify(self, request: Request) -> HTTPResponse:
        """The check of the address in WeCom's console: the plaintext of `echostr`, bare."""
        echo = (request.args or {}).get("echostr") or ""
        try:
            _, plain = self._opened(request, echo.replace(" ", "+"))  # a plus sign that came unescaped
        except Rejected as error:
            return _refused(error)
        return response.raw(plain, content_type="text/plain; charset=utf-8")

    async def receive(self, request: Request) -> HTTPResponse:
        """A callback: kept and acknowledged with an empty 200, or refused without a word. Answers wait meanwhile."""
        self.desk.arriving += 1
        try:
            return await self._receive(request)
        finally:
            self.desk.arriving -= 1

    async def _receive(self, request: Request) -> HTTPResponse:
        try:
            body = await _body(request)
            app, plain = self._opened(request, fields_of(body).get("Encrypt", ""))
            fields = fields_of(plain)
            app = self._addressee(app, fields)
        except Rejected as error:
            return _refused(error)
        job = job_of(app, fields)
        if job is None:
            return response.empty(200)
        job = replace(job, data={**job.data, KEY: begin(request, self._proxies)})
        try:
            if await self._intake.take(job):
                self.desk.wake()
        except Busy:
            return response.empty(503)
        return response.empty(200)

    def _opened(self, request: Request, encrypted: str) -> tuple[App, bytes]:
        """Whose a ciphertext is, and its plaintext. Raises Rejected."""
        arguments = request.args or {}
        signature, timestamp, nonce = ((arguments.get(name) or "")[:200] for name in ("msg_signature", "timestamp", "nonce"))
        if not (signature and nonce and encrypted):
            raise Rejected("a parameter is missing")
        if not timestamp.isascii() or not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > self.settings.max_age:
            raise Rejected("stale timestamp")
        reason = Rejected("wrong signature")
        for app, crypto in self._cryptos:
            if crypto.signed(signature, timestamp, nonce, encrypted):
                try:
                    return app, crypto.decrypt(encrypted)
                except Rejected as error:  # two applications may have the same token
                    reason = error
        raise reason

    def _addressee(self, app: App, fields: dict[str, str]) -> App:
        """The application that a message names, of those that share token and key with `app`. Raises Rejected."""
        same = [a for a in self.settings.apps if (a.corp_id, a.token, a.aes_key) == (app.corp_id, app.token, app.aes_key)]
        if fields.get("ToUserName") == app.corp_id:
            if fields.get("AgentID", "0") in ("", "0") or fields.get("Event") == "kf_msg_or_event":
                return app
            for other in same:
                if fields["AgentID"] == str(other.agent_id):
                    return other
        raise Rejected("for another application")


def _refused(error: Rejected) -> HTTPResponse:
    logger.warning("a callback was refused: %s", error)
    return response.empty(403)


async def _body(request: Request) -> bytes:
    """The body, read no further than the limit. Raises Rejected."""
    length = request.headers.get("content-length")
    request.stream.request_max_size = MAX_BODY
    if length and length.isdecimal() and int(length) > MAX_BODY:
        raise Rejected("body too long")
    body = b""
    try:
        while chunk := await request.stream.read():
            body += chunk
            if len(body) > MAX_BODY:
                raise Rejected("body too long")
    except PayloadTooLarge:
        raise Rejected("body too long") from None
    return body
