"""Serves a process's metrics on a port of its own, which need not be reachable from where people are.

Several workers of one server share one port: with `PROMETHEUS_MULTIPROC_DIR` (an empty folder, given before the start) each writes into
the folder, and the one that has the port serves the sum.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Gauge, disable_created_metrics, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from knowledge.environment import ROOT

logger = logging.getLogger(__name__)
MEMORY = Gauge("assistant_memory_bytes", "Resident memory of the process (of all its workers).", multiprocess_mode="livesum")
DISK_FREE = Gauge("assistant_disk_free_bytes", "Free space where the assistant keeps its data.", multiprocess_mode="livemax")
DISK_TOTAL = Gauge("assistant_disk_total_bytes", "Size of the disk where the assistant keeps its data.", multiprocess_mode="livemax")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Exporter:
    """The metrics server of one process, once started."""

    def __init__(self) -> None:
        self._server: Any = None

    def start(self, host: str, port: int) -> bool:
        """Serve in a thread of its own. False (and a line in the log) where the port cannot be had: the assistant works without."""
        shared = "PROMETHEUS_MULTIPROC_DIR" in os.environ
        registry = REGISTRY
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a third more series, which nobody asks for
        if shared:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        try:
            self._server, _ = start_http_server(port, host, registry)
        except OSError as error:
            if not shared:
                logger.error(
                    "监控指标没有开启：%s 的端口 %d 用不了（%s）。请换一个 METRICS_PORT 或 ACTION_METRICS_PORT。", host, port, error.strerror
                )
            return False
        logger.info("metrics are served on %s:%d", host, port)
        return True

    def stop(self) -> None:
        """Give the port back."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]


def measure(place: Path = ROOT / "var") -> None:
    """Look at memory and disk; to be called every few seconds."""
    try:
        MEMORY.set(int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE)
    except OSError:  # not Linux
        pass
    if place.exists():
        usage = shutil.disk_usage(place)
        DISK_FREE.set(usage.free)
        DISK_TOTAL.set(usage.total)
