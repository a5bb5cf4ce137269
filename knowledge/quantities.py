"""Numbers, periods, amounts and multiples in legal prose, so that a statement can be checked against its source.

A topic that says 500 万元 rests on a passage that says 五百万元; both become (5000000, 元).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from knowledge.numerals import DIGITS, UNITS, fold, to_int

_UNITS = (
    "小时",
    "个月",
    "周年",
    "个工作日",
    "工作日",
    "年",
    "月",
    "日",
    "天",
    "元",
    "倍",
    "条",
    "款",
    "项",
    "件",
    "家",
    "个",
    "人",
    "次",
    "份",
    "页",
    "成",
    "%",
    "分",
    "号",
)
_FOOTNOTES = re.compile("[①-⑳]")  # 11.6③ is 11.6 with a note
_MEASURES = ("条", "款", "项", "件")
_SAME = {"天": "日", "周年": "年", "个月": "月", "个工作日": "工作日"}
_SCALE = {"万": 10_000, "亿": 100_000_000, "千": 1_000, "百": 100}
_ARABIC = re.compile(rf"((?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)\s*(万亿|亿|万|千|百)?\s*({'|'.join(_UNITS)})?")
_COLUMN_UNIT = re.compile(r"(?:\(|\t)([万亿]*)(元|件|%|分|家|人|个|项)(?=\)|\t|$)")
_PERCENT = re.compile(rf"百分之([{DIGITS}{UNITS}]+(?:点[{DIGITS}]+)?|\d+(?:\.\d+)?)")
_CHINESE = re.compile(rf"([{DIGITS}{UNITS}]+)\s*({'|'.join(_UNITS[:15])})")
_WORDS = re.compile(
    r"[这那哪同某任每本][一两]?[条款项天日年月次号件家个人份页]|三者|统一|唯一|同一|任一|一般|一定|一律|一并|一旦|第[一二三四五六七八九十]+(?:人|方|者)|十四五|十三五|十二五|二十四小时在线"
)

Quantity = tuple[Decimal, str]


def quantities(text: str) -> set[Quantity]:
    """Every quantity that `text` states, as (value, unit); the unit is empty for a bare Arabic number.

    Chinese numerals count only before a unit of time, money, multiple, article or percentage, because 一 is
    mostly not a number (一般, 同一).

    >>> sorted(quantities("自3个月内，处五万元以上、百分之二十，一般"))
    [(Decimal('3'), '月'), (Decimal('20'), '%'), (Decimal('50000'), '元')]
    """
    return set(_quantities(text))


@lru_cache(maxsize=32768)
def _quantities(text: str) -> frozenset[Quantity]:
    """`quantities`, once for each text: a passage carries many statements."""
    folded = _WORDS.sub("＿", fold(_FOOTNOTES.sub("", text)))
    found: set[Quantity] = set()
    for match in _PERCENT.finditer(folded):
        found.add((_decimal(match.group(1)), "%"))
    folded = _PERCENT.sub("＿", folded)
    for match in _ARABIC.finditer(folded):
        digits, scale, unit = match.groups()
        value = Decimal(digits.replace(",", ""))
        for letter in scale or "":
            value *= _SCALE[letter]
        found.add((value.normalize() + 0, _SAME.get(unit or "", unit or "")))
    folded = _ARABIC.sub("＿", folded)
    for match in _CHINESE.finditer(folded):
        numeral, unit = match.groups()
        if numeral == "一" and unit in _MEASURES:  # 一件发明, 一项专利: an article, not a number
            continue
        try:
            found.add((Decimal(to_int(numeral)), _SAME.get(unit, unit)))
        except ValueError:
            continue
    return frozenset((value.quantize(Decimal(1)) if value == value.to_integral() else value, unit) for value, unit in found)


def unsupported(statement: str, passages: list[str]) -> set[Quantity]:
    """The quantities of `statement` that no passage states. A bare number is supported by the same number with any unit."""
    have = set().union(_of_tables(passages), *(quantities(p) for p in passages))
    values = {value for value, _ in have}
    return {(value, unit) for value, unit in quantities(statement) if (value, unit) not in have and not (unit == "" and value in values)}


def _of_tables(passages: list[str]) -> set[Quantity]:
    """The bare numbers of table rows with the units that the rows name in brackets or in a cell of their own.

    登记金额（亿元）\t2180 gives (218000000000, 元).
    """
    rows = [p for p in passages if "\t" in p]
    units = {match.groups() for row in rows for match in _COLUMN_UNIT.finditer(fold(row))}
    values = {value for row in rows for value, own in quantities(row) if own == ""}
    found: set[Quantity] = set()
    for scale, unit in units:
        factor = Decimal(1)
        for letter in scale or "":
            factor *= _SCALE[letter]
        found |= {(value * factor, unit) for value in values}
    return found


def _decimal(text: str) -> Decimal:
    if re.fullmatch(r"[\d.]+", text):
        return Decimal(text)
    whole, _, fraction = text.partition("点")
    value = Decimal(to_int(whole))
    return value + Decimal("0." + "".join(str(to_int(c)) for c in fraction)) if fraction else value
