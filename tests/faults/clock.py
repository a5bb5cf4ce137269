"""A clock for our servers that can be set while they run (libfaketime): wall-clock time only, what is measured goes on as it is."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping
from pathlib import Path

_LIBRARIES = "libfaketime/libfaketimeMT.so.1", "faketime/libfaketimeMT.so.1"
LAG = 2.5
"""Seconds after which a server has seen that the clock was set."""


def library() -> Path | None:
    """libfaketime; None where it is not installed (Debian: libfaketime)."""
    return next((path for folder in Path("/usr/lib").glob("*-linux-gnu") for name in _LIBRARIES if (path := folder / name).exists()), None)


class Clock:
    """`environment` is for the servers; before `set` they have the machine's time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._write(0)

    @property
    def environment(self) -> Mapping[str, str]:
        found = library()
        if found is None:
            return {}
        # The monotonic clock stays: time-outs and pauses are no matter of the calendar. Without the last setting threads take turns
        # tenfold more slowly.
        settings = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_CACHE_DURATION": "1", "NO_FAKE_STAT": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}
        return {"LD_PRELOAD": str(found), "FAKETIME_TIMESTAMP_FILE": str(self._file), **settings}

    def right(self) -> None:
        """Let it be the machine's time again."""
        self._write(0)
        time.sleep(LAG)

    def set(self, moment: datetime.datetime) -> None:
        """Let it be this moment now (local time) and go on from there."""
        self._write(round(moment.timestamp() - time.time()))
        time.sleep(LAG)

    def now(self) -> datetime.datetime:
        """What it shows (local time)."""
        return datetime.datetime.fromtimestamp(time.time() + self._offset)

    def wait(self, moment: datetime.datetime) -> None:
        """Until it shows this moment."""
        time.sleep(max(0.0, (moment - self.now()).total_seconds()))

    def _write(self, offset: int) -> None:
        self._offset = offset
        self._file.write_text(f"{offset:+d}\n", encoding="utf-8")
