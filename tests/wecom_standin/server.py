"""The stand-in's interfaces (aiohttp): tokens that end and are revoked, rate limits, sending, 微信客服, faults on order.

Where the documentation leaves open how mild WeCom is, the stand-in is strict.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections import Counter, defaultdict, deque
from typing import Any

from aiohttp import web

from tests.wecom_standin.limits import kf_problems, problems

CORP, SECRET, AGENT = "ww0123456789abcdef", "standin-secret-0123456789", 1000002
KF = "wkStandinAccount"
_CHANGES = {0: {1, 2, 3}, 1: {2, 3, 4}, 2: {3, 4}, 3: {2, 3, 4}, 4: set[int]()}
"""Which changes of a 微信客服 session the interface allows."""


class WeCom:
    """One tenant. `sent` and `kf_sent` are what arrived, in order; `broken` what was against the limits; `refused` counts error codes.

    `slow` seconds pass before each answer; `rate` is how many calls of one interface it takes in how many seconds (45009 beyond).
    """

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.kf_sent: list[dict[str, Any]] = []
        self.on_event: list[dict[str, Any]] = []
        self.updated: list[dict[str, Any]] = []
        self.broken: list[str] = []
        self.calls: Counter[str] = Counter()
        self.refused: Counter[int] = Counter()
        self.rate: tuple[int, float] | None = None
        self.faults: dict[str, deque[int | str]] = defaultdict(deque)
        self.slow = 0.0
        self.life = 7200
        self.strangers: set[str] = set()
        self.messages: list[dict[str, Any]] = []  # of 微信客服
        self.states: dict[str, int] = defaultdict(int)
        self.page = 1000
        self.welcome_codes: set[str] = set()
        self.unlicensed: set[str] = set()
        self.no_servicer = False
        self._tokens: dict[str, float] = {}
        self._revoked: set[str] = set()
        self._allowed: Counter[str] = Counter()
        self._msgids: set[str] = set()
        self._tasks: set[str] = set()
        self._checked: dict[str, float] = {}
        self._recent: dict[str, deque[float]] = defaultdict(deque)
        self._responses: set[str] = set()
        self._tokenless: deque[float] = deque()
        self._answering: set[asyncio.Task[Any]] = set()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self, port: int = 0) -> WeCom:
        app = web.Application(middlewares=[self._counted])
        routes = {
            "message/send": self._send,
            "message/update_template_card": self._update,
            "kf/sync_msg": self._sync,
            "kf/send_msg": self._kf_send,
            "kf/send_msg_on_event": self._on_event,
            "kf/service_state/get": self._state,
            "kf/service_state/trans": self._trans,
        }
        app.router.add_get("/cgi-bin/gettoken", self._gettoken)
        for path, handler in routes.items():
            app.router.add_post(f"/cgi-bin/{path}", self._guarded(path, handler))
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        """Stop, and end what still answers a client that has hung up: aiohttp forgets such a request, and it would outlive its event loop."""
        if self._runner:
            await self._runner.cleanup()
        left = list(self._answering)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    @web.middleware
    async def _counted(self, request: web.Request, handler: Any) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        answer: web.StreamResponse = await handler(request)
        return answer

    def revoke(self) -> None:
        """All tokens are invalid from now on (40014)."""
        self._revoked |= set(self._tokens)

    def expire(self) -> None:
        """All tokens have run out (42001)."""
        self._tokens = dict.fromkeys(self._tokens, 0.0)

    def texts(self, user: str | None = None) -> list[str]:
        """The words that arrived, cards by their buttons' keys."""
        return [_words(m) for m in self.sent if user in (None, m["touser"])]

    async def _gettoken(self, request: web.Request) -> web.StreamResponse:
        self.calls["gettoken"] += 1
        await asyncio.sleep(0.02)
        if self.faults["gettoken"]:
            return self._fault("gettoken", request)
        if request.query.get("corpid") != CORP:
            return self._error(40013, "invalid corpid")
        if request.query.get("corpsecret") != SECRET:
            return self._error(40001, "invalid credential")
        for token, until in self._tokens.items():
            if until > time.time() and token not in self._revoked:
                return web.json_response({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": int(until - time.time())})
        token = uuid.uuid4().hex
        self._tokens[token] = time.time() + self.life
        return web.json_response({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": self.life})

    def _guarded(self, path: str, handler: Any) -> Any:
        async def guarded(request: web.Request) -> web.StreamResponse:
            self.calls[path] += 1
            if self.slow:
                await asyncio.sleep(self.slow)
            token = request.query.get("access_token", "")
            if token not in self._tokens or token in self._revoked:
                return self._error(40014, "invalid access_token")
            if self._tokens[token] < time.time():
                return self._error(42001, "access_token expired")
            if self.rate and self._over(self._recent[path], *self.rate):
                return self._error(45009, "api freq out of limit")
            if self.faults[path] and self.faults[path][0] != "lose answer":
                return self._fault(path, request)
            answer = handler(await request.json())
            if self.faults[path]:
                return self._fault(path, request)
            return answer

        return guarded

    def _fault(self, path: str, request: web.Request) -> web.StreamResponse:
        fault = self.faults[path].popleft()
        if isinstance(fault, int):
            return self._error(fault, "not allow to access from your ip, from ip: 203.0.113.9" if fault == 60020 else "as ordered")
        if fault == "garbage":
            return web.Response(text="<html>", status=200)
        assert request.transport is not None
        request.transport.close()  # "close" before, "lose answer" after the work is done
        return web.Response()

    def _send(self, body: dict[str, Any]) -> web.Response:
        if body.get("agentid") != AGENT:
            return self._error(40056, "invalid agentid")
        if body.get("touser") in self.strangers:
            return self._error(81013, "user & party & tag all invalid")
        whole = json.dumps(body, sort_keys=True)
        if body.get("enable_duplicate_check") == 1:
            if body["duplicate_check_interval"] > 4 * 3600:
                self.broken.append("duplicate_check_interval")
            if self._checked.get(whole, 0) > time.time():
                return web.json_response({"errcode": 0, "errmsg": "ok"})
            self._checked[whole] = time.time() + body["duplicate_check_interval"]
        self.broken += problems(body)
        if body["msgtype"] == "template_card":
            task = body["template_card"]["task_id"]
            if task in self._tasks:
                self.broken.append("task_id twice")
            self._tasks.add(task)
        if sum(m["touser"] == body["touser"] and m["at"] > time.time() - 60 for m in self.sent[-200:]) >= 30:
            self.broken.append("over 30 a minute")
            return web.json_response({"errcode": 0, "errmsg": "ok"})
        self.sent.append({**body, "at": time.time()})
        answer = {"errcode": 0, "errmsg": "ok", "msgid": uuid.uuid4().hex}
        return web.json_response({**answer, "unlicenseduser": body["touser"]} if body["touser"] in self.unlicensed else answer)

    def _update(self, body: dict[str, Any]) -> web.Response:
        if body["agentid"] != AGENT or not body["userids"] or not body["button"]["replace_name"]:
            self.broken.append("update_template_card")
        if body["response_code"] in self._responses:
            return self._error(40058, "response_code used")
        self._responses.add(body["response_code"])
        self.updated.append(body)
        return _ok()

    def customer_says(self, person: str, content: str | dict[str, Any], **more: Any) -> dict[str, Any]:
        """A customer writes to 微信客服 (or, with a dictionary, sends another kind of message)."""
        part = {"msgtype": "text", "text": {"content": content}} if isinstance(content, str) else content
        message = {"msgid": uuid.uuid4().hex, "open_kfid": KF, "external_userid": person, "send_time": int(time.time()), "origin": 3, **part, **more}
        self.messages.append(message)
        self._allowed[person] = 5
        return message

    def customer_enters(self, person: str) -> str:
        """A customer opens the conversation; the welcome code."""
        code = uuid.uuid4().hex
        self.welcome_codes.add(code)
        event = {"event_type": "enter_session", "open_kfid": KF, "external_userid": person, "welcome_code": code}
        self.messages.append(
            {"msgid": uuid.uuid4().hex, "open_kfid": KF, "send_time": int(time.time()), "origin": 4, "msgtype": "event", "event": event}
        )
        return code

    def _sync(self, body: dict[str, Any]) -> web.Response:
        if body.get("open_kfid") != KF:
            return self._error(95000, "invalid open_kfid")
        if "token" not in body and self._over(self._tokenless, 5, 60):
            return self._error(45009, "api freq out of limit")
        if "token" in body and not re.fullmatch(r"t\d+", body["token"]):
            return self._error(95007, "invalid msg token")
        if not 0 < body["limit"] <= 1000 or len(body["cursor"]) > 64:
            self.broken.append("sync_msg")
        start = int(body["cursor"] or 0)
        page = self.messages[start : start + self.page]
        end = start + len(page)
        return web.json_response({"errcode": 0, "next_cursor": str(end), "has_more": int(end < len(self.messages)), "msg_list": page})

    def _kf_send(self, body: dict[str, Any]) -> web.Response:
        if self.states[body["touser"]] not in (0, 1):
            return self._error(95018, "send msg session status invalid")
        if body.get("msgid") in self._msgids:
            return self._error(40058, "msgid repeated")  # documented as an error, without its code
        if self._allowed[body["touser"]] <= 0:
            return self._error(95001, "msg count limit")
        self.broken += kf_problems(body)
        self._allowed[body["touser"]] -= 1
        self._msgids.add(body.get("msgid", ""))
        self.kf_sent.append(body)
        return web.json_response({"errcode": 0, "msgid": body.get("msgid")})

    def _on_event(self, body: dict[str, Any]) -> web.Response:
        if body["code"] not in self.welcome_codes:
            return self._error(40058, "invalid code")
        self.welcome_codes.discard(body["code"])
        self.broken += kf_problems(body)
        self.on_event.append(body)
        return _ok()

    def _state(self, body: dict[str, Any]) -> web.Response:
        return web.json_response({"errcode": 0, "service_state": self.states[body["external_userid"]]})

    def _trans(self, body: dict[str, Any]) -> web.Response:
        wanted = body["service_state"]
        if wanted in (2, 3) and self.no_servicer:
            return self._error(95014, "no servicer")
        if wanted not in _CHANGES[self.states[body["external_userid"]]]:
            self.broken.append(f"session state {self.states[body['external_userid']]} to {wanted}")
            return self._error(95013, "session status invalid")
        if wanted == 3 and not body.get("servicer_userid"):
            self.broken.append("servicer_userid")
        self.states[body["external_userid"]] = wanted
        code = uuid.uuid4().hex
        self.welcome_codes.add(code)
        return web.json_response({"errcode": 0, "msg_code": code if wanted != 1 else ""})

    @staticmethod
    def _over(recent: deque[float], most: int, span: float) -> bool:
        """Was an interface called more than `most` times in the last `span` seconds? Counts this call if not."""
        while recent and recent[0] < time.time() - span:
            recent.popleft()
        if len(recent) >= most:
            return True
        recent.append(time.time())
        return False

    def _error(self, code: int, message: str) -> web.Response:
        self.refused[code] += 1
        return web.json_response({"errcode": code, "errmsg": message})


def _ok() -> web.Response:
    return web.json_response({"errcode": 0, "errmsg": "ok"})


def _words(message: dict[str, Any]) -> str:
    kind = message["msgtype"]
    if kind == "template_card":
        card = message["template_card"]
        return " | ".join([card["main_title"]["title"], card.get("sub_title_text", ""), *(b["key"] for b in card["button_list"])])
    return str(message[kind]["content"])
