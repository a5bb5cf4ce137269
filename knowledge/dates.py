"""Dates as people say them: 2024/3/5, 二〇二四年三月五日, 去年三月五号, 下周一.

A date that does not exist or is not given to the day is reported as such, never guessed.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from knowledge.numerals import NUMERAL, to_int

_N = NUMERAL
_NUMERIC = re.compile(r"(?<!\d)(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_FULL = re.compile(rf"({_N}|今|去|前|大前|明|后|当|本)年\s*({_N})月(?:份)?\s*(?:({_N})[日号]?)?")
_REST = re.compile(rf"(?:({_N})月(?:份)?)?({_N})[日号]")
_MONTH_DAY = re.compile(rf"(?<![年\d])({_N})月\s*({_N})[日号]")
_YEAR = re.compile(r"(?<!第)(\d{4}|[〇零一二三四五六七八九]{4})年|((?:今|去|前|大前|明)年)")
_MONTHS_AGO = re.compile(rf"(上上|上|这|本|下)个?月\s*(?:({_N})[日号])?")
_WEEK = re.compile(r"(上上|上|这|本|下下|下)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_DAY = re.compile(r"(大前天|前天|昨天|今天|明天|后天|大后天)")
_YEARS = {"今": 0, "本": 0, "当": 0, "去": -1, "前": -2, "大前": -3, "明": 1, "后": 2}
_STEPS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2, None: 0, "": 0}
_DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2, "大后天": 3}


@dataclass(frozen=True)
class Said:
    """A date that somebody said. `day` is None when it is not given to the day or does not exist; `problem` says which, in Chinese."""

    written: str
    day: datetime.date | None
    problem: str = ""
    start: int = 0


def find_dates(text: str, today: datetime.date | None = None) -> list[Said]:
    """Every date in normalised text, in order. `today` is the day that 去年 and 下周一 count from."""
    now = today or datetime.date.today()
    found: list[Said] = []
    taken: list[tuple[int, int]] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            said = read(match, now)
            if said is not None:
                taken.append(match.span())
                found.append(said)
    return sorted(found, key=lambda s: s.start)


def _made(match: re.Match[str], year: int, month: int, day: int) -> Said:
    try:
        return Said(match[0], datetime.date(year, month, day), "", match.start())
    except ValueError:
        return Said(match[0], None, f"“{match[0]}”这一天不存在", match.start())


def _numeric(match: re.Match[str], now: datetime.date) -> Said:
    return _made(match, int(match[1]), int(match[2]), int(match[3]))


def _full(match: re.Match[str], now: datetime.date) -> Said | None:
    year = now.year + _YEARS[match[1]] if match[1] in _YEARS else to_int(match[1])
    if match[1] not in _YEARS and year < 100:
        return None  # 三年二月: a length of time
    if match[3] is None:
        return Said(match[0], None, f"“{match[0]}”没有说是哪一天", match.start())
    return _made(match, year, to_int(match[2]), to_int(match[3]))


def _month_day(match: re.Match[str], now: datetime.date) -> Said:
    return _made(match, now.year, to_int(match[1]), to_int(match[2]))


def _year(match: re.Match[str], now: datetime.date) -> Said:
    return Said(match[0], None, f"“{match[0]}”没有说是哪一天", match.start())


def _month(match: re.Match[str], now: datetime.date) -> Said:
    if match[2] is None:
        return Said(match[0], None, f"“{match[0]}”没有说是哪一天", match.start())
    months = now.year * 12 + now.month - 1 + _STEPS[match[1]]
    return _made(match, months // 12, months % 12 + 1, to_int(match[2]))


def _week(match: re.Match[str], now: datetime.date) -> Said:
    monday = now - datetime.timedelta(days=now.weekday())
    day = monday + datetime.timedelta(weeks=_STEPS[match[1]], days="一二三四五六日".index(match[2].replace("天", "日")))
    return Said(match[0], day, "", match.start())


def _day(match: re.Match[str], now: datetime.date) -> Said:
    return Said(match[0], now + datetime.timedelta(days=_DAYS[match[1]]), "", match.start())


_READERS = (
    (_NUMERIC, _numeric),
    (_COMPACT, _numeric),
    (_FULL, _full),
    (_MONTHS_AGO, _month),
    (_MONTH_DAY, _month_day),
    (_WEEK, _week),
    (_DAY, _day),
    (_YEAR, _year),
)


def completed(begun: str, text: str) -> str:
    """8号 or 3月8号, said when 2024年3月 was not enough: the text with that date in full; unchanged where it says no such part or a year of its own.

    begun: what was said of the date before (`Said.written`).
    """
    before, rest = _FULL.match(begun) or _YEAR.match(begun), _REST.search(text)
    if before is None or rest is None or _YEAR.search(text) or _NUMERIC.search(text):
        return text
    month = rest[1] or (before[2] if before.re is _FULL else None)
    year = begun.partition("年")[0]
    return f"{text[: rest.start()]}{year}年{month}月{rest[2]}日{text[rest.end() :]}" if month else text


def chinese(day: datetime.date) -> str:
    """2024年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"
