"""Numbers with a unit as a statute prints them (三年, 五百万元, 五倍, 12月31日, 两个以上), each with where it stands.

Where `knowledge.quantities` says which values a text states, this says which printed words state them, so that none is left
unaccounted for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from knowledge.numerals import DIGITS, UNITS, to_int
from knowledge.quantities import quantities

_NUMERAL = rf"(?:\d+(?:[.,]\d+)*|[{DIGITS}{UNITS}]+)"
_UNIT = "个工作日|工作日|个月|小时|分钟|周年|年|月|日|天|周|元|倍|%|％|件|项|人|个|种|份|次|家|台|页|方|成|级"
_NUMBER = re.compile(
    rf"\d{{4}}年(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?|\d{{1,2}}月\d{{1,2}}日|百分之{_NUMERAL}|第{_NUMERAL}年|{_NUMERAL}\s*[多余]?(?:{_UNIT})"
)


@dataclass(frozen=True)
class Printed:
    """A number in a text: its words and where they begin and end."""

    words: str
    start: int
    end: int


def printed_numbers(text: str, passed_over: Iterable[re.Pattern[str]] = ()) -> Iterator[Printed]:
    """Every number with a unit in `text`, in order, but for those inside a match of one of the patterns.

    >>> [number.words for number in printed_numbers("自收到通知之日起三个月内，处五万元以上的罚款，截止于第五十年的12月31日")]
    ['三个月', '五万元', '第五十年', '12月31日']
    """
    taken = [match.span() for pattern in passed_over for match in pattern.finditer(text)]
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if not any(left < end and start < right for left, right in taken):
            yield Printed(match[0], start, end)


def same_number(words: str, statement: str) -> bool:
    """Does `statement` state the number that `words` print, in whatever numerals?"""
    if words in statement:
        return True
    meant = quantities(words)
    return bool(meant) and meant <= quantities(statement)


def measure(text: str) -> list[dict[str, Any]]:
    """The values of an amount, a multiple or a period: `min`, `max` or `value`, each with its unit.

    >>> measure("三万元以上五百万元以下")
    [{'min': 30000, 'unit': '元'}, {'max': 5000000, 'unit': '元'}]
    """
    values: list[dict[str, Any]] = []
    for number in printed_numbers(text):
        for value, unit in sorted(quantities(number.words)) or _count(number.words):
            before, after = text[: number.start], text[number.end :]
            if after.startswith("以上") or before.endswith(("不少于", "满")):
                bound = "min"
            elif after.startswith(("以下", "以内", "内")) or before.endswith(("不超过", "不足")):
                bound = "max"
            else:
                bound = "value"
            values.append({bound: _plain(value), "unit": unit})
    return values


def _count(words: str) -> list[tuple[Decimal, str]]:
    """两个 -> (2, 个): counts, which `quantities` leaves alone because 一个 is mostly no number."""
    match = re.fullmatch(rf"({_NUMERAL})({_UNIT})", words)
    return [(Decimal(to_int(match[1])), match[2])] if match else []


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral() else float(value)
