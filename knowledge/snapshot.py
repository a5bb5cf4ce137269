"""What changes only when the library is rebuilt, read once and kept: topics, document names, the topic index.

Kept per database and thrown away when the database's fingerprint changes, as everything that is kept of it (knowledge/current.py).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

from knowledge.current import current_mark
from knowledge.library import Library
from knowledge.names import NameFinder
from knowledge.topic_search import TopicIndex
from knowledge.topics import Topic


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
_held: dict[str, Snapshot] = {}


def snapshot(library: Library) -> Snapshot:
    """The current state of the library."""
    mark, key = current_mark(library.engine), str(library.engine.url)
    with _lock:
        held = _held.get(key)
        if held is None or held.mark != mark:
            held = _held[key] = Snapshot(mark, {topic.id: topic for topic in library.topics()}, library.names())
        return held
