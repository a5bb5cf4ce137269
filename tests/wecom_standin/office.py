"""The channel on a small sanic application, with a handler that behaves like Rasa's; also as a process of its own, to be killed.

python -m tests.wecom_standin.office PORT     (settings from the environment)
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from sanic import Blueprint, Sanic

from bot.channels.wecom.channel import Office, WeComInput, routes
from bot.channels.wecom.settings import Settings, load


def answer_for(text: str, suggestions: tuple[str, ...] = ()) -> dict[str, Any]:
    document = {
        "id": "patent-law",
        "title": "中华人民共和国专利法",
        "short_title": "专利法",
        "version": "2020-10-17",
        "effective": "2021-06-01",
        "status": "in_force",
    }
    citation = {
        "id": "patent-law/11/1",
        "document": document,
        "locator": {"article": 11, "paragraph": 1, "item": None, "section": None},
        "label": "《中华人民共和国专利法》第十一条第一款",
        "quote": "发明和实用新型专利权被授予后，除本法另有规定的以外，任何单位或者个人未经专利权人许可，都不得实施其专利。",
        "href": "/laws/patent-law/11",
    }
    return {
        "schema": "ip-law-answer/1",
        "kind": "answer",
        "topic": "t",
        "title": "专利侵权",
        "summary": f"答：{text}",
        "citations": [citation],
        "sections": [{"heading": "办理步骤", "items": ["先固定证据。", "再请求处理。"]}],
        "suggestions": [{"title": s, "payload": s} for s in suggestions],
        "confidence": 0.9,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class FakeRasa:
    """Answers every message; notes who asked what. `slow` seconds each, and not while `held`."""

    def __init__(self, slow: float = 0.0, suggestions: tuple[str, ...] = ()) -> None:
        self.slow = slow
        self.suggestions = suggestions
        self.held: asyncio.Event | None = None
        self.asked: list[tuple[str, str]] = []
        self.times: Counter[str] = Counter()

    async def __call__(self, message: UserMessage) -> None:
        self.asked.append((message.sender_id, message.text))
        self.times[message.text] += 1
        if self.held is not None:
            await self.held.wait()
        await asyncio.sleep(self.slow)
        payload = answer_for(message.text, self.suggestions)
        await message.output_channel.send_text_message(message.sender_id, payload["summary"])
        await message.output_channel.send_custom_json(message.sender_id, payload)


class Running:
    """The channel, listening. `office` gives access to its parts."""

    def __init__(self, settings: Settings, rasa: Any, pause: float = 0.01, again: float = 0.2) -> None:
        self.settings = settings
        self.rasa = rasa
        self.office = Office(settings, rasa, pause=pause, again=again)
        self.url = ""

    async def start(self, port: int = 0) -> Running:
        Sanic.test_mode = True
        app = Sanic(f"wecom-{uuid.uuid4().hex[:8]}", log_config=None)
        office = self.office
        await office.open()
        blueprint = Blueprint("wecom")
        routes(blueprint, office)
        app.blueprint(blueprint, url_prefix="/webhooks/wecom")
        self._server = await app.create_server(
            host="127.0.0.1", port=port or _free_port(), backlog=1024, return_asyncio_server=True, access_log=False
        )
        assert self._server is not None
        await self._server.startup()
        await office.begin()
        self.url = f"http://127.0.0.1:{self._server.server.sockets[0].getsockname()[1]}/webhooks/wecom/callback"
        return self

    async def stop(self) -> None:
        with contextlib.suppress(asyncio.TimeoutError):  # a client that keeps its connection open must not hold the tests
            await asyncio.wait_for(self._server.close(), 10)
        await asyncio.wait_for(self.office.close(), 30)

    async def idle(self, patience: float = 20.0) -> None:
        """Wait until everything accepted is answered."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while await loop.run_in_executor(None, self.office.store.waiting):
            assert loop.time() < until, "messages are still waiting"
            await asyncio.sleep(0.02)


def main() -> None:
    """A process with the registered channel, as Rasa would start it."""
    channel = WeComInput(load())
    app = Sanic("wecom_process")
    app.blueprint(channel.blueprint(FakeRasa(slow=float(os.environ.get("FAKE_SLOW", "0")))), url_prefix="/webhooks/wecom")
    app.run(host="127.0.0.1", port=int(sys.argv[1]), access_log=False, backlog=1024, workers=int(os.environ.get("FAKE_WORKERS", "1")))


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
