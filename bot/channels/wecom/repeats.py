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


Batch = list[tuple[NewJob, "asyncio.Future[bool]"]]


class Busy(Exception):
    """Another worker is just taking this message: do not acknowledge, WeCom will ask again."""


class Intake:
    """Takes jobs into the store, many in one transaction, each once. `redis` is a redis.asyncio client or None."""

    def __init__(self, store: Store, executor: ThreadPoolExecutor, redis: Any = None) -> None:
        self._store = store
        self._executor = executor
        self._redis = redis
        self._pending: Batch = []
        self._flushing: asyncio.Task[None] | None = None

    async def take(self, job: NewJob) -> bool:
        """Keep the job on disk; False where it is a repeat. Raises Busy."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._pending.append((job, future))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        while self._pending:
            await asyncio.sleep(_GATHER)
            batch, self._pending = self._pending, []
            try:
                await self._settle(batch)
            except Exception as error:  # the callbacks are then not acknowledged, and WeCom asks again
                logger.exception("messages could not be stored")
                for _, future in batch:
                    if not future.done():
                        future.set_exception(Busy(str(error)))

    async def _settle(self, batch: Batch) -> None:
        new = await self._marked(batch)
        run = asyncio.get_running_loop().run_in_executor
        for (_, future), kept in zip(new, await run(self._executor, self._store.add, [job for job, _ in new])):
            if not future.done():
                future.set_result(kept)
        await self._confirm([job for job, _ in new])

    async def _marked(self, batch: Batch) -> Batch:
        """Those of a batch that no other machine has; the others are settled."""
        if self._redis is None:
            return batch
        try:
            marking = self._redis.pipeline(transaction=False)
            for job, _ in batch:
                marking.set(_key(job), b"taking", nx=True, ex=_PROVISIONAL)
                marking.get(_key(job))
            answers = await marking.execute()
        except RedisError as error:
            logger.warning("Redis 不可用（%s），重复消息只在本机检查。", error)
            return batch
        new = []
        for (job, future), ours, mark in zip(batch, answers[::2], answers[1::2]):
            if ours:
                new.append((job, future))
            elif future.done():
                continue
            elif mark == b"taken":
                future.set_result(False)
            else:
                future.set_exception(Busy())
        return new

    async def _confirm(self, jobs: list[NewJob]) -> None:
        """They are on disk: from now on they count as seen."""
        if self._redis is None or not jobs:
            return
        try:
            confirming = self._redis.pipeline(transaction=False)
            for job in jobs:
                confirming.set(_key(job), b"taken", ex=max(int(job.kept), 1))
            await confirming.execute()
        except RedisError as error:
            logger.warning("Redis 不可用（%s），重复消息只在本机检查。", error)


def _key(job: NewJob) -> str:
    return "wecom:seen:" + hashlib.sha256(job.key.encode("utf-8", "surrogatepass")).hexdigest()[:40]
