"""What is remembered between turns: the subject, earlier subjects, the document, the facts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.absent import shared
from tests.actions.form_harness import Conversation

Talk = Callable[[], Conversation]


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("policy-plan-indicator-high-value-patents", "重庆呢", "policy-cq-ind-high-value-patents"),
        ("policy-plan-indicator-high-value-patents", "重庆的十四五规划里怎么说", "policy-cq-ind-high-value-patents"),
        ("policy-cq-ind-high-value-patents", "那全国的呢？", "policy-plan-indicator-high-value-patents"),
        ("policy-plan-indicator-high-value-patents", "强国纲要呢", "policy-powerhouse-goals-2025"),
        ("patent-damages-punitive", "不对，我问的是著作权", "copyright-damages-punitive"),
    ],
)
def test_the_same_question_is_asked_of_another_document(talk: Talk, first: str, then: str, expected: str) -> None:
    conversation = talk()
    conversation.say("先问这个", topic=first)
    assert conversation.say(then)["topic"] == expected


def test_a_document_named_alone_at_the_start_shows_what_it_holds(talk: Talk) -> None:
    assert talk().say("强国纲要")["kind"] == "provision"


def test_one_can_go_back_to_an_earlier_subject(talk: Talk) -> None:
    conversation = talk()
    conversation.say("发明专利保护几年", topic="patent-term-invention")
    conversation.say("地理标志异议期多长", topic="gi-objection-period")
    assert conversation.say("说回前面保护期那个，实用新型是几年")["topic"] == "patent-term-utility"
    assert conversation.say("说回刚才的异议期")["topic"] == "gi-objection-period"


def test_one_can_go_back_to_the_text_of_an_earlier_subject(talk: Talk) -> None:
    conversation = talk()
    conversation.say("发明专利保护几年", topic="patent-term-invention")
    conversation.say("地理标志异议期多长", topic="gi-objection-period")
    payload = conversation.say("回到刚才发明保护几年那个，原文给我看看", topic="patent-term-invention")
    assert payload["kind"] == "provision"
    assert payload["citations"][0]["id"] == "patent-law/42"
    assert conversation.say("那实用新型呢")["topic"] == "patent-term-utility"


def test_a_day_belongs_to_the_period_of_the_same_article_or_of_an_earlier_subject(talk: Talk) -> None:
    conversation = talk()
    conversation.say("地理标志异议期多长", topic="gi-objection-period")
    conversation.say("什么样的异议不受理", topic="gi-objection-not-accepted")
    payload = conversation.say("2025年4月8日公告的")
    assert "2025年6月8日" in payload["summary"]
    assert payload["citations"][0]["id"] == "gi-product-measures/15/1"


def test_reading_the_text_and_thanking_keep_the_subject(talk: Talk) -> None:
    conversation = talk()
    conversation.say("发明专利保护几年", topic="patent-term-invention")
    conversation.say("原文给我看看")
    conversation.say("谢谢", topic="chat-thanks")
    assert conversation.say("那实用新型呢")["topic"] == "patent-term-utility"


def test_what_the_named_document_does_not_write_is_refused(talk: Talk) -> None:
    payload = talk().say("2021年工作指引里，商标续展首次审查压缩到几天", topic="policy-plan-examination-periods")
    assert (payload["kind"], payload["reason"]) == ("refuse", "not_held")
    assert "续展首次审查" in payload["summary"]
    held = talk().say("2021年工作指引里商标注册平均审查周期几个月", topic="policy-plan-examination-periods")
    assert held["kind"] == "answer"


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("商标续展首次审查几天", "商标变更和续展首次审查周期", {"续展首次审查"}),
        ("外观设计", "实用新型", set()),
        ("ABCD", "ABCD", set()),
        ("甲乙丙丁，戊己庚辛", "甲乙丙丁戊己庚辛", {"甲乙丙丁", "戊己庚辛"}),
    ],
)
def test_shared_words(one: str, other: str, found: set[str]) -> None:
    assert shared(one, other) == found
