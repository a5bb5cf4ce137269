"""Puts a message to the assistant once, however often the client sends it.

A retry carries the same message id: it waits for the answer that is being made, here or by another worker, or gets the one that was
made. An answer that could not be made is not kept, so that the same message can be asked again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.channels import notices
from bot.channels.guard import Refused, screen
from bot.channels.rest import ask
from bot.channels.web.claims import Claims, OneWorker, OtherText
from bot.channels.web.history import Exchange, History
from bot.channels.web.shared import StoreUnavailable
from bot.channels.web.tokens import Session
from bot.observability.journey import turned_away

logger = logging.getLogger(__name__)
_PAUSE = 0.05  # seconds between two looks at what another worker makes


class NoAnswer(Exception):
    """The assistant did not answer; the message may be sent again."""


class Desk:
    """One for all sessions of a worker."""

    def __init__(self, on_new_message: Callable[[UserMessage], Awaitable[Any]], history: History, channel: str, claims: Claims | None = None) -> None:
        self._on_new_message, self._history, self._channel = on_new_message, history, channel
        self._claims = claims or OneWorker()
        self._under_way: dict[tuple[str, str], tuple[str, asyncio.Task[Exchange]]] = {}

    async def answer(self, session: Session, message: str, text: str) -> Exchange:
        """The exchange for a message. Goes on when the caller is gone. Raises OtherText, NoAnswer, StoreUnavailable."""
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
        while not await self._claims.take(session.id, message, text):
            await asyncio.sleep(_PAUSE)
            if kept := await self._history.find(session.id, message):
                return kept
        try:
            kept = await self._history.find(session.id, message)  # by a worker that was done just before
            return kept or await self._asked(session, message, text)
        finally:
            try:
                await self._claims.give_back(session.id, message, text)
            except StoreUnavailable as error:
                logger.warning("a message stays claimed for some seconds: %s", error)

    async def _asked(self, session: Session, message: str, text: str) -> Exchange:
        verdict = screen(text)
        if isinstance(verdict, Refused):
            payload = verdict.notice
            turned_away(self._channel, session.sender, verdict.notice, verdict.why)
        else:
            messages = await ask(self._on_new_message, verdict.text, session.sender, self._channel, message)
            payloads = [m["custom"] for m in messages if isinstance(m.get("custom"), dict)]
            if not payloads or payloads[-1] == notices.UNAVAILABLE:
                raise NoAnswer
            payload = payloads[-1]
        exchange = Exchange(message, text, time.time(), payload)
        try:
            await self._history.keep(session.id, exchange)
        except StoreUnavailable as error:  # the person gets the answer; it will be missing after a reload
            logger.error("an answer could not be kept: %s", error)
        return exchange
