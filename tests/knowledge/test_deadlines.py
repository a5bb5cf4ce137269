"""Every period of the four statutes, counted by hand, and the dates that people say."""

from __future__ import annotations

import datetime

import pytest

from knowledge.dates import completed, find_dates
from knowledge.deadlines import rules
from knowledge.periods import Period, add, is_working_day, next_working_day

RULES = {rule.id: rule for rule in rules()}
TODAY = datetime.date(2026, 11, 30)  # a Monday

# rule, the day it counts from, the day it ends: read off the provision, not off the program
COUNTED = [
    ("patent-term-invention", "2012-08-09", "2032-08-09"),  # 专利法第四十二条第一款：二十年
    ("patent-term-utility", "2016-02-29", "2026-02-28"),  # 十年；那一年二月没有二十九日
    ("patent-term-design", "2021-06-01", "2036-06-01"),  # 十五年
    ("patent-publication", "2022-11-30", "2024-05-30"),  # 第三十四条：满十八个月
    ("patent-examination-request", "2022-05-20", "2025-05-20"),  # 第三十五条第一款：三年内
    ("patent-grace", "2026-08-31", "2027-02-28"),  # 第二十四条：六个月内
    ("patent-priority-foreign", "2025-01-31", "2026-01-31"),  # 第二十九条第一款：十二个月内
    ("patent-priority-design-foreign", "2025-12-31", "2026-06-30"),  # 第二十九条第一款：六个月内
    ("patent-priority-domestic", "2024-02-29", "2025-02-28"),  # 第二十九条第二款：十二个月内
    ("patent-priority-copy", "2025-01-15", "2026-05-15"),  # 第三十条第一款：十六个月内
    ("patent-reexamination", "2025-11-30", "2026-02-28"),  # 第四十一条第一款：三个月内
    ("patent-reexamination-suit", "2025-03-10", "2025-06-10"),  # 第四十一条第二款：三个月内
    ("patent-invalidation-suit", "2025-08-20", "2025-11-20"),  # 第四十六条第二款：三个月内
    ("patent-compulsory-suit", "2025-12-31", "2026-03-31"),  # 第六十三条：三个月内
    ("patent-compulsory-grant", "2023-07-04", "2026-07-04"),  # 第五十三条第一项：授权满三年
    ("patent-infringement-order", "2026-02-20", "2026-03-07"),  # 第六十五条：十五日内
    ("patent-limitation", "2021-09-07", "2024-09-07"),  # 第七十四条第一款：三年
    ("patent-limitation-fee", "2021-09-07", "2024-09-07"),  # 第七十四条第二款：三年
    ("copyright-natural-person", "1975-06-01", "2025-12-31"),  # 著作权法第二十三条第一款：第五十年的12月31日
    ("copyright-joint", "1990-01-01", "2040-12-31"),
    ("copyright-entity", "2001-05-01", "2051-12-31"),  # 第二十三条第二款
    ("copyright-entity-unpublished", "1980-05-06", "2030-05-06"),  # 第二十三条第二款：五十年内未发表
    ("copyright-audiovisual", "1999-12-31", "2049-12-31"),  # 第二十三条第三款
    ("copyright-performer", "2010-10-01", "2060-12-31"),  # 第四十一条第二款
    ("copyright-recording", "1998-03-08", "2048-12-31"),  # 第四十四条第一款
    ("copyright-broadcast", "2005-09-09", "2055-12-31"),  # 第四十七条第三款
    ("copyright-layout", "2017-07-01", "2027-12-31"),  # 第三十七条第二款：第十年的12月31日
    ("copyright-newspaper", "2026-11-20", "2026-12-05"),  # 第三十五条第一款：十五日
    ("copyright-periodical", "2026-11-01", "2026-12-01"),  # 第三十五条第一款：三十日
    ("copyright-service-work", "2024-09-15", "2026-09-15"),  # 第十八条第一款：两年内
    ("gi-objection", "2025-07-31", "2025-09-30"),  # 办法第十五条第一款：2个月内
    ("gi-reply", "2025-10-31", "2026-02-28"),  # 第十三条第一款：4个月内
    ("gi-provincial", "2025-11-30", "2026-02-28"),  # 第十二条第一款：3个月内
    ("gi-cancel-suit", "2025-08-31", "2026-02-28"),  # 第二十九条第三款：6个月内
    ("gi-change-objection", "2025-12-31", "2026-02-28"),  # 第二十六条第二项：2个月；那一年二月没有三十一日
    ("mark-member", "2026-01-31", "2026-04-30"),  # 规定第十三条第一款：3个月内
    ("mark-filing", "2026-05-08", "2026-08-08"),  # 第十三条第二款：3个月内
]


