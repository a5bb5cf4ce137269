"""Where the web channel keeps what its sessions need: in this process, or in Redis for all workers where `REDIS_URL` is set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.channels.web.claims import Claims, OneWorker, RedisClaims
from bot.channels.web.history import History, MemoryHistory
from bot.channels.web.limits import Limiter, MemoryLimiter
from bot.channels.web.redis_history import RedisHistory
from bot.channels.web.redis_limits import RedisLimiter
from bot.channels.web.settings import WebSettings
from bot.redis_connection import close, connect
from bot.settings import answer_timeout, redis_url

_LONGER = 5.0  # seconds by which a claim outlives the longest answer


@dataclass(frozen=True)
class Stores:
    """The stores of one worker; `redis` is their connection, where there is one."""

    limiter: Limiter
    history: History
    claims: Claims
    redis: Any = None

    @classmethod
    def chosen(cls, settings: WebSettings) -> Stores:
        """As the environment says. Nothing is opened yet."""
        url = redis_url()
        if not url:
            return cls(MemoryLimiter(), MemoryHistory(settings.history_bytes), OneWorker())
        redis = connect(url)
        claims = RedisClaims(redis, answer_timeout() + _LONGER)
        return cls(RedisLimiter(redis), RedisHistory(redis, settings.session_seconds), claims, redis)

    async def close(self, *_: Any) -> None:
        """Close what was opened."""
        await close(self.redis)
