"""Sums of money: read from what people say, written as statutes do, and reckoned with by expressions kept in data.

Every sum is in yuan, as a Decimal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from knowledge.numerals import DIGITS, UNITS, fold, to_int

MOST = Decimal(10) ** 14
"""Above this a number is not taken for a sum of money."""

_SCALE = {"亿": 8, "千万": 7, "百万": 6, "十万": 5, "万": 4, "w": 4, "千": 3, "k": 3, "百": 2, "": 0}
_CURRENCY = r"(?:元|块钱?|圆|人民币|rmb)"
_NOT_MONEY = "个年月天日号条款项倍%件家人次份页本张台套章"
_ARABIC = re.compile(
    rf"(?<![\d.几第亿万千百])(\d+(?:,\d{{3}})+|\d+)(\.\d+)?\s*(亿|千万|百万|十万|万|w|千|k|百)?\s*({_CURRENCY})?"
    rf"(?![\d多余来亿万千百wk{_NOT_MONEY}])",
    re.I,
)
_CHINESE = re.compile(
    rf"(?<![几数第上好{DIGITS}{UNITS}])([{DIGITS}{UNITS}]+)(?:点([{DIGITS}]+)(万|亿))?\s*({_CURRENCY})?(?![几多余来{DIGITS}{UNITS}{_NOT_MONEY}])"
)
_TERM = re.compile(r"^([a-z_|]+|\d+)(?:\*(\d+))?$")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def find_amounts(text: str) -> list[Decimal]:
    """Every sum that a text states exactly, in order of appearance; vague ones (几十万, 五万多) are left out.

    >>> [str(a) for a in find_amounts("许可费3.5万，另外花了两千块")]
    ['35000', '2000']
    """
    folded = fold(text)
    found = [(m.start(), _arabic(m)) for m in _ARABIC.finditer(folded)]
    found += [(m.start(), amount) for m in _CHINESE.finditer(folded) if (amount := _chinese(m)) is not None]
    return [amount for _, amount in sorted(found) if amount < MOST]


def _arabic(match: re.Match[str]) -> Decimal:
    whole, fraction, scale, _ = match.groups()
    return _plain(Decimal(whole.replace(",", "") + (fraction or "")).scaleb(_SCALE[(scale or "").lower()]))


def _chinese(match: re.Match[str]) -> Decimal | None:
    """None for a numeral that states no sum: too small and without 元 (一个), or two digits side by side (两三万)."""
    numeral, fraction, scale, currency = match.groups()
    if re.search(rf"[{DIGITS.replace('零', '').replace('〇', '')}]{{2}}", numeral) and re.search(rf"[{UNITS}]", numeral):
        return None
    try:
        value = Decimal(to_int(numeral))
    except ValueError:
        return None
    if fraction:
        return _plain(Decimal(f"{value}.{''.join(str(to_int(c)) for c in fraction)}").scaleb(_SCALE[scale]))
    return value if currency or value >= 100 else None


def _plain(value: Decimal) -> Decimal:
    if value >= MOST:  # more digits than can be quantized
        return value
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()


def money(amount: Decimal) -> str:
    """A sum as people read it.

    >>> [money(Decimal(a)) for a in ("500", "200000", "35000", "5000000", "120000000", "12345.6")]
    ['500元', '20万元', '3.5万元', '500万元', '1.2亿元', '12345.6元']
    """
    for scale, unit in ((Decimal(10) ** 8, "亿元"), (Decimal(10) ** 4, "万元")):
        part = amount / scale
        if amount >= scale and part == part.quantize(Decimal("0.01")):
            return f"{part.normalize():f}{unit}"
    return f"{_plain(amount):f}元"


def reckon(expression: str, values: Mapping[str, Decimal]) -> Decimal | None:
    """The value of a sum of products such as `fee*5+costs`; `loss|gain` is the first that is known. None where a name is unknown.

    Raises ValueError for anything else.
    """
    total = Decimal(0)
    for term in expression.replace(" ", "").split("+"):
        match = _TERM.match(term)
        if match is None:
            raise ValueError(f"算式写法有误：{expression!r}")
        atom, times = match.groups()
        value = Decimal(atom) if atom.isdigit() else next((values[n] for n in atom.split("|") if n in values), None)
        if value is None:
            return None
        total += value * Decimal(times or 1)
    return total


def names_in(template: str) -> list[list[str]]:
    """For every name in the template's expressions, its alternatives: `{loss|gain*5+costs}` -> [[loss, gain], [costs]]."""
    atoms = (term.split("*")[0] for e in _PLACEHOLDER.findall(template) for term in e.replace(" ", "").split("+"))
    return [atom.split("|") for atom in atoms if not atom.isdigit()]


def fill(template: str, values: Mapping[str, Decimal]) -> str | None:
    """The template with every {expression} replaced by its sum; None where a sum is unknown."""
    sums = {e: reckon(e, values) for e in _PLACEHOLDER.findall(template)}
    if any(value is None for value in sums.values()):
        return None
    return _PLACEHOLDER.sub(lambda m: money(sums[m[1]]), template)  # type: ignore[arg-type]


def numbers_of(template: str) -> str:
    """The template with only the numbers that its author wrote: `{fee*5}` -> ` 5 `, `{30000+costs}` -> ` 30000元 `."""

    def bare(match: re.Match[str]) -> str:
        pieces = [p for term in match[1].split("+") for p in [term.split("*")]]
        return " ".join([f"{p[0]}元" for p in pieces if p[0].strip().isdigit()] + [f"{p[1]}倍" for p in pieces if len(p) > 1])

    return _PLACEHOLDER.sub(lambda m: f" {bare(m)} ", template)
