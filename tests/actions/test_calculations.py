"""A date that is said gets a date back, with the working; what cannot be reckoned gets a question."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from actions.calculations import reckon
from knowledge.deadlines import rules
from knowledge.library import Library
from tests.actions.form_harness import Conversation

Talk = Callable[[], Conversation]
TODAY = datetime.date(2026, 11, 30)
RULES = {rule.id: rule for rule in rules()}


def notes_of(library: Library, rule: str, start: str) -> str:
    answer = reckon(library, RULES[rule], datetime.date.fromisoformat(start), RULES[rule].topics[0], TODAY)
    return "\n".join(dict(answer.sections)["注意"])


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_working_names_the_passage_the_start_and_the_sum(library: Library, rule: str) -> None:
    answer = reckon(library, RULES[rule], datetime.date(2019, 3, 5), RULES[rule].topics[0], TODAY)
    working = dict(answer.sections)["计算过程"]
    assert RULES[rule].quote in working[0]
    assert "2019年3月5日" in working[1]
    end = RULES[rule].end(datetime.date(2019, 3, 5))
    assert f"{end.year}年{end.month}月{end.day}日" in working[2]
    assert answer.citations[0]["id"] == RULES[rule].at


def test_a_last_day_on_a_holiday_shows_both_days_and_the_law_that_is_not_held(library: Library) -> None:
    notes = notes_of(library, "patent-reexamination", "2026-07-03")
    assert "2026年10月3日是休息日，其后第一个工作日是2026年10月8日" in notes
    assert "民法典》第二百零三条" in notes and "没有收录" in notes


def test_a_last_day_in_a_year_without_published_holidays_is_not_called_a_working_day(library: Library) -> None:
    assert "放假安排还没有公布" in notes_of(library, "patent-examination-request", "2087-06-03")  # a Saturday, then an unpublished Monday
    assert "放假安排还没有公布" in notes_of(library, "patent-examination-request", "2087-06-05")


def test_a_working_day_needs_no_word_about_holidays(library: Library) -> None:
    assert "民法典" not in notes_of(library, "gi-objection", "2026-10-30")


def test_what_is_over_is_said_to_be_over(library: Library) -> None:
    assert "已经过去" in notes_of(library, "gi-objection", "2023-06-10")
    assert "已经届满" in notes_of(library, "patent-term-utility", "2010-03-05")


@pytest.mark.parametrize(
    ("topic", "said", "kind", "words"),
    [
        ("patent-term-invention", "发明是2012年8月9日递上去的，哪天失效", "answer", "2032年8月9日"),
        ("copyright-term-natural-person", "作者1975年去世，保护到哪年", "answer", "2025年12月31日"),  # a year is enough where the year's end counts
        ("patent-reexamination-request", "2月30号收到的驳回，最晚哪天", "question", "不存在"),
        ("patent-reexamination-request", "2024年3月收到的驳回，最晚哪天", "question", "没有说是哪一天"),
        ("patent-reexamination-request", "2099年3月5日收到的驳回，最晚哪天", "question", "还没有到"),
    ],
)
def test_what_is_said_is_reckoned_or_asked_about(talk: Talk, topic: str, said: str, kind: str, words: str) -> None:
    payload = talk().say(said, topic=topic)
    assert payload["kind"] == kind
    assert words in payload["summary"]


@pytest.mark.parametrize("reply", ["8号", "3月8号", "2024年3月8日", "2024/3/8吧", "三月八日收到的"])
def test_the_day_that_was_asked_for_completes_the_date_that_was_begun(talk: Talk, reply: str) -> None:
    conversation = talk()
    assert conversation.say("2024年3月收到的驳回，最晚哪天", topic="patent-reexamination-request")["kind"] == "question"
    assert "2024年6月8日" in conversation.say(reply)["summary"]
