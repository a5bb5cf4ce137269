"""The stand-in's interfaces (aiohttp): tokens that end and are revoked, sending, 微信客服, faults on order."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter, defaultdict, deque
from typing import Any

from aiohttp import web

from tests.wecom_standin.limits import kf_problems, problems

CORP, SECRET, AGENT = "ww0123456789abcdef", "standin-secret-0123456789", 1000002
KF = "wkStandinAccount"


class WeCom:
    """One tenant. `sent` and `kf_sent` are what arrived, in order; `broken` what was against the limits."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.kf_sent: list[dict[str, Any]] = []
        self.on_event: list[dict[str, Any]] = []
        self.updated: list[dict[str, Any]] = []
        self.broken: list[str] = []
        self.calls: Counter[str] = Counter()
        self.faults: dict[str, deque[int | str]] = defaultdict(deque)
        self.slow = 0.0
        self.life = 7200
        self.strangers: set[str] = set()
        self.messages: list[dict[str, Any]] = []  # of 微信客服
        self.states: dict[str, int] = defaultdict(int)
        self.page = 1000
        self.welcome_codes: set[str] = set()
        self.no_servicer = False
        self._tokens: dict[str, float] = {}
        self._revoked: set[str] = set()
        self._allowed: Counter[str] = Counter()
        self._msgids: set[str] = set()
        self._tasks: set[str] = set()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self, port: int = 0) -> WeCom:
        app = web.Application()
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
        if self._runner:
            await self._runner.cleanup()

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
            return _error(40013, "invalid corpid")
        if request.query.get("corpsecret") != SECRET:
            return _error(40001, "invalid credential")
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
                return _error(40014, "invalid access_token")
            if self._tokens[token] < time.time():
                return _error(42001, "access_token expired")
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
            return _error(fault, "not allow to access from your ip, from ip: 203.0.113.9" if fault == 60020 else "as ordered")
        if fault == "garbage":
            return web.Response(text="<html>", status=200)
        assert request.transport is not None
        request.transport.close()  # "close" before, "lose answer" after the work is done
        return web.Response()

    def _send(self, body: dict[str, Any]) -> web.Response:
        if body.get("agentid") != AGENT:
            return _error(40056, "invalid agentid")
        if body.get("touser") in self.strangers:
            return _error(81013, "user & party & tag all invalid")
        found = problems(body)
        self.broken += found
        if body["msgtype"] == "template_card":
            task = body["template_card"]["task_id"]
            if task in self._tasks and not body.get("enable_duplicate_check"):
                self.broken.append("task_id twice")
            self._tasks.add(task)
        if body.get("enable_duplicate_check"):
            same = [m for m in self.sent if m["touser"] == body["touser"] and _words(m) == _words(body)]
            if same and time.time() - same[-1]["at"] < body["duplicate_check_interval"]:
                return web.json_response({"errcode": 0, "errmsg": "ok"})
        if sum(m["touser"] == body["touser"] and m["at"] > time.time() - 60 for m in self.sent[-200:]) >= 30:
            self.broken.append("over 30 a minute")
            return web.json_response({"errcode": 0, "errmsg": "ok"})
        self.sent.append({**body, "at": time.time()})
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": uuid.uuid4().hex})

    def _update(self, body: dict[str, Any]) -> web.Response:
        self.updated.append(body)
        return _error(0, "ok")

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
        start = int(body["cursor"] or 0)
        page = self.messages[start : start + self.page]
        end = start + len(page)
        return web.json_response({"errcode": 0, "next_cursor": str(end), "has_more": int(end < len(self.messages)), "msg_list": page})

    def _kf_send(self, body: dict[str, Any]) -> web.Response:
        if self.states[body["touser"]] not in (0, 1):
            return _error(95018, "send msg session status invalid")
        if body.get("msgid") in self._msgids:
            return _error(95011, "msgid repeated")
        if self._allowed[body["touser"]] <= 0:
            self.broken.append("over five messages")
            return _error(95001, "msg count limit")
        self.broken += kf_problems(body)
        self._allowed[body["touser"]] -= 1
        self._msgids.add(body.get("msgid", ""))
        self.kf_sent.append(body)
        return web.json_response({"errcode": 0, "msgid": body.get("msgid")})

    def _on_event(self, body: dict[str, Any]) -> web.Response:
        if body["code"] not in self.welcome_codes:
            return _error(95020, "invalid code")
        self.welcome_codes.discard(body["code"])
        self.broken += kf_problems(body)
        self.on_event.append(body)
        return _error(0, "ok")

    def _state(self, body: dict[str, Any]) -> web.Response:
        return web.json_response({"errcode": 0, "service_state": self.states[body["external_userid"]]})

    def _trans(self, body: dict[str, Any]) -> web.Response:
        if body["service_state"] in (2, 3) and self.no_servicer:
            return _error(95014, "no servicer")
        self.states[body["external_userid"]] = body["service_state"]
        code = uuid.uuid4().hex
        self.welcome_codes.add(code)
        return web.json_response({"errcode": 0, "msg_code": code if body["service_state"] != 1 else ""})


def _error(code: int, message: str) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": message})


def _words(message: dict[str, Any]) -> str:
    kind = message["msgtype"]
    if kind == "template_card":
        card = message["template_card"]
        return " | ".join([card["main_title"]["title"], card.get("sub_title_text", ""), *(b["key"] for b in card["button_list"])])
    return str(message[kind]["content"])
