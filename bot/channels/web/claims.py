"""Who is asking the assistant: a message that reaches two workers at the same moment is put to it by one of them."""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import Any, Protocol

from bot.channels.web.shared import answering, session_key

_CLAIM = """
local held = redis.call('GET', KEYS[1])
if held then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
"""
_GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


class OtherText(Exception):
    """The message id was already used for another text."""


class Claims(Protocol):
    """Marks messages as being asked."""

    async def take(self, session: str, message: str, text: str) -> bool:
        """True where this worker shall ask; False while another one does. Raises OtherText, StoreUnavailable."""
        ...

    async def give_back(self, session: str, message: str, text: str) -> None:
        """It was asked, or could not be. Raises StoreUnavailable."""
        ...


class OneWorker:
    """There is nobody else."""

    async def take(self, session: str, message: str, text: str) -> bool:
        return True

    async def give_back(self, session: str, message: str, text: str) -> None:
        return None


class RedisClaims:
    """Marks in Redis that end by themselves after `seconds`, so that a worker that dies blocks nothing."""

    def __init__(self, redis: Any, seconds: float) -> None:
        self._claim, self._give_back = redis.register_script(_CLAIM), redis.register_script(_GIVE_BACK)
        self._milliseconds, self._start = round(seconds * 1000), uuid.uuid4().hex

    async def take(self, session: str, message: str, text: str) -> bool:
        mine = self._mark(text)
        with answering():
            held: bytes = await self._claim(keys=[_key(session, message)], args=[mine, self._milliseconds])
        if held.decode() == mine:
            return True
        if held.decode().partition(" ")[0] != mine.partition(" ")[0]:
            raise OtherText
        return False

    async def give_back(self, session: str, message: str, text: str) -> None:
        with answering():
            await self._give_back(keys=[_key(session, message)], args=[self._mark(text)])

    def _mark(self, text: str) -> str:
        return f"{hashlib.sha256(text.encode()).hexdigest()[:32]} {self._start}/{os.getpid()}"  # Sanic forks its workers after this was made


def _key(session: str, message: str) -> str:
    return f"{session_key(session)}:asked:{message}"
