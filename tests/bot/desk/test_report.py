"""`python -m bot report`: the weekly report as one page that needs nothing else and names nobody."""

from __future__ import annotations

import datetime
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.desk.asked import Asked, Rated
from bot.desk.review.decisions import Places
from bot.desk.weekly import Week, weekly
from tests.bot.desk.conftest import Run
from tests.bot.desk.past import Past

LAST = datetime.date(2026, 11, 30)
VOID = {"meta", "rect", "line", "br"}


def asked(text: str, kind: str = "answer", ago: int = 0, **more: object) -> Asked:
    known = {"topic": None, "reason": None, "confidence": 0.9, "exact": False, "act": None, "candidates": (), "begins": True, **more}
    return Asked(LAST - datetime.timedelta(days=ago), text, kind, **known)  # type: ignore[arg-type]


class Wellformed(HTMLParser):
    """Every element that is opened is closed; nothing is fetched or run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "img", "iframe")
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def check_page(html: str) -> str:
    """The page's text, after looking at its form."""
    parser = Wellformed()
    parser.feed(html)
    parser.close()
    assert (parser.open, parser.fetched) == ([], [])
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.S).split())


def week(*now: Asked, rated: tuple[Rated, ...] = (), before: tuple[Asked, ...] = ()) -> Week:
    return Week(LAST - datetime.timedelta(days=6), LAST, now, rated, before)


def test_the_report_of_real_conversations_is_one_page_that_names_nobody(past: Past, places: Places, run: Run, tmp_path: Path) -> None:
    past.talked("wecom-zhangsan", "专利年费从哪年开始交？", "专利法第五十条", days_ago=1)
    past.talked("wecom-lisi", "专利年费从哪年开始交？", days_ago=2)
    past.talked("wecom-lisi2", "离婚财产怎么分", days_ago=3)
    past.rated("专利年费怎么交，我电话13800138000", "down", "not_enough", "没有写金额", "patent-annual-fee-start")
    code, out, _ = run("report", "--out", tmp_path / "report.html")
    assert code == 0
    assert "4 句问话" in out
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    text = check_page(html)
    for words in ("对话 3", "问话 4", "直接答出 75%", "标了没用 1", "不是知识产权问题", "年费从什么时候开始交", "不够具体", "没有写金额", "等待复核"):
        assert words in text
    assert html.count("<svg") >= 4
    assert not re.search("zhangsan|lisi|13800138000", html)


def test_refusals_are_counted_by_reason() -> None:
    now = [asked("a", "refuse", reason="not_held"), asked("b", "refuse", reason="not_held"), asked("c", "refuse", reason="unclear")]
    text = check_page(weekly(week(*now), {}))
    assert "共 3 次。" in text
    assert re.search("属于知识产权，但本库没有收录 2 没有认出来 1", text)


def test_a_question_asked_more_often_than_before_is_rising_in_whatever_words() -> None:
    now = [asked("专利权质押怎么登记"), asked("专利权质押要怎么登记？"), asked("专利权质押怎么登记"), asked("年费怎么交")]
    text = check_page(weekly(week(*now, before=(asked("专利权质押怎么登记", ago=9), asked("年费怎么交", ago=9))), {}))
    rising = text.partition("上升的问题")[2].partition("标了没用的回答")[0]
    assert "专利权质押怎么登记 3 1" in rising
    assert "年费" not in rising


def test_a_week_without_a_word_is_reported_as_such() -> None:
    text = check_page(weekly(week(), {}))
    assert "问话 0" in text
    assert text.count("没有。") >= 4


def test_what_people_wrote_is_shown_as_text() -> None:
    html = weekly(week(asked("<script>alert(1)</script>", "related")), {})
    check_page(html)
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(("argv", "code"), [(["--until", "昨天"], 2), (["--days", "0"], 2)])
def test_wrong_usage_has_exit_code_2(past: Past, run: Run, argv: list[str], code: int) -> None:
    assert run("report", *argv)[0] == code
