"""The statutes' facts: proved by their passages, none of their numbers forgotten, stored beside the texts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from knowledge import fact_gaps, statute_facts
from knowledge.build import Content
from knowledge.deadlines import rules
from knowledge.library import Library
from knowledge.printed_numbers import measure, printed_numbers
from knowledge.problems import Problems
from knowledge.statute_facts import FOLDER, NEEDED, Fact, faults, load, read_fact

STATUTES = ("collective-mark-rules", "copyright-law", "gi-product-measures", "patent-law")
RULES = {rule.id: rule for rule in rules()}


@cache
def texts() -> dict[str, str]:
    own = Content().own_texts()
    return {address: text for document in STATUTES for address, text in own.of(document).items()}


@cache
def facts() -> dict[str, tuple[Fact, ...]]:
    return load(Problems())


def fact(**changes: object) -> Fact:
    data = {
        "kind": "amount",
        "at": "patent-law/71/2",
        "who": "侵权人",
        "what": "法定赔偿",
        "amount": "三万元以上五百万元以下",
        "quote": "确定给予三万元以上五百万元以下的赔偿",
    }
    return read_fact({name: value for name, value in {**data, **changes}.items() if value is not None}, RULES)


def test_every_fact_is_proved_and_every_number_accounted_for() -> None:
    problems = Problems()
    found = statute_facts.check(texts(), problems)
    numbers = fact_gaps.check(texts(), found, problems)
    assert list(problems) == []
    assert tuple(found) == STATUTES
    assert {kind for kinds in found.values() for kind in (f.kind for f in kinds)} == set(NEEDED)
    assert len(numbers) > 100


def test_no_article_with_a_number_and_a_unit_escapes_the_account() -> None:
    """A scan of its own: whatever looks like a quantity is a number in the account or inside a pattern of the exclusions."""
    looks = re.compile(r"[一二三四五六七八九十百千万两\d]+(?:年|个月|月|日|天|元|倍|%|小时)")
    accounted = {number.at for number in fact_gaps.account(texts(), facts(), fact_gaps.exclusions())}
    assert {address for address, text in texts().items() if looks.search(text)} <= accounted


@pytest.mark.parametrize(
    ("document", "id_"),
    [
        ("patent-law", "amount:patent-law/71/2"),
        ("patent-law", "deadline:patent-law/53/1/1:filing"),
        ("copyright-law", "term:copyright-law/23/2:publication"),
        ("gi-product-measures", "deadline:gi-product-measures/27/1/2"),
        ("collective-mark-rules", "deadline:collective-mark-rules/26/1"),
        ("gi-product-measures", "deadline:gi-product-measures/29/3:gi-cancel-suit"),
    ],
)
def test_a_number_without_its_fact_is_reported(document: str, id_: str) -> None:
    fewer = {**facts(), document: tuple(f for f in facts()[document] if f.id != id_)}
    assert len(fewer[document]) == len(facts()[document]) - 1
    problems = Problems()
    fact_gaps.check(texts(), fewer, problems)
    assert problems.found
    assert all(id_.split(":")[1] in problem.what for problem in problems)


def test_a_fact_whose_quote_holds_a_number_must_also_state_it() -> None:
    silent = {"patent-law": (fact(amount="以下", what="赔偿"),)}
    gaps = [n.number.words for n in fact_gaps.account({"patent-law/71/2": texts()["patent-law/71/2"]}, silent, fact_gaps.exclusions()) if n.is_gap]
    assert gaps == ["三万元", "五百万元"]


def test_an_exclusion_needs_a_reason_and_something_to_exclude(tmp_path: Path) -> None:
    path = tmp_path / "exclusions.yml"
    path.write_text("patterns: []\nplaces:\n- {at: patent-law/71/2, number: 三万元, reason: 多余}\n", encoding="utf-8")
    problems = Problems()
    fact_gaps.check({"patent-law/71/2": texts()["patent-law/71/2"]}, {"patent-law": (fact(),)}, problems, path)
    assert ["不需要排除" in p.what for p in problems] == [True]
    faulty = tmp_path / "faulty.yml"
    faulty.write_text("patterns: []\nplaces:\n- {at: patent-law/71/2, number: 三万元, reason: ''}\n", encoding="utf-8")
    problems = Problems()
    fact_gaps.check({}, {}, problems, faulty)
    assert ["无法读取" in p.what for p in problems] == [True]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"quote": "确定给予三万元以上三百万元以下的赔偿"}, "引文不在"),
        ({"at": "patent-law/99/1"}, "没有 patent-law/99/1"),
        ({"amount": "三万元以上五十万元以下"}, "amount 不是引文里的原话"),
        ({"consequence": "另加10万元"}, "“100000元”在引文里找不到"),
        ({"amount": None}, "缺少 amount 或 multiple"),
        ({"kind": "term", "amount": None, "period": "五年"}, "period 不是引文里的原话"),
        ({"kind": "authority", "who": "工商局"}, "who 不是引文里的原话"),
        ({"kind": "fine"}, "kind 应为"),
        ({"at": "copyright-law/54/2"}, "不属于 patent-law"),
    ],
)
def test_a_fact_that_its_passage_does_not_prove_is_reported(changes: dict[str, str], what: str) -> None:
    assert any(what in fault for fault in faults(fact(**changes), "patent-law", texts()))


def test_the_unchanged_fact_has_no_fault() -> None:
    assert list(faults(fact(), "patent-law", texts())) == []


def test_a_rule_gives_period_start_and_passage_and_may_not_be_repeated() -> None:
    taken = read_fact({"rule": "copyright-joint", "who": "合作作者"}, RULES)
    assert (taken.kind, taken.period, taken.start) == ("term", "50年", "最后死亡的作者死亡之日")
    assert taken.until == "截止于最后死亡的作者死亡后第五十年的12月31日"
    with pytest.raises(ValueError, match="period"):
        read_fact({"rule": "copyright-joint", "who": "合作作者", "period": "五十年"}, RULES)
    with pytest.raises(ValueError, match="没有规则"):
        read_fact({"rule": "no-such-rule"}, RULES)


def test_every_rule_of_the_deadlines_is_a_fact_once() -> None:
    used = Counter(f.rule for found in facts().values() for f in found if f.rule)
    assert used == dict.fromkeys(RULES, 1)


def test_ids_are_unique() -> None:
    ids = [f.id for found in facts().values() for f in found]
    assert len(ids) == len(set(ids))


def test_faulty_entries_are_reported_with_their_line_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "a-law.yml").write_text("document: a-law\nfacts:\n- {kind: term, at: a-law/1, colour: red}\n- {rule: nothing}\n", encoding="utf-8")
    (tmp_path / "b-law.yml").write_text("facts: [", encoding="utf-8")
    problems = Problems()
    assert load(problems, tmp_path) == {"a-law": ()}
    assert [(p.file.name, p.line) for p in problems] == [("a-law.yml", 3), ("a-law.yml", 4), ("b-law.yml", 1)]


PRINTED = [
    ("自收到通知之日起三个月内", ["三个月"]),
    ("处五万元以上的罚款", ["五万元"]),
    ("违法经营额一倍以上五倍以下", ["一倍", "五倍"]),
    ("截止于第五十年的12月31日", ["第五十年", "12月31日"]),
    ("在2021年6月1日前", ["2021年6月1日"]),
    ("连续3年未使用", ["3年"]),
    ("占百分之二十五", ["百分之二十五"]),
    ("满15个工作日", ["15个工作日"]),
    ("依照本法办理", []),
]


@pytest.mark.parametrize(("text", "expected"), PRINTED)
def test_numbers_are_found_as_printed(text: str, expected: list[str]) -> None:
    assert [number.words for number in printed_numbers(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三万元以上五百万元以下", [{"min": 30000, "unit": "元"}, {"max": 5000000, "unit": "元"}]),
        ("一倍以上五倍以下", [{"min": 1, "unit": "倍"}, {"max": 5, "unit": "倍"}]),
        ("不超过五年", [{"max": 5, "unit": "年"}]),
        ("满四年", [{"min": 4, "unit": "年"}]),
        ("六个月内", [{"max": 6, "unit": "月"}]),
        ("二十年", [{"value": 20, "unit": "年"}]),
        ("两个以上", [{"min": 2, "unit": "个"}]),
        ("不受限制", []),
    ],
)
def test_a_measure_has_its_bounds(text: str, expected: list[dict[str, object]]) -> None:
    assert measure(text) == expected


def test_the_library_holds_the_facts_with_their_values(library: Library) -> None:
    stored = {row.id: row for row in library.facts("patent-law")}
    assert len(stored) == len(facts()["patent-law"])
    fine = stored["penalty:patent-law/68/1:fine"]
    assert fine.data["values"] == {"amount": [{"max": 250000, "unit": "元"}]}
    assert fine.quote in library.provision(fine.address).text
    by_article = {row.id for row in library.facts("patent-law/71")}
    assert by_article == {f.id for f in facts()["patent-law"] if f.at.startswith("patent-law/71/")}
    assert {row.kind for row in library.facts("copyright-law", kind="term")} == {"term"}


def test_only_facts_that_hold_in_a_version_are_stored_with_it() -> None:
    older = {address: text.replace("五百万元", "一百万元") for address, text in texts().items()}
    now, before = (len(statute_facts.rows("patent-law", t)) for t in (texts(), older))
    assert now - before == 1


def test_the_files_lie_beside_the_addresses_they_are_about() -> None:
    assert {path.stem for path in FOLDER.glob("*.yml")} == {*STATUTES, "exclusions"}
    assert all(f.at.startswith(f"{document}/") for document, found in facts().items() for f in found)
    assert replace(fact(), key="x").id == "amount:patent-law/71/2:x"
