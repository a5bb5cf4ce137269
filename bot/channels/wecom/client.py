"""Calls to WeCom's API: tokens, retries, and what an administrator must do about an error."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from typing import Any

import aiohttp

from bot.channels.wecom.settings import App
from bot.channels.wecom.tokens import Tokens
from bot.observability.metrics import WECOM_ERRORS, WECOM_TOKEN_FETCHED, WECOM_TOKEN_VALID

logger = logging.getLogger(__name__)
_TOKEN_REFUSED = {40014, 42001}
_RETRY = {-1, 45009, 45033}
_UNLICENSED = "该成员没有企业微信“接口许可”，收不到回答：请在管理后台为其分配基础账号。"
ADVICE = {
    40001: "Secret 不对：请在管理后台该应用的页面重新查看 Secret，更新 WECOM_SECRET。",
    40013: "企业 ID 不对：请在“我的企业”页面核对 WECOM_CORP_ID。",
    40056: "AgentId 不对：请在应用页面核对 WECOM_AGENT_ID。",
    48002: "应用没有调用这个接口的权限：请在管理后台检查应用（或微信客服“可调用接口的应用”）的权限。",
    60020: "服务器的 IP 不在白名单：请在应用页面“企业可信 IP”里加上日志中 from ip 之后的地址。",
    81013: "该成员不在应用的可见范围内（或已离职）：请在应用页面的“可见范围”里加上该成员或其部门。",
    301002: "AgentId 与 Secret 不是同一个应用：请核对 WECOM_AGENT_ID 和 WECOM_SECRET。",
    95000: "客服账号不对：请检查该客服账号是否已授权给本应用管理。",
    95013: "会话已经结束，这个回答没有发出。",
    95018: "会话已转给人工或已结束，这个回答没有发出；若每次都这样，请检查该客服账号是否由 API 管理、企业是否已认证。",
    95014: "接待人员不可用：请在微信客服里检查接待人员是否在应用可见范围内。",
    95001: "客户每发一条消息，最多回复 5 条；客户再发消息后，没发出的回答会接着发。",
    95017: "微信客服接口没有开通：请在管理后台“微信客服 → 通过 API 管理”里授权本应用。",
}
_LATER = {40001, 40013, 40056, 48002, 60020, 301002, 95001, 95017}
"""Errors that an administrator can mend while the message waits."""


_SENDING = {"message/send", "kf/send_msg", "kf/send_msg_on_event"}
SAME = 1800
"""Seconds within which WeCom drops a message that it has already been asked to send."""


def addressed(app: App, user: str, part: dict[str, Any], once: bool) -> dict[str, Any]:
    """The body that sends one message to a member.

    `once`: WeCom is to drop a second, equal body, so that one whose fate is unknown can be sent again. WeCom compares whole bodies, so
    the request is in the first one already. Not for words that the member has just been sent: they are meant to arrive twice.
    """
    checked = {"enable_duplicate_check": 1, "duplicate_check_interval": SAME} if once else {}
    return {"touser": user, "agentid": app.agent_id, **part, **checked}


class ApiError(Exception):
    """WeCom refused. `code` is its errcode (None: network); `later`: trying again some minutes later may help."""

    def __init__(self, code: int | None, message: str) -> None:
        super().__init__(f"errcode {code}: {message}")
        self.code = code
        self.later = code is None or code in _RETRY or code in _LATER or code in _TOKEN_REFUSED
        self.ambiguous = code is None


class Client:
    """The API for one application. `pause` is the first wait between tries, in seconds; it doubles."""

    def __init__(self, session: aiohttp.ClientSession, api: str, app: App, tokens: Tokens, pause: float = 0.5, tries: int = 4) -> None:
        self._session = session
        self._api = api
        self._app = app
        self._tokens = tokens
        self._pause = pause
        self._tries = tries
        self._recent: dict[str, deque[float]] = {}

    async def token(self, refused: str | None = None, kf: bool = False) -> str:
        """The access token of the application, or of 微信客服. Raises ApiError."""
        secret, agent = (kf and self._app.kf_secret) or self._app.secret, str(self._app.agent_id)

        async def fetch() -> tuple[str, int]:
            data = await self._retried("GET", "gettoken", {"corpid": self._app.corp_id, "corpsecret": secret}, None)
            WECOM_TOKEN_FETCHED.labels(agent).set_to_current_time()
            return str(data["access_token"]), int(data.get("expires_in", 7200))

        try:
            token = await self._tokens.get(f"{self._app.id}/{secret}", fetch, refused)
        except ApiError:
            WECOM_TOKEN_VALID.labels(agent).set(0)
            raise
        WECOM_TOKEN_VALID.labels(agent).set(1)
        return token

    async def call(self, path: str, body: dict[str, Any], kf: bool = False) -> dict[str, Any]:
        """POST to an interface; the token is renewed once where WeCom refuses it. Raises ApiError, logged with what to do."""
        token = await self.token(kf=kf)
        try:
            return await self._retried("POST", path, {"access_token": token}, body)
        except ApiError as error:
            if error.code not in _TOKEN_REFUSED:
                raise
        return await self._retried("POST", path, {"access_token": await self.token(refused=token, kf=kf)}, body)

    async def send(self, body: dict[str, Any]) -> None:
        """Send one message to a member (`addressed`). Raises ApiError."""
        await self._paced(body["touser"])
        answer = await self.call("message/send", body)
        if answer.get("unlicenseduser"):
            logger.error("企业微信 message/send（应用 %s）：%s", self._app.agent_id, _UNLICENSED)

    async def _paced(self, user: str, most: int = 28, span: float = 60.0) -> None:
        """Wait where a person would get more than WeCom delivers (30 messages a minute; the rest is silently dropped)."""
        if len(self._recent) > 5000:
            self._recent = {name: times for name, times in self._recent.items() if times and times[-1] > time.monotonic() - span}
        times = self._recent.setdefault(user, deque())
        while True:
            now = time.monotonic()
            while times and times[0] < now - span:
                times.popleft()
            if len(times) < most:
                times.append(now)
                return
            await asyncio.sleep(times[0] + span - now + 0.01)

    async def _retried(self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None) -> dict[str, Any]:
        pause, unsure = self._pause, False
        for attempt in range(self._tries):
            try:
                return await self._once(method, path, query, body)
            except ApiError as error:
                if unsure and path in _SENDING and not error.later:
                    return {}  # its id is taken: the try before had arrived
                unsure = unsure or error.ambiguous
                if not (error.ambiguous or error.code in _RETRY) or attempt == self._tries - 1:
                    self._explain(path, error)
                    raise
                logger.info("%s: %s, trying again", path, error)
            await asyncio.sleep(pause * (0.75 + random.random() / 2))  # noqa: S311 (spreads retries, guards nothing)
            pause *= 2
        raise AssertionError("unreachable")

    async def _once(self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None) -> dict[str, Any]:
        url = f"{self._api}/cgi-bin/{path}"
        try:
            async with self._session.request(method, url, params=query, json=body) as response:
                data = await response.json(content_type=None) if response.status == 200 else None
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise ApiError(None, type(error).__name__) from None
        if not isinstance(data, dict):
            raise ApiError(None, f"HTTP {response.status}")
        code = int(data.get("errcode") or 0)
        if code:
            raise ApiError(code, str(data.get("errmsg", ""))[:300])
        return data

    def _explain(self, path: str, error: ApiError) -> None:
        WECOM_ERRORS.labels(path, "network" if error.code is None else str(error.code)).inc()
        if error.code in _TOKEN_REFUSED:
            return
        advice = ADVICE.get(error.code or 0)
        if advice:
            logger.error("企业微信 %s（应用 %s）出错 %s。%s", path, self._app.agent_id, error, advice)
        else:
            logger.warning("企业微信 %s（应用 %s）出错 %s", path, self._app.agent_id, error)
