"""Sums of money in what people say and in the expressions of the guided checks."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.amounts import fill, find_amounts, money, names_in, numbers_of, reckon


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("20万", ["200000"]),
        ("许可费3.5万，另外花了两千块", ["35000", "2000"]),
        ("五万元", ["50000"]),
        ("一百二十万", ["1200000"]),
        ("一点五亿", ["150000000"]),
        ("1,200,000元", ["1200000"]),
        ("５w左右", ["50000"]),
        ("3千万", ["30000000"]),
        ("八千八", ["8800"]),
        ("10万到20万", ["100000", "200000"]),
        ("0", ["0"]),
    ],
)
def test_sums_are_read_as_people_write_them(text: str, sums: list[str]) -> None:
    assert [str(amount) for amount in find_amounts(text)] == sums


@pytest.mark.parametrize(
    "text",
    [
        "十几万",
        "几十万",
        "两三万",
        "五万多",
        "20多万",
        "上百万",
        "好几百万",
        "3个月",
        "第2个",
        "第3",
        "一个",
        "2020年",
        "卖了200件",
        "专利法第五十条",
        "20%",
        "三倍",
        "没有",
        "2万3",
        "1" * 200,
        "1" * 40 + "万元",
        "",
    ],
)
def test_what_states_no_exact_sum_is_left_out(text: str) -> None:
    assert find_amounts(text) == []


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("500", "500元"),
        ("200000", "20万元"),
        ("35000", "3.5万元"),
        ("5000000", "500万元"),
        ("120000000", "1.2亿元"),
        ("12345.6", "12345.6元"),
        ("10000", "1万元"),
    ],
)
def test_sums_are_written_as_people_read_them(amount: str, written: str) -> None:
    assert money(Decimal(amount)) == written


@given(st.integers(min_value=1, max_value=10**13))
def test_a_written_sum_is_read_back(value: int) -> None:
    assert find_amounts(money(Decimal(value))) == [Decimal(value)]


VALUES = {"gain": Decimal(300000), "costs": Decimal(20000)}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("gain", 300000),
        ("gain*5", 1500000),
        ("loss|gain", 300000),
        ("loss|gain*5+costs", 1520000),
        ("30000+costs", 50000),
        ("30000", 30000),
        ("loss", None),
        ("gain+loss", None),
    ],
)
def test_expressions_are_sums_of_products(expression: str, value: int | None) -> None:
    assert reckon(expression, VALUES) == (None if value is None else Decimal(value))


@pytest.mark.parametrize("expression", ["gain-costs", "__import__('os')", "gain**2", "5*gain", "", "gain*x"])
def test_other_expressions_are_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="算式"):
        reckon(expression, VALUES)


def test_a_template_is_filled_only_when_every_sum_is_known() -> None:
    assert fill("上限：{gain} × 5 = {gain*5}", VALUES) == "上限：30万元 × 5 = 150万元"
    assert fill("实际损失：{loss}", VALUES) is None
    assert fill("没有算式", {}) == "没有算式"


def test_the_names_and_the_authors_own_numbers_of_a_template() -> None:
    assert names_in("{loss|gain*5+costs} {30000}") == [["loss", "gain"], ["costs"]]
    assert numbers_of("{gain*5}和{30000+costs}").split() == ["5倍", "和", "30000元"]
