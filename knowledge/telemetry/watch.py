"""What a server process does beside its work: serve its metrics, and look every few seconds at what no message tells."""

from __future__ import annotations

import asyncio
import contextlib

from knowledge.telemetry.exporter import Exporter, measure
from knowledge.telemetry.readiness import Readiness
from knowledge.telemetry.settings import metrics_host

PAUSE = 10.0
"""Seconds between two looks at readiness, memory and disk."""


class Watch:
    """Of one process, within its event loop. `port`: of the metrics; None: nothing is done."""

    def __init__(self, readiness: Readiness, port: int | None) -> None:
        self._readiness, self._port = readiness, port
        self._exporter = Exporter()
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. Raises SettingError."""
        if self._port is not None:
            self._exporter.start(metrics_host(), self._port)
            self._looking = asyncio.ensure_future(self._look())

    async def stop(self) -> None:
        """End, and give the port back."""
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking
            self._exporter.stop()

    async def _look(self) -> None:
        while True:
            await self._readiness.report()
            measure()
            await asyncio.sleep(PAUSE)
