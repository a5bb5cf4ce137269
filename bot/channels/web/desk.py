"""Puts a message to the assistant once, however often the client sends it.

A retry carries the same message id: it waits for the answer that is being made, or gets the one that was made. An answer that
could not be made is not kept, so that the same message can be asked again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.channels import notices
from bot.channels.guard import Refused, screen
from bot.channels.rest import ask
from bot.channels.web.history import Exchange, History
from bot.channels.web.tokens import Session


class OtherText(Exception):
    """The message id was already used for another text."""


class NoAnswer(Exception):
    """The assistant did not answer; the message may be sent again."""


class Desk:
    """One for all sessions of a server."""

    def __init__(self, on_new_message: Callable[[UserMessage], Awaitable[Any]], history: History, channel: str) -> None:
        self._on_new_message, self._history, self._channel = on_new_message, history, channel
        self._under_way: dict[tuple[str, str], tuple[str, asyncio.Task[Exchange]]] = {}

    async def answer(self, session: Session, message: str, text: str) -> Exchange:
        """The exchange for a message. Goes on when the caller is gone. Raises OtherText or NoAnswer."""
        kept = await self._history.find(session.id, message)
        if kept is not None:
            if kept.text != text:
                raise OtherText
            return kept
        key = (session.id, message)
        if key not in self._under_way:
            task = asyncio.ensure_future(self._make(session, message, text))
            self._under_way[key] = (text, task)
            task.add_done_callback(lambda done: self._finished(key, done))
        asked, task = self._under_way[key]
        if asked != text:
            raise OtherText
        return await asyncio.shield(task)

    def _finished(self, key: tuple[str, str], done: asyncio.Task[Exchange]) -> None:
        self._under_way.pop(key, None)
        if not done.cancelled():
            done.exception()  # looked at, so that asyncio does not report what no client waits for any more

    async def _make(self, session: Session, message: str, text: str) -> Exchange:
        verdict = screen(text)
        if isinstance(verdict, Refused):
            payload = verdict.notice
        else:
            messages = await ask(self._on_new_message, verdict.text, session.sender, self._channel, message)
            payloads = [m["custom"] for m in messages if isinstance(m.get("custom"), dict)]
            if not payloads or payloads[-1] == notices.UNAVAILABLE:
                raise NoAnswer
            payload = payloads[-1]
        exchange = Exchange(message, text, time.time(), payload)
        await self._history.keep(session.id, exchange)
        return exchange
