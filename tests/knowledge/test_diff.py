"""Comparing two texts article by article."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.diff import compare, word_diff
from knowledge.intake import read_statute
from knowledge.statute import parse_statute
from knowledge.structure import Node

STATUTES = Path(os.environ.get("KNOWLEDGE_STATUTES", Path(__file__).parents[3] / "shared" / "statutes"))
needs_statutes = pytest.mark.skipif(not STATUTES.is_dir(), reason="the collected statutes are not on this machine")
TEXTS = [
    "为了规范样品的登记，保护申请人的合法权益，制定本法。",
    "登记机关应当妥善保管样品，不得擅自使用。",
    "申请登记，应当提交申请书和两件相同的样品。",
    "登记机关应当在三十日以内审查完毕并且发给证书。",
    "毁损样品的，应当依法赔偿并且承担行政责任。",
    "本法自2001年7月1日起施行。",
]


def law(texts: list[str], chapter: str = "总则") -> Node:
    lines = ["样品登记法", f"第一章 {chapter}", *(f"第{n}条 {text}" for n, text in enumerate(texts, 1))]
    return parse_statute("x", "\n".join(lines))


def changes(old: list[str], new: list[str]) -> list[tuple[str, str | None, str | None]]:
    return [(c.kind, c.old and c.old.key, c.new and c.new.key) for c in compare(law(old), law(new)).changes]


def test_the_same_text_has_no_changes() -> None:
    result = compare(law(TEXTS), law(TEXTS))
    assert (result.same, result.unchanged) == (True, 6)


def test_white_space_does_not_count() -> None:
    assert compare(law(TEXTS), law([text.replace("，", "， ") for text in TEXTS])).same


def test_a_changed_article_is_changed_and_nothing_else() -> None:
    assert changes(TEXTS, [*TEXTS[:2], TEXTS[2].replace("两件", "三件"), *TEXTS[3:]]) == [("changed", "3", "3")]


def test_an_inserted_article_is_added_and_the_following_are_renumbered() -> None:
    new = [*TEXTS[:2], "保管费的标准由国务院价格主管部门规定。", *TEXTS[2:]]
    assert changes(TEXTS, new) == [
        ("added", None, "3"),
        ("renumbered", "3", "4"),
        ("renumbered", "4", "5"),
        ("renumbered", "5", "6"),
        ("renumbered", "6", "7"),
    ]


def test_a_removed_article_stands_at_its_old_place() -> None:
    assert changes(TEXTS, TEXTS[:3] + TEXTS[4:]) == [("removed", "4", None), ("renumbered", "5", "4"), ("renumbered", "6", "5")]


def test_a_moved_article_is_found_elsewhere() -> None:
    new = [TEXTS[0], *TEXTS[2:5], TEXTS[1], TEXTS[5]]
    assert ("moved", "2", "5") in changes(TEXTS, new)
    assert {kind for kind, _, _ in changes(TEXTS, new)} == {"moved", "renumbered"}


def test_an_article_that_says_something_else_under_its_number_is_removed_and_added() -> None:
    new = [*TEXTS[:4], "国家鼓励社会力量参与保护工作。", TEXTS[5]]
    assert sorted(changes(TEXTS, new)) == sorted([("removed", "5", None), ("added", None, "5")])


def test_a_heading_is_compared_too() -> None:
    (change,) = compare(law(TEXTS), law(TEXTS, "一般规定")).changes
    assert (change.kind, change.old.text, change.new.text) == ("changed", "第一章 总则", "第一章 一般规定")


def test_words_are_compared_not_letters() -> None:
    assert word_diff("提交两件相同的样品", "提交三件相同的样品，并交费") == [
        ("=", "提交"),
        ("-", "两件"),
        ("+", "三件"),
        ("=", "相同的样品"),
        ("+", "，并交费"),
    ]


@given(st.text("甲乙丙，。", max_size=20), st.text("甲乙丙，。", max_size=20))
def test_the_pieces_of_a_word_diff_give_both_texts_back(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert "".join(words for sign, words in pieces if sign in "=-") == old
    assert "".join(words for sign, words in pieces if sign in "=+") == new


@given(st.lists(st.sampled_from(TEXTS), unique=True), st.lists(st.sampled_from(TEXTS), unique=True))
def test_every_article_is_accounted_for_once(old: list[str], new: list[str]) -> None:
    result = compare(law(old), law(new))
    assert result.same == (old == new)
    matched = result.unchanged + sum(c.old is not None and c.new is not None for c in result.changes)
    assert matched + sum(c.new is None for c in result.changes) == len(old)
    assert matched + sum(c.old is None for c in result.changes) == len(new)


@needs_statutes
def test_the_amendment_of_the_patent_law_in_2020_is_told_as_it_was() -> None:
    old, new = (read_statute(next(STATUTES.glob(f"中华人民共和国专利法_{year}*"))).tree for year in ("2008", "2020"))
    result = compare(old, new)
    found = {(c.kind, c.old and c.old.label, c.new and c.new.label) for c in result.changes}
    assert {("added", None, "第二十条"), ("added", None, "第五十条"), ("moved", "第十四条", "第四十九条"), ("removed", "第七十二条", None)} <= found
    assert ("renumbered", "第四十八条", "第五十三条") in found
    assert (result.count("added"), result.count("removed"), result.count("moved")) == (7, 1, 1)
