"""Each callback once: WeCom repeats what is not acknowledged within five seconds, to whichever worker answers.

The SQLite store drops repeats for one machine. With Redis several machines share the check. A message counts as seen only when it is
on disk: until then its mark is provisional and short, so that a worker that dies in between loses nothing (WeCom asks again).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from redis.exceptions import RedisError

from bot.channels.wecom.store import NewJob, Store

logger = logging.getLogger(__name__)
_PROVISIONAL = 5
_GATHER = 0.02
"""Seconds in which messages are gathered for one write to disk."""


class Busy(Exception):
    """Another worker is just taking this message: do not acknowledge, WeCom will ask again."""


class Intake:
    """Takes jobs into the store, many in one transaction, each once. `redis` is a redis.asyncio client or None."""

    def __init__(self, store: Store, executor: ThreadPoolExecutor, redis: Any = None) -> None:
        self._store = store
        self._executor = executor
        self._redis = redis
        self._pending: list[tuple[NewJob, asyncio.Future[bool]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def take(self, job: NewJob) -> bool:
        """Keep the job on disk; False where it is a repeat. Raises Busy."""
        if self._redis is None:
            return await self._keep(job)
        key = "wecom:seen:" + hashlib.sha256(job.key.encode("utf-8", "surrogatepass")).hexdigest()[:40]
        try:
            if not await self._redis.set(key, b"taking", nx=True, ex=_PROVISIONAL):
                if await self._redis.get(key) == b"taken":
                    return False
                raise Busy
            kept = await self._keep(job)
            await self._redis.set(key, b"taken", ex=int(job.kept))
            return kept
        except RedisError as error:
            logger.warning("Redis 不可用（%s），重复消息只在本机检查。", error)
            return await self._keep(job)

    async def _keep(self, job: NewJob) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._pending.append((job, future))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        while self._pending:
            await asyncio.sleep(_GATHER)
            batch, self._pending = self._pending, []
            try:
                results = await loop.run_in_executor(self._executor, self._store.add, [job for job, _ in batch])
            except Exception as error:  # the callbacks are then not acknowledged, and WeCom asks again
                logger.exception("messages could not be stored")
                for _, future in batch:
                    if not future.done():
                        future.set_exception(RuntimeError(str(error)))
                continue
            for (_, future), result in zip(batch, results):
                if not future.done():
                    future.set_result(result)
