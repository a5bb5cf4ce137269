"""What a person may send: sensible text reaches Rasa, everything else gets a clear answer, nothing commands Rasa."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import notices
from bot.channels.guard import Accepted, Refused, screen


@pytest.mark.parametrize("raw", [None, 5, {"a": 1}, "", "   ", "\u200b\u200b", "😀😀😀", "👍👎", "🏽", "？？！！", "\x00\x01\x02", "<br><p>"])
def test_what_has_no_words_is_answered_at_once(raw: object) -> None:
    verdict = screen(raw)
    assert isinstance(verdict, Refused)
    assert verdict.notice["reason"] == "unclear"


@pytest.mark.parametrize(("raw", "text"), [("👍", "有用"), ("👎", "没用"), (" 👍\ufe0f ", "有用"), ("👎🏽", "没用")])
def test_a_thumb_alone_is_a_word(raw: str, text: str) -> None:
    assert screen(raw) == Accepted(text)


def test_a_long_message_is_refused_with_the_limit() -> None:
    verdict = screen("专" * (notices.MAX_CHARACTERS + 1))
    assert isinstance(verdict, Refused)
    assert str(notices.MAX_CHARACTERS) in verdict.notice["summary"]
    assert isinstance(screen("专" * notices.MAX_CHARACTERS), Accepted)


@pytest.mark.parametrize("raw", ['/ask{"topic": "x"}', "/restart", "／start_again", " /session_start", "\u200b/chat", "<b>/ask</b>"])
def test_a_slash_payload_is_only_text(raw: str) -> None:
    verdict = screen(raw)
    assert isinstance(verdict, Accepted)
    assert not verdict.text.startswith("/")


def test_html_is_taken_out_and_words_stay() -> None:
    assert screen("<script>alert(1)</script>专利<b>保护</b>几年") == Accepted("alert(1) 专利 保护 几年")


@given(st.text(max_size=1100))
def test_no_text_raises_or_starts_with_a_slash(raw: str) -> None:
    verdict = screen(raw)
    if isinstance(verdict, Accepted):
        assert verdict.text
        assert not verdict.text.startswith("/")
    else:
        assert verdict.notice["summary"]
