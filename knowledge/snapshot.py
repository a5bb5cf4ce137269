"""What changes only when the library is rebuilt, read once and kept: topics, document names, the topic index.

Kept per database and thrown away when the database's fingerprint changes (looked at once a second at most), so that a
rebuilt library or an imported law is seen by running servers without a restart.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from knowledge.library import Library
from knowledge.model import meta
from knowledge.names import NameFinder
from knowledge.topic_search import TopicIndex
from knowledge.topics import Topic

_PAUSE = 1.0


@dataclass(frozen=True)
class Snapshot:
    """One state of the library. `mark` is its fingerprint."""

    mark: str
    topics: dict[str, Topic]
    names: NameFinder

    @cached_property
    def index(self) -> TopicIndex:
        return TopicIndex(self.topics.values())

    @cached_property
    def by_question(self) -> dict[str, Topic]:
        """Topic by its own question, letter for letter."""
        return {topic.question: topic for topic in self.topics.values()}


_lock = threading.Lock()
_held: dict[str, tuple[float, Snapshot]] = {}


def snapshot(library: Library) -> Snapshot:
    """The current state of the library."""
    key, now = str(library.engine.url), time.monotonic()
    with _lock:
        held = _held.get(key)
        if held is not None and now - held[0] < _PAUSE:
            return held[1]
        mark = fingerprint_of(library)
        if held is None or held[1].mark != mark:
            held = (now, Snapshot(mark, {topic.id: topic for topic in library.topics()}, library.names()))
        _held[key] = (now, held[1])
        return held[1]


def fingerprint_of(library: Library) -> str:
    """The fingerprint that the database was built with."""
    with library.engine.connect() as connection:
        return str(connection.execute(select(meta.c.value).where(meta.c.key == "fingerprint")).scalar() or "")
