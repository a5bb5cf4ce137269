"""What was read from the library's database, kept until its content changes.

A rebuilt library or an imported law changes the database's fingerprint, which is looked at once a second at most: running servers see it
without a restart, and without reading the same provision again for every question.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

from sqlalchemy.engine import Engine, Row

from knowledge.queries import mark_of

_PAUSE = 1.0
_MOST = 4096  # results; the statutes and policies that are held have some 2,000 units
_lock = threading.Lock()
_looked: dict[str, tuple[float, str]] = {}


def current_mark(engine: Engine) -> str:
    """The fingerprint of the database's content, at most a second old. Raises what the database raises."""
    key, now = str(engine.url), time.monotonic()
    with _lock:
        looked = _looked.get(key)
        if looked is not None and now - looked[0] < _PAUSE:
            return looked[1]
        mark = mark_of(engine)
        _looked[key] = (now, mark)
        return mark


class Kept:
    """Results of queries on one database by what was asked. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._lock = engine, threading.Lock()
        self._mark = ""
        self._results: dict[Hashable, list[Row[Any]]] = {}

    def forget(self) -> None:
        """Let everything be read anew."""
        with self._lock:
            self._results = {}

    def rows(self, asked: Hashable, read: Callable[[], list[Row[Any]]]) -> list[Row[Any]]:
        """What `read` gives, read once for the same `asked` while the content stays. Raises what the database raises."""
        mark = current_mark(self._engine)
        with self._lock:
            if mark != self._mark or len(self._results) >= _MOST:
                self._mark, self._results = mark, {}
            held = self._results.get(asked)
        if held is not None:
            return held
        found = read()
        with self._lock:
            if mark == self._mark:  # not what an older state gave
                self._results[asked] = found
        return found
