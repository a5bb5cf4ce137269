"""One message of a conversation at a time: within this process, or among all workers where `REDIS_URL` is set.

Rasa's own Redis lock reads and writes in two steps, so that two workers can hold it at once; it asks once a second, and waits for a
minute when a worker dies. Here messages stand in a queue in Redis that one script moves: first come, first served. Who stands in it
says so again and again; who falls silent (a worker that died) loses the place after `_SILENCE` seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError, LockStore
from redis.exceptions import RedisError

from bot.redis_connection import PREFIX, connect
from bot.settings import redis_url, sharing_problem
from knowledge.environment import SettingError

logger = logging.getLogger(__name__)
_SILENCE = 15.0
_PAUSE = 0.05  # seconds between two looks at the queue
_TURN = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  redis.call('ZADD', KEYS[1], (tonumber(last[2]) or 0) + 1, ARGV[1])
end
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', now + ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 4)
redis.call('PEXPIRE', KEYS[2], ARGV[2] * 4)
while true do
  local first = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
  if first == ARGV[1] then return 1 end
  if tonumber(redis.call('HGET', KEYS[2], first) or 0) >= now then return 0 end
  redis.call('ZREM', KEYS[1], first)
  redis.call('HDEL', KEYS[2], first)
end
"""
_LEAVE = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
"""


class ChosenLockStore(LockStore):
    """`type: bot.lock_store.ChosenLockStore` in endpoints.yml. Raises SettingError where several workers have no Redis to share."""

    def __init__(self, endpoint_config: Any = None) -> None:
        problem = sharing_problem()
        if problem:
            raise SettingError([problem])
        url = redis_url()
        self._queue = Queue(connect(url)) if url else None
        self._own = InMemoryLockStore()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = _PAUSE
    ) -> AsyncIterator[TicketLock]:
        """Hold the conversation. Waits `lock_lifetime` seconds at most. Raises LockError, also where Redis does not answer."""
        if self._queue is None:
            async with self._own.lock(conversation_id, lock_lifetime, wait_time_in_seconds) as held:
                yield held
        else:
            async with self._queue.turn(conversation_id, lock_lifetime, wait_time_in_seconds):
                yield TicketLock(conversation_id)


class Queue:
    """The queues of all conversations in one Redis. `silence`: seconds after which a worker that says nothing counts as dead."""

    def __init__(self, redis: Any, silence: float = _SILENCE) -> None:
        self._silence = silence
        self._turn, self._leave = redis.register_script(_TURN), redis.register_script(_LEAVE)

    @asynccontextmanager
    async def turn(self, conversation: str, patience: float, pause: float = _PAUSE) -> AsyncIterator[None]:
        """Wait for the turn, `patience` seconds at most, and keep it until the block ends. Raises LockError."""
        mine = uuid.uuid4().hex
        name = f"{PREFIX}turns:{{{conversation}}}"
        keys, until = [name, f"{name}:alive"], time.monotonic() + patience
        try:
            while not await self._is_first(keys, mine):
                if time.monotonic() > until:
                    raise LockError(f"an earlier message of the conversation was not done within {patience:.0f} s")
                await asyncio.sleep(pause)
            saying = asyncio.create_task(self._keep_saying(keys, mine))
            try:
                yield
            finally:
                saying.cancel()
        except RedisError as error:
            raise LockError(f"Redis does not answer: {error}") from error
        finally:
            with contextlib.suppress(RedisError):  # the place is lost by silence
                await self._leave(keys=keys, args=[mine])

    async def _is_first(self, keys: list[str], mine: str) -> bool:
        return bool(await self._turn(keys=keys, args=[mine, round(self._silence * 1000)]))

    async def _keep_saying(self, keys: list[str], mine: str) -> None:
        while True:
            await asyncio.sleep(self._silence / 3)
            try:
                if not await self._is_first(keys, mine):
                    logger.warning("another worker took over a conversation while a message was being answered")
            except RedisError as error:
                logger.warning("Redis 不可用（%s），一个会话的锁可能中断。", error)
