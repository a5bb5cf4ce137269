"""Counting days, months and years as Chinese law counts them.

The first day is not counted; a period of months or years ends on the same day of the last month, or on that month's
last day where it has no such day (民法典 第二百零一条、第二百零二条, which the library does not hold; the four statutes say only how long).
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass

import chinese_calendar

LAST_DAY_RULE = "期限的最后一日是法定休假日时能否顺延，由《中华人民共和国民法典》第二百零三条规定，本库没有收录；稳妥的做法是在此之前办完。"


@dataclass(frozen=True)
class Period:
    """A length of time; at most one unit is used by the statutes at a time."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        return f"{self.years}年" if self.years else f"{self.months}个月" if self.months else f"{self.days}日"


def add(start: datetime.date, period: Period) -> datetime.date:
    """The last day of a period that begins to run after `start`. Raises OverflowError beyond the calendar's years."""
    if period.days:
        return start + datetime.timedelta(days=period.days)
    months = start.year * 12 + start.month - 1 + period.years * 12 + period.months
    year, month = months // 12, months % 12 + 1
    if year > datetime.MAXYEAR:
        raise OverflowError(year)
    return datetime.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def year_end(start: datetime.date, period: Period) -> datetime.date:
    """31 December of the last year of a period of years (截止于……第五十年的12月31日)."""
    return datetime.date(start.year + period.years, 12, 31)


def is_working_day(day: datetime.date) -> bool | None:
    """Is it a working day by the published calendar, 调休 counted? None for years whose calendar is not published."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None if day.weekday() < 5 else False


def next_working_day(day: datetime.date) -> datetime.date:
    """The first working day on or after `day` (weekends alone where no calendar is published)."""
    while is_working_day(day) is False:
        day += datetime.timedelta(days=1)
    return day
