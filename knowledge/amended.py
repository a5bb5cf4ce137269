"""Content whose provisions have changed since it was written: a topic of which no one has looked at the new text must not be answered
with its old conclusion.

A ground has changed when its passage no longer stands in the provision of the day, or when the provision reads otherwise than on the day
on which the topic was last read against it (`review.on`). Where the passage stands elsewhere in the new text, it is shown from there.
"""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

from knowledge.checks import Check, checks
from knowledge.library import Library, Provision
from knowledge.snapshot import snapshot
from knowledge.topics import Ground, Topic

ALIKE = 0.35
"""Cosine of two articles' letter pairs from which one is taken for the other in a new text (as in `knowledge.diff`)."""
OwnText = Callable[[str], "str | None"]
"""The own text (heading and text) at an address; None where there is none."""


def changed(grounds: Iterable[Ground], now: OwnText, read: OwnText | None = None) -> list[Ground]:
    """The grounds that have changed. read: the texts as they were when the content was last read against them, where that is known."""
    return [ground for ground in grounds if _has_changed(ground, now(ground.at), read(ground.at) if read else None)]


def _has_changed(ground: Ground, now: str | None, read: str | None) -> bool:
    return now is None or ground.quote not in now or (read is not None and read != now)


def day_of_review(topic: Topic) -> datetime.date | None:
    """The day on which a second person read the topic against its provisions."""
    try:
        return datetime.date.fromisoformat(topic.review["on"])
    except (KeyError, ValueError):
        return None


def grounds_of(check: Check) -> list[Ground]:
    """Everything that a guided check rests on."""
    asked = [g for q in check.questions.values() for g in (*q.grounds, *(g for option in q.options for g in option.grounds))]
    return [*asked, *(g for outcome in check.outcomes.values() for g in outcome.grounds)]


@dataclass(frozen=True)
class Amended:
    """What stands in the place of a topic's changed grounds. provisions: of the text of the day, none twice; gone: labels that have no
    successor; since: the first day of the text of the day, where it is known."""

    provisions: tuple[Provision, ...]
    gone: tuple[str, ...]
    since: datetime.date | None


class Amendments:
    """Which topics a library's texts of one day have overtaken. Only documents with several versions are looked at."""

    def __init__(self, library: Library, day: datetime.date) -> None:
        self.library, self.day = library, day
        self._several = {d.id for d in library.documents(day) if len(library.versions(d.id, day)) > 1}
        self._texts: dict[tuple[str, datetime.date], Mapping[str, str]] = {}
        self._found: dict[tuple[Any, ...], Amended | None] = {}

    def of(self, topic: Topic) -> Amended | None:
        """What stands in the place of the topic's grounds; None where they are as they were."""
        grounds = [*topic.grounds, *(grounds_of(checks()[topic.id]) if topic.id in checks() else ())]
        if topic.kind not in ("answer", "check") or not any(_document(g.at) in self._several for g in grounds):
            return None
        key = (topic.id, topic.grounds, topic.review.get("on"))
        if key not in self._found:
            reviewed = day_of_review(topic)
            read: OwnText | None = (lambda at: self._own(at, reviewed)) if reviewed else None
            overtaken = changed([g for g in grounds if _document(g.at) in self._several], lambda at: self._own(at, self.day), read)
            self._found[key] = self._successors(overtaken) if overtaken else None
        return self._found[key]

    def stands(self, ground: Ground) -> bool:
        """Does a passage stand in the text of the day?"""
        return _document(ground.at) not in self._several or ground.quote in (self._own(ground.at, self.day) or "")

    def _own(self, address: str, day: datetime.date) -> str | None:
        key = _document(address), day
        if key not in self._texts:
            document = self.library.document(key[0], day)
            self._texts[key] = {p.address: p.heading + p.text for p in self.library.units(document)} if document else {}
        return self._texts[key].get(address)

    def _successors(self, overtaken: list[Ground]) -> Amended:
        found: dict[str, Provision] = {}
        gone: list[str] = []
        since = None
        for ground in overtaken:
            document = self.library.document(_document(ground.at), self.day)
            units = self.library.units(document) if document else []
            since = document.effective if document else since
            successor = _successor(ground, units)
            if successor is not None:
                found.setdefault(successor.address, successor)
            else:
                gone.append(self._old_label(ground))
        return Amended(tuple(found.values()), tuple(dict.fromkeys(gone)), since)

    def _old_label(self, ground: Ground) -> str:
        for version in reversed(self.library.versions(_document(ground.at), self.day)):
            before = self.library.provision(ground.at, version.effective or version.adopted)
            if before is not None:
                return before.full_label
        return ground.at


def _document(address: str) -> str:
    return address.split("/", maxsplit=1)[0]


def _successor(ground: Ground, units: list[Provision]) -> Provision | None:
    """The unit of the new text that holds the passage; else the article of the same number, where it is alike; else the most alike one."""
    holding = [unit for unit in units if ground.quote in unit.heading + unit.text]
    if holding:
        return next((unit for unit in holding if unit.address == ground.at), holding[0])
    articles = [unit for unit in units if unit.kind == "article"] or [unit for unit in units if unit.text]
    wanted = _pairs(ground.quote)
    same = next((unit for unit in articles if f"{ground.at}/".startswith(f"{unit.address}/")), None)
    if same is not None and _held(wanted, same) >= ALIKE:
        return next((unit for unit in units if unit.address == ground.at), same)
    best = max(articles, key=lambda unit: _held(wanted, unit), default=None)
    return best if best is not None and _held(wanted, best) >= ALIKE else None


def _pairs(text: str) -> Counter[str]:
    return Counter(a + b for a, b in pairwise(text))


def _held(wanted: Counter[str], unit: Provision) -> float:
    """How much of a passage's letter pairs stand in a unit (0 to 1, each pair by the root of its count)."""
    there = _pairs(unit.full_text or unit.heading + unit.text)
    return sum(sqrt(min(n, there[pair])) for pair, n in wanted.items()) / (sum(sqrt(n) for n in wanted.values()) or 1.0)


_lock = threading.Lock()
_held_back: dict[str, tuple[tuple[str, datetime.date], Amendments]] = {}


def amendments(library: Library, day: datetime.date | None = None) -> Amendments:
    """The amendments of a library for a day (default: today), kept until the library or the day changes."""
    url, key = str(library.engine.url), (snapshot(library).mark, day or datetime.date.today())
    with _lock:
        held = _held_back.get(url)
        if held is None or held[0] != key:
            held = _held_back[url] = (key, Amendments(library, key[1]))
        return held[1]
