"""What processes use: memory over time, and processor time."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and everything below it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        parents.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def megabytes(pid: int) -> float:
    """Memory of a process and everything below it, pages that they share counted once (PSS where it can be read)."""
    return _summed(pid, ("Pss",))


def own_megabytes(pid: int) -> float:
    """The same without pages of files, which the system takes and gives back as it likes: what only grows where a process keeps more."""
    return _summed(pid, ("Pss_Anon", "Pss_Shmem", "SwapPss"))


def _summed(pid: int, fields: tuple[str, ...]) -> float:
    total = 0.0
    for one in family(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.partition(":")[0] in fields) / 1024
    return total


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and everything below it have used so far."""
    total = 0.0
    for one in family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / _TICKS
    return total


@dataclass(frozen=True)
class Grown:
    """Memory of a process in MB at the first and the last look, the most, and the slope in MB an hour of the looks in the second half."""

    first: float
    last: float
    most: float
    slope: float


class Watch:
    """Looks at the memory of processes every `pause` seconds while the block runs; `looks`: name -> (seconds, MB)."""

    def __init__(self, pids: Mapping[str, int], pause: float, tell: Callable[[float], object] = lambda _: None) -> None:
        self._pids, self._pause, self._tell, self._over = pids, pause, tell, threading.Event()
        self.looks: dict[str, list[tuple[float, float]]] = {name: [] for name in pids}
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._start = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            for name, pid in self._pids.items():
                self.looks[name].append((time.monotonic() - self._start, own_megabytes(pid)))
            self._tell(time.monotonic() - self._start)
            if self._over.wait(self._pause):
                return

    def grown(self, name: str) -> Grown:
        """What was seen of one."""
        looks = self.looks[name]
        settled = looks[len(looks) // 2 :]
        seconds, sizes = [at for at, _ in settled], [size for _, size in settled]
        slope = statistics.linear_regression(seconds, sizes).slope * 3600 if len(settled) > 1 else 0.0
        return Grown(looks[0][1], looks[-1][1], max(size for _, size in looks), slope)
