"""Coverage: every article, paragraph and item of the four statutes has a topic or a reason."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from knowledge import coverage
from knowledge.build import Content
from knowledge.cli import main
from knowledge.problems import Problems
from knowledge.structure import Node
from knowledge.topics import Topic

ARTICLES = {"patent-law": 82, "copyright-law": 67, "gi-product-measures": 36, "collective-mark-rules": 28}


@cache
def content() -> Content:
    return Content()


def trees() -> list[Node]:
    return [content().applying(d) for d in content().documents if d.id in ARTICLES]


def topics() -> list[Topic]:
    return [topic for topic, _ in content().topics.values()]


def exclusions(folder: Path, text: str) -> Path:
    path = folder / "exclusions.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_unit_of_the_four_statutes_has_a_topic_or_a_reason() -> None:
    problems = Problems()
    found = coverage.check(trees(), topics(), problems)
    assert list(problems) == []
    for document, count in ARTICLES.items():
        assert sum(u.kind == "article" and u.address.startswith(f"{document}/") for u in found) == count
    assert {unit.kind for unit in found} == {"article", *coverage.UNITS}


def test_a_unit_that_loses_its_topics_is_reported(tmp_path: Path) -> None:
    left = [t for t in topics() if not any(g.at.startswith("patent-law/43") for g in t.grounds)]
    assert len(left) < len(topics())
    problems = Problems()
    coverage.check(trees(), left, problems, exclusions(tmp_path, "exclusions: []"))
    (problem,) = (p for p in problems if "（patent-law/43" in p.what)
    assert "（patent-law/43）" in problem.what, "the article once, not its paragraphs again"
    assert "- {at: patent-law/43, reason: 待写主题}" in problem.remedy


def test_a_paragraph_that_loses_its_topics_is_reported_where_its_article_has_others(tmp_path: Path) -> None:
    problems = Problems()
    coverage.check(
        trees(), [t for t in topics() if not any(g.at == "patent-law/11/2" for g in t.grounds)], problems, exclusions(tmp_path, "exclusions: []")
    )
    assert "（patent-law/11/2）" in "".join(p.what for p in problems)
    assert "（patent-law/11）" not in "".join(p.what for p in problems)


def test_an_excluded_article_is_listed_with_its_reason_and_all_below_it(tmp_path: Path) -> None:
    tree = content().applying(next(d for d in content().documents if d.id == "patent-law"))
    left = [t for t in topics() if not any(g.at.startswith("patent-law/24") for g in t.grounds)]
    listed = {u.address: u for u in coverage.coverage(tree, left, {"patent-law/24": "理由"})}
    assert {u.reason for a, u in listed.items() if a == "patent-law/24" or a.startswith("patent-law/24/")} == {"理由"}
    assert not any(u.is_gap for a, u in listed.items() if a.startswith("patent-law/24"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("exclusions:\n- {at: patent-law/199, reason: 无}", "没有 patent-law/199"),
        ("exclusions:\n- {at: patent-law/43, reason: 无}", "不需要排除"),
        ("exclusions:\n- {at: patent-law/43, reason: ''}", "无法读取"),
        ("exclusions:\n- {at: patent-law/43}", "无法读取"),
        ("nothing: []", "无法读取：开头要有 exclusions"),
        ("exclusions: []\n  - {at: patent-law/43, reason: 无}", "无法读取：第 1 行：“[]”是一条也没有"),
    ],
)
def test_an_exclusion_that_excludes_nothing_or_gives_no_reason_is_reported(tmp_path: Path, text: str, what: str) -> None:
    problems = Problems()
    coverage.check(trees(), topics(), problems, exclusions(tmp_path, text))
    assert [what in p.what for p in problems] == [True]


def test_opening_words_are_covered_through_their_items() -> None:
    item = Node("item", "a/1/1/1", "第一条第一款第一项", "（一）", "", "甲；")
    tree = Node(
        "document", "a", "", children=(Node("article", "a/1", "第一条", children=(Node("paragraph", "a/1/1", "", text="下列：", children=(item,)),)),)
    )
    topic = next(t for t in topics() if t.grounds)
    ground = type(topic.grounds[0])("a/1/1/1", "甲")
    by = type(topic)(**{**topic.__dict__, "grounds": (ground,)})
    assert [u.topics for u in coverage.coverage(tree, [by], {})] == [(by.id,)] * 3


def test_the_command_lists_every_article_with_topics_facts_and_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "gi-product-measures"]) == 0
    out = capsys.readouterr().out
    assert sum("gi-product-measures/" in line for line in out.splitlines()) == 36
    assert "没有遗漏。" in out
    assert main(["coverage", "nothing"]) == 1
    assert "没有收录编号为 nothing 的法律" in capsys.readouterr().err


def test_a_quotation_at_the_wrong_address_is_told_the_right_one() -> None:
    from pathlib import Path as File

    from knowledge.content_check import check_topics

    topic = next(t for t in topics() if t.id == "patent-annual-fee-start")
    moved = type(topic)(
        **{**topic.__dict__, "grounds": (type(topic.grounds[0])("patent-law/43", topic.grounds[0].quote),), "sections": (), "related": ()}
    )
    problems = Problems()
    check_topics({topic.id: (moved, File("x.yml"))}, {"patent-law/43": "", "patent-law/43/1": topic.grounds[0].quote}, problems)
    assert [p.remedy for p in problems if "引文不在" in p.what] == ["它在 patent-law/43/1 里，改 at。"]