@pytest.mark.parametrize(("rule", "start", "end"), COUNTED)
def test_a_period_ends_on_the_day_that_was_counted_by_hand(rule: str, start: str, end: str) -> None:
    assert RULES[rule].end(datetime.date.fromisoformat(start)).isoformat() == end


def test_every_rule_is_counted_by_hand() -> None:
    assert {rule for rule, _, _ in COUNTED} == set(RULES)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period(months=1), "2026-01-31", "2026-02-28"),
        (Period(months=1), "2024-01-31", "2024-02-29"),
        (Period(months=1), "2026-02-28", "2026-03-28"),  # the same day, not the month's end
        (Period(years=1), "2024-02-29", "2025-02-28"),
        (Period(days=15), "2026-12-25", "2027-01-09"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(period: Period, start: str, end: str) -> None:
    assert add(datetime.date.fromisoformat(start), period).isoformat() == end


@pytest.mark.parametrize(
    ("day", "working", "first"),
    [
        ("2026-10-03", False, "2026-10-08"),  # 国庆节
        ("2026-05-09", True, "2026-05-09"),  # 调休上班的周六
        ("2026-11-28", False, "2026-11-30"),  # 普通周末
        ("2090-06-03", False, "2090-06-05"),  # a Saturday of a year whose calendar is not published
        ("2090-06-05", None, "2090-06-05"),
    ],
)
def test_working_days_follow_the_published_calendar(day: str, working: bool | None, first: str) -> None:
    date = datetime.date.fromisoformat(day)
    assert is_working_day(date) is working
    assert next_working_day(date).isoformat() == first


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2024/3/5", "2024-03-05"),
        ("2024-03-05", "2024-03-05"),
        ("2024.3.5", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("2024年3月5号", "2024-03-05"),
        ("二〇二四年三月五日", "2024-03-05"),
        ("二零二四年十二月三十一号", "2024-12-31"),
        ("去年三月五号", "2025-03-05"),
        ("前年12月1日", "2024-12-01"),
        ("今年10月31号", "2026-10-31"),
        ("3月5日", "2026-03-05"),
        ("昨天", "2026-11-29"),
        ("大前天", "2026-11-27"),
        ("下周一", "2026-12-07"),
        ("上周三", "2026-11-25"),
        ("这周五", "2026-12-04"),
        ("上个月15号", "2026-10-15"),
    ],
)
def test_dates_in_ordinary_words(said: str, day: str) -> None:
    (found,) = find_dates(f"我{said}收到的", TODAY)
    assert found.day is not None, found.problem
    assert found.day.isoformat() == day


@pytest.mark.parametrize(("said", "why"), [("2月30号", "不存在"), ("2023年2月29日", "不存在"), ("2024年3月", "没有说是哪一天"), ("上个月", "没有说")])
def test_what_is_no_day_is_asked_about_and_not_guessed(said: str, why: str) -> None:
    (found,) = find_dates(f"我{said}收到的", TODAY)
    assert found.day is None
    assert why in found.problem


@pytest.mark.parametrize(
    ("begun", "said", "whole"),
    [
        ("2024年3月", "8号", "2024年3月8日"),
        ("2024年3月", "是3月8号收到的", "是2024年3月8日收到的"),
        ("去年3月", "八号", "去年3月八日"),
        ("2023年", "5月6日", "2023年5月6日"),
        ("2023年", "6日", "6日"),
        ("2024年3月", "2025年1月8号", "2025年1月8号"),
        ("2024年3月", "不记得了", "不记得了"),
        ("", "8号", "8号"),
    ],
)
def test_a_date_that_was_begun_is_completed(begun: str, said: str, whole: str) -> None:
    assert completed(begun, said) == whole


@pytest.mark.parametrize("said", ["第3条", "三年两个月", "12个月内", "3.5万元", "第24条第1款"])
def test_what_is_no_date_is_not_taken_for_one(said: str) -> None:
    assert find_dates(said, TODAY) == []
