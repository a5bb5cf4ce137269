"""What was asked and answered in a session, shared by all workers: in Redis, as long as the session lives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.channels.web.history import MOST_TURNS, Exchange, pack, unpack
from bot.channels.web.shared import answering, session_key

_KEEP = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
local over = redis.call('ZCARD', KEYS[2]) - ARGV[4]
if over > 0 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, over - 1)) do
    redis.call('HDEL', KEYS[1], id)
    redis.call('ZREM', KEYS[2], id)
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[5])
"""
_READ = """
redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[1])
return redis.call('HVALS', KEYS[1])
"""


def keys_of(session: str) -> tuple[str, str]:
    """The exchanges of a session by message id, and their order."""
    return f"{session_key(session)}:exchanges", f"{session_key(session)}:order"


class RedisHistory:
    """Compressed exchanges; a session goes `seconds` after it was last used. Every method raises StoreUnavailable."""

    def __init__(self, redis: Any, seconds: int) -> None:
        self._redis, self._seconds = redis, seconds
        self._keep, self._read = redis.register_script(_KEEP), redis.register_script(_READ)

    async def all(self, session: str) -> list[Exchange]:
        with answering():
            packed: list[bytes] = await self._read(keys=list(keys_of(session)), args=[self._seconds])
        return in_order(packed)

    async def find(self, session: str, message: str) -> Exchange | None:
        with answering():
            packed = await self._redis.hget(keys_of(session)[0], message)
        return unpack(packed) if packed else None

    async def keep(self, session: str, exchange: Exchange) -> None:
        with answering():
            await self._keep(keys=list(keys_of(session)), args=[exchange.id, pack(exchange), exchange.at, MOST_TURNS, self._seconds])

    async def forget(self, session: str) -> None:
        with answering():
            await self._redis.delete(*keys_of(session))


def in_order(packed: Iterable[bytes]) -> list[Exchange]:
    """The exchanges of a session as Redis keeps them, oldest first."""
    return sorted(map(unpack, packed), key=lambda exchange: exchange.at)
