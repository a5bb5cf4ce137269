"""Whether a process can do its work: every part is looked at, each with a time limit, all at once, once a second at most."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from prometheus_client import Gauge

logger = logging.getLogger(__name__)
READY = Gauge("assistant_ready", "1 where the part works, 0 where it does not.", ("part",), multiprocess_mode="livemin")

Check = Callable[[], Awaitable[None]]
"""Looks at one part; returns when it works, raises when it does not."""


class NotReady(Exception):
    """A part does not work; the message is a short word for why, fit to be shown to anyone."""


@dataclass(frozen=True)
class Part:
    """What was found of one part. ms: how long it took; problem: why it does not work, empty where it does."""

    ms: int
    problem: str = ""


@dataclass(frozen=True)
class Report:
    """What was found of all parts."""

    parts: Mapping[str, Part]

    @property
    def ready(self) -> bool:
        return not any(part.problem for part in self.parts.values())

    @property
    def status(self) -> int:
        """The HTTP status that says so."""
        return 200 if self.ready else 503

    def as_data(self) -> dict[str, Any]:
        """`{"status": "ready" | "not_ready", "parts": {name: {"ok", "ms", "problem"}}}`."""
        parts = {
            name: {"ok": not part.problem, "ms": part.ms, **({"problem": part.problem} if part.problem else {})} for name, part in self.parts.items()
        }
        return {"status": "ready" if self.ready else "not_ready", "parts": parts}


class Readiness:
    """The checks of one process. `limit`: seconds that each may take; `kept`: seconds for which a report is given again."""

    def __init__(self, checks: Mapping[str, Check], limit: float = 2.0, kept: float = 1.0) -> None:
        self._checks, self._limit, self._kept = checks, limit, kept
        self._report: Report | None = None
        self._made = 0.0
        self._making: asyncio.Future[Report] | None = None
        self._under_way: dict[str, asyncio.Future[None]] = {}

    async def report(self) -> Report:
        """The state now, or of less than `kept` seconds ago."""
        if self._report is not None and time.monotonic() - self._made < self._kept:
            return self._report
        if self._making is None or self._making.done():
            self._making = asyncio.ensure_future(self._look())
        return await asyncio.shield(self._making)

    async def _look(self) -> Report:
        found = await asyncio.gather(*map(self._part, self._checks))
        before, self._report = self._report, Report(dict(zip(self._checks, found)))
        self._made = time.monotonic()
        for name, part in self._report.parts.items():
            READY.labels(name).set(not part.problem)
            was = before.parts[name].problem if before else ""
            if part.problem != was:
                logger.log(logging.WARNING if part.problem else logging.INFO, "readiness: part=%s problem=%s", name, part.problem or "none")
        return self._report

    async def _part(self, name: str) -> Part:
        """One part. A check that still hangs from last time is waited for, not started again."""
        start = time.monotonic()
        task = self._under_way.get(name)
        if task is None or task.done():
            task = self._under_way[name] = asyncio.ensure_future(self._checks[name]())
        problem = ""
        try:
            await asyncio.wait_for(asyncio.shield(task), self._limit)
        except asyncio.TimeoutError:
            problem = "timeout"
        except NotReady as error:
            problem = str(error)
        except Exception as error:  # whatever a part can raise, it does not work; its words may hold secrets, its name does not
            problem = type(error).__name__
        return Part(round((time.monotonic() - start) * 1000), problem)


def blocking(look: Callable[[], None]) -> Check:
    """A check that blocks, in a thread of its own: one that hangs must not take a thread from those who answer."""
    threads = ThreadPoolExecutor(1, "readiness")

    async def check() -> None:
        await asyncio.get_running_loop().run_in_executor(threads, look)

    return check
