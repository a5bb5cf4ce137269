"""What a written conversation expects of an answer, and what the answer lacks, in words that a lawyer can read.

A turn has `user` and any of `kind`, `topic`, `reason`, `cites` (addresses that must be cited; an article's address also fits its
paragraphs), `cites_any` (addresses one of which must be cited) and `contains` (words that must stand in the answer).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.desk.words import KINDS, REFUSALS, named

_NAMED: dict[str, dict[str, str]] = {"kind": KINDS, "topic": {}, "reason": REFUSALS}
_LISTED = ("cites", "cites_any", "contains")
_SAYS = {"kind": "种类应为", "topic": "主题应为", "reason": "拒答理由应为", "cites": "应引用", "cites_any": "应引用其中之一", "contains": "应写有"}


@dataclass(frozen=True)
class Point:
    """One thing that is expected of an answer. name: as in the file; wanted, came: as people read them; met: does the answer have it?"""

    name: str
    wanted: str
    came: str
    met: bool

    @property
    def what(self) -> str:
        """What is expected, in Chinese, to be followed by what is wanted."""
        return _SAYS[self.name]

    def __str__(self) -> str:
        return f"{self.what}“{self.wanted}”" + (f"，实际是“{self.came}”" if self.came else "")


def points(turn: Mapping[str, Any], payload: Mapping[str, Any]) -> list[Point]:
    """Everything that a turn expects, one point each."""
    found = []
    for name, words in _NAMED.items():
        if name in turn:
            found.append(Point(name, named(words, turn[name]), named(words, payload.get(name)), payload.get(name) == turn[name]))
    cited = [citation["id"] for citation in payload["citations"]]
    came = "、".join(cited) or "没有引用"
    found += [Point("cites", wanted, came, _fits(wanted, cited)) for wanted in turn.get("cites") or []]
    if one_of := turn.get("cites_any"):
        found.append(Point("cites_any", "、".join(one_of), came, any(_fits(wanted, cited) for wanted in one_of)))
    text = json.dumps(payload, ensure_ascii=False)
    return found + [Point("contains", words, "", words in text) for words in turn.get("contains") or []]


def _fits(wanted: str, cited: Sequence[str]) -> bool:
    """Is the address or one below it among the cited ones?"""
    return any(address == wanted or address.startswith(wanted + "/") for address in cited)


def missing(turn: Mapping[str, Any], payload: Mapping[str, Any]) -> list[str]:
    """What the answer lacks, one sentence each."""
    return [str(point) for point in points(turn, payload) if not point.met]


def faults(turn: Mapping[str, Any]) -> list[str]:
    """What is wrong with the writing of a turn, one sentence each: a misspelt name would expect nothing."""
    known = ("user", *_NAMED, *_LISTED)
    found = [f"不认识 {name}，只能写 {'、'.join(known)}" for name in turn if name not in known]
    for name in _LISTED:
        value = turn.get(name) or []
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            found.append(f"{name} 应写成 [甲, 乙] 的样子，每一项是文字（数字加引号）")
    for name, words in _NAMED.items():
        if words and name in turn and turn[name] not in words:
            found.append(f"{name} 只能是 {'、'.join(words)}，不能是 {turn[name]}")
    return found
