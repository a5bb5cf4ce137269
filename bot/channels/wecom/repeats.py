"""Each callback once: WeCom repeats what is not acknowledged within five seconds, to whichever worker answers.

The SQLite store drops repeats for one machine. With Redis several machines share the check. A message counts as seen only when it is
on disk: until then its mark is provisional and short, so that a worker that dies in between loses nothing (WeCom asks again).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from redis.exceptions import RedisError

from bot.channels.wecom.store import NewJob, Store

logger = logging.getLogger(__name__)
_PROVISIONAL = 5
_GATHER = 0.02
"""Seconds in which messages are gathered for one write to disk."""
_OURS, _TAKEN = 1, 2
_MARK = """
local found = {}
for i, key in ipairs(KEYS) do
  local mark = redis.call('GET', key)
  if not mark then
    redis.call('SET', key, ARGV[1], 'EX', ARGV[2])
    found[i] = 1
  elseif mark == ARGV[1] then found[i] = 1
  elseif mark == 'taken' then found[i] = 2
  else found[i] = 3 end
end
return found
"""
_CONFIRM = """
for i, key in ipairs(KEYS) do redis.call('SET', key, 'taken', 'EX', ARGV[i]) end
"""


Batch = list[tuple[NewJob, "asyncio.Future[bool]"]]


class Busy(Exception):
    """Another worker is just taking this message: do not acknowledge, WeCom will ask again."""


class Marks:
    """What was seen, shared by machines through Redis. `redis` is a redis.asyncio client or None: then everything counts as new."""

    def __init__(self, redis: Any = None) -> None:
        self._redis = redis
        self._mine = f"taking {uuid.uuid4().hex}"

    async def begin(self, jobs: Sequence[NewJob]) -> list[bool | None]:
        """For each job: True, it is ours to take; False, it was taken before; None, another worker is just taking it."""
        if self._redis is None or not jobs:
            return [True] * len(jobs)
        try:
            answers = await self._redis.eval(_MARK, len(jobs), *map(_key, jobs), self._mine, _PROVISIONAL)
        except RedisError as error:
            logger.warning("Redis 不可用（%s），重复消息只在本机检查。", error)
            return [True] * len(jobs)
        return [True if answer == _OURS else False if answer == _TAKEN else None for answer in answers]

    async def confirm(self, jobs: Sequence[NewJob]) -> None:
        """They are on disk: from now on they count as seen."""
        if self._redis is None or not jobs:
            return
        try:
            await self._redis.eval(_CONFIRM, len(jobs), *map(_key, jobs), *(max(int(job.kept), 1) for job in jobs))
        except RedisError as error:
            logger.warning("Redis 不可用（%s），重复消息只在本机检查。", error)

    async def first(self, keys: Sequence[str], seconds: int) -> list[bool] | None:
        """For each key, whether it is named for the first time in so many seconds; None where Redis cannot say."""
        if self._redis is None:
            return None
        try:
            naming = self._redis.pipeline(transaction=False)
            for key in keys:
                naming.set("{wecom}:first:" + _digest(key), b"1", nx=True, ex=seconds)
            return [bool(answer) for answer in await naming.execute()]
        except RedisError:
            return None


class Intake:
    """Takes jobs into the store, many in one transaction, each once."""

    def __init__(self, store: Store, executor: ThreadPoolExecutor, marks: Marks) -> None:
        self._store = store
        self._executor = executor
        self._marks = marks
        self._pending: Batch = []
        self._under_way: dict[str, asyncio.Future[bool]] = {}
        self._flushing: asyncio.Task[None] | None = None

    async def take(self, job: NewJob) -> bool:
        """Keep the job on disk; False where it is a repeat. Raises Busy."""
        earlier = self._under_way.get(job.key)
        if earlier is not None:
            await asyncio.shield(earlier)
            return False
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._under_way[job.key] = future
        future.add_done_callback(lambda _: self._under_way.pop(job.key, None))
        self._pending.append((job, future))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await asyncio.shield(future)  # whoever waits may go away; others wait for the same

    async def close(self) -> None:
        """Wait until what was taken is on disk and marked as seen: another worker would otherwise take its repeat."""
        if self._flushing is not None:
            await self._flushing

    async def cursor(self, name: str) -> str:
        """The cursor kept under this name, empty where there is none."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._store.cursor, name)

    async def take_page(self, name: str, app: str, before: str, cursor: str, jobs: Sequence[NewJob]) -> None:
        """Keep one page of a synchronisation and its cursor, both or neither. Raises Busy where another machine is taking part of it."""
        marks = await self._marks.begin(jobs)
        new = [job for job, mark in zip(jobs, marks) if mark]
        if None in marks:
            raise Busy
        run = asyncio.get_running_loop().run_in_executor
        await run(self._executor, self._store.add_synced, name, app, before, cursor, new)
        await self._marks.confirm(new)

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
        new: Batch = []
        for (job, future), mark in zip(batch, await self._marks.begin([job for job, _ in batch])):
            if mark:
                new.append((job, future))
            elif mark is None:
                future.set_exception(Busy())
            else:
                future.set_result(False)
        run = asyncio.get_running_loop().run_in_executor
        for (_, future), kept in zip(new, await run(self._executor, self._store.add, [job for job, _ in new])):
            future.set_result(kept)
        await self._marks.confirm([job for job, _ in new])


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _key(job: NewJob) -> str:
    return "{wecom}:seen:" + _digest(job.key)
