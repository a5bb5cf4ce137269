"""Numerals, normalisation, document names and quantities."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.names import NameFinder
from knowledge.normalise import clean, mend_homophones, normalise, simplify
from knowledge.numerals import to_chinese, to_int
from knowledge.quantities import quantities, unsupported


@given(st.integers(min_value=0, max_value=9999))
def test_numerals_are_read_back(value: int) -> None:
    assert to_int(to_chinese(value)) == value


@pytest.mark.parametrize("text", ["", "专利", "一二条", "1.5"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        to_int(text)


def test_width_control_and_direction_characters_are_folded() -> None:
    assert clean("专\u200b利\u202e法　５０　条\x07\n！") == "专利法 50 条 !"


def test_traditional_characters_become_simplified() -> None:
    assert simplify("著作權可以轉讓嗎") == "著作权可以转让吗"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("专力", "专利"), ("砖利", "专利"), ("著做权", "著作权"), ("地理标致", "地理标志"), ("侵圈", "侵权"), ("年废", "年费"), ("申情", "申请")],
)
def test_homophone_typos_are_mended(written: str, meant: str) -> None:
    assert mend_homophones(f"我的{written}呢") == f"我的{meant}呢"


@pytest.mark.parametrize("text", ["这件事情", "社区里的市里人", "清泉水", "专门利用"])
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert normalise(text) == text


FINDER = NameFinder(
    [
        ("patent-law", "中华人民共和国专利法", ("中华人民共和国专利法", "专利法")),
        ("copyright-law", "中华人民共和国著作权法", ("中华人民共和国著作权法", "著作权法", "版权法")),
    ]
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("专利法第五十条", ["patent-law"]),
        ("《中华人民共和国专利法》第五十条", ["patent-law"]),
        ("版权法第十条", ["copyright-law"]),
        ("专利法实施细则第十三条", [None]),
        ("著作权法实施条例", [None]),
        ("反不正当竞争法第九条", [None]),
        ("某某管理暂行办法第三条", [None]),
        ("专利法和著作权法的第二条", ["patent-law", "copyright-law"]),
        ("怎么离婚", []),
    ],
)
def test_a_name_close_to_a_held_law_is_not_taken_for_it(text: str, ids: list[str | None]) -> None:
    assert [named.id for named in FINDER.find(text)] == ids


def test_quantities_are_the_same_in_figures_and_in_words() -> None:
    assert quantities("五百万元以下") == quantities("500万元以下") == {(Decimal(5_000_000), "元")}
    assert quantities("自收到之日起三个月内") == {(Decimal(3), "月")}
    assert quantities("百分之二十") == {(Decimal(20), "%")}
    assert quantities("这一条的一般规定，同一发明") == set()


def test_a_number_that_no_passage_states_is_found() -> None:
    assert unsupported("要在6个月内提出", ["应当自公告之日起2个月内提出"]) == {(Decimal(6), "月")}
    assert not unsupported("要在两个月内提出", ["应当自公告之日起2个月内提出"])
