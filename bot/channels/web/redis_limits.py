"""How much one session and one network address may ask of all workers together: token buckets in Redis."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from redis.exceptions import RedisError

from bot.channels.web.limits import MemoryLimiter
from bot.channels.web.settings import Rate
from bot.redis_connection import PREFIX

logger = logging.getLogger(__name__)
_TAKE = """
local count, seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'left', 'since')
local left, since = tonumber(bucket[1] or count), tonumber(bucket[2] or now)
left = math.min(count, left + math.max(0, now - since) * count / seconds)
local wait = 0
if left >= 1 then left = left - 1 else wait = (1 - left) * seconds / count end
redis.call('HSET', KEYS[1], 'left', string.format('%.9f', left), 'since', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(seconds * 1000))
return string.format('%.6f', wait)
"""


class RedisLimiter:
    """A bucket a key, filled by Redis' own clock. While Redis does not answer, each worker counts for itself: pages stay readable."""

    def __init__(self, redis: Any) -> None:
        self._take = redis.register_script(_TAKE)
        self._alone, self._away = MemoryLimiter(), False

    async def take(self, key: str, rate: Rate) -> float:
        name = f"{PREFIX}rate:{hashlib.sha256(key.encode()).hexdigest()[:32]}"  # network addresses are not kept
        try:
            wait = float(await self._take(keys=[name], args=[rate.count, rate.seconds]))
        except RedisError as error:
            if not self._away:
                logger.error("Redis 不可用（%s），限速暂时由每个进程各自计算。", error)
            self._away = True
            return await self._alone.take(key, rate)
        if self._away:
            logger.info("Redis 恢复了，限速重新由各进程共用。")
        self._away = False
        return wait
