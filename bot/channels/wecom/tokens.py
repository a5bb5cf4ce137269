"""Access tokens: cached (in Redis where it is configured, so that workers share one), refreshed once however many ask at a time."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
Fetch = Callable[[], Awaitable[tuple[str, int]]]
"""Gets a new token and its life in seconds."""
EARLY = 300
"""Seconds before its end at which a token counts as old."""
_PATIENCE = 10.0


@dataclass
class Tokens:
    """The tokens of one process. `redis` is a redis.asyncio client or None."""

    redis: Any = None
    _held: dict[str, tuple[str, float]] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def get(self, name: str, fetch: Fetch, refused: str | None = None) -> str:
        """The token called `name`; a new one where there is none, it is old, or it is the one that WeCom just `refused`."""
        held = self._held.get(name)
        if held and held[1] > time.monotonic() and held[0] != refused:
            return held[0]
        async with self._locks.setdefault(name, asyncio.Lock()):
            held = self._held.get(name)
            if held and held[1] > time.monotonic() and held[0] != refused:
                return held[0]
            token, life = await self._any(name, fetch, refused)
            self._held[name] = (token, time.monotonic() + max(life - EARLY, life / 2))
            return token

    async def _any(self, name: str, fetch: Fetch, refused: str | None) -> tuple[str, int]:
        if self.redis is None:
            return await fetch()
        try:
            return await self._shared(name, fetch, refused)
        except RedisError as error:
            logger.warning("Redis 不可用（%s），本进程自己保存企业微信的 access_token。", error)
            return await fetch()

    async def _shared(self, name: str, fetch: Fetch, refused: str | None) -> tuple[str, int]:
        key = "wecom:token:" + hashlib.sha256(name.encode()).hexdigest()[:32]
        until = time.monotonic() + _PATIENCE
        mine = uuid.uuid4().hex
        while True:
            found = await self.redis.get(key)
            if found and found.decode() != refused:
                return found.decode(), max(int(await self.redis.ttl(key)), 1)
            if await self.redis.set(key + ":lock", mine, nx=True, px=int(_PATIENCE * 1000)) or time.monotonic() > until:
                break
            await asyncio.sleep(0.05)
        try:
            found = await self.redis.get(key)
            if found and found.decode() != refused:
                return found.decode(), max(int(await self.redis.ttl(key)), 1)
            token, life = await fetch()
            await self.redis.set(key, token, ex=max(int(max(life - EARLY, life / 2)), 1))
            return token, life
        finally:
            if (await self.redis.get(key + ":lock") or b"").decode() == mine:
                await self.redis.delete(key + ":lock")
