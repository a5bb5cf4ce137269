"""Which numbers of the statutes no fact states: each needs a fact or a reason (`facts/exclusions.yml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.printed_numbers import Printed, printed_numbers, same_number
from knowledge.problems import Problem, Problems
from knowledge.statute_facts import FOLDER, Fact, line_of

FILE = FOLDER / "exclusions.yml"


@dataclass(frozen=True)
class Pattern:
    """Words of any provision whose numbers state nothing: references, ordinals, 一 inside a word."""

    regex: re.Pattern[str]
    reason: str


@dataclass(frozen=True)
class Place:
    """One printed number at one address that needs no fact."""

    at: str
    number: str
    reason: str


@dataclass(frozen=True)
class Exclusions:
    patterns: tuple[Pattern, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Numbered:
    """A printed number with what accounts for it: facts, a reason, or neither (a gap)."""

    at: str
    number: Printed
    facts: tuple[Fact, ...]
    reason: str

    @property
    def is_gap(self) -> bool:
        return not self.facts and not self.reason


@lru_cache(maxsize=4)
def exclusions(path: Path = FILE) -> Exclusions:
    """The exclusions file. Raises KeyError, ValueError or re.error for a faulty one."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    patterns = tuple(Pattern(re.compile(p["words"]), p["reason"]) for p in data["patterns"])
    places = tuple(Place(p["at"], str(p["number"]), p["reason"]) for p in data["places"])
    if not all([*(pattern.reason for pattern in patterns), *(place.reason for place in places)]):
        raise ValueError("每条排除都要写 reason")
    return Exclusions(patterns, places)


def account(texts: Mapping[str, str], facts: Mapping[str, tuple[Fact, ...]], excluded: Exclusions) -> Iterator[Numbered]:
    """Every number with a unit in the texts (address -> own text) of the documents that have facts, with what accounts for it."""
    patterns = [pattern.regex for pattern in excluded.patterns]
    reasons = {(place.at, place.number): place.reason for place in excluded.places}
    proofs: dict[str, list[tuple[str, Fact]]] = {}
    for fact in (fact for found in facts.values() for fact in found):
        for passage in fact.passages:
            proofs.setdefault(passage.at, []).append((passage.quote, fact))
    for address, text in texts.items():
        for number in printed_numbers(text, patterns):
            stating = tuple(
                fact for quote, fact in proofs.get(address, ()) if _spans(text, quote, number) and same_number(number.words, fact.statements)
            )
            yield Numbered(address, number, stating, reasons.get((address, number.words), ""))


def _spans(text: str, quote: str, number: Printed) -> bool:
    """Does one of the places where the quote stands hold the number?"""
    start = text.find(quote)
    while start >= 0:
        if start <= number.start and number.end <= start + len(quote):
            return True
        start = text.find(quote, start + 1)
    return False


def check(texts: Mapping[str, str], facts: Mapping[str, tuple[Fact, ...]], problems: Problems, path: Path = FILE) -> list[Numbered]:
    """Report every number that nothing accounts for and every exclusion that excludes nothing; give all numbers."""
    try:
        excluded = exclusions(path)
    except (KeyError, TypeError, ValueError, re.error, yaml.YAMLError) as error:
        problems.add(Problem(path, 1, f"排除清单无法读取：{error!r}", "按文件开头的说明改正。"))
        return []
    found = list(account(texts, facts, excluded))
    for numbered in found:
        if numbered.is_gap:
            where = path.with_name(f"{numbered.at.split('/', maxsplit=1)[0]}.yml")
            what = f"{numbered.at} 的“{numbered.number.words}”既没有写成事实，也没有排除的理由。"
            problems.add(Problem(where, 1, what, "写一条引文含有它的事实，或在 facts/exclusions.yml 写明理由。"))
    needed = {(n.at, n.number.words) for n in found if not n.facts}
    for place in excluded.places:
        if (place.at, place.number) not in needed:
            problems.add(
                Problem(path, line_of(path, place.at), f"{place.at} 的“{place.number}”不需要排除（没有这个数，或已有事实）。", "删去这一条。")
            )
    for pattern in excluded.patterns:
        if not any(pattern.regex.search(text) for text in texts.values()):
            problems.add(Problem(path, line_of(path, pattern.regex.pattern), f"样式 {pattern.regex.pattern} 没有排除任何文字。", "删去这一条。"))
    return found
