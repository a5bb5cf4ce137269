"""The faults of a guided check are found, named with file and line, and never stop a running server."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge import checks as checks_module
from knowledge.check_faults import check_checks, faults
from knowledge.checks import checks, read_check
from knowledge.problems import Problems

SOUND: dict[str, Any] = {
    "id": "check-sample",
    "title": "样例",
    "intro": "我来提问。",
    "start": "first",
    "questions": {
        "first": {
            "asks": "签合同了吗？",
            "why": "要看有没有合同。",
            "unknown": "second",
            "options": [
                {
                    "value": "a",
                    "say": "签了",
                    "also": ["签过"],
                    "leads": "second",
                    "because": "有合同",
                    "grounds": [{"at": "law/1/1", "quote": "订立合同"}],
                },
                {"value": "b", "say": "没签", "leads": "refused", "because": "没有合同", "grounds": [{"at": "law/1/1", "quote": "订立合同"}]},
            ],
        },
        "second": {
            "name": "费用",
            "asks": "费用多少？",
            "why": "超过五万元的不一样。",
            "because": "看费用",
            "grounds": [{"at": "law/1/2", "quote": "五万元以下"}],
            "unknown": "refused",
            "branches": [{"up_to": 50000, "leads": "small"}, {"leads": "large"}],
        },
    },
    "outcomes": {
        "refused": {"title": "不行", "answer": "不可以。", "grounds": [{"at": "law/1/1", "quote": "订立合同"}], "topics": ["t"]},
        "small": {"title": "小", "answer": "可以付{second}。", "grounds": [{"at": "law/1/2", "quote": "五万元以下"}], "topics": ["t"]},
        "large": {
            "title": "大",
            "answer": "可以。",
            "working": ["费用 {second}"],
            "grounds": [{"at": "law/1/1", "quote": "订立合同"}],
            "topics": ["t"],
        },
    },
}
SAMPLE_TEXTS = {"law/1/1": "双方应当订立合同。", "law/1/2": "在五万元以下的，不收取。"}


def found(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> list[str]:
    data = copy.deepcopy(SOUND)
    change(data)
    path = tmp_path / "check-sample.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return [what for _, what, _ in faults(read_check(path), path.stem, SAMPLE_TEXTS, {"check-sample": 1, "t": 1})]


def test_a_sound_check_has_no_faults(tmp_path: Path) -> None:
    assert found(tmp_path, lambda d: None) == []


def settles(says: str, quote: str = "订立合同") -> dict[str, Any]:
    return {"says": says, "grounds": [{"at": "law/1/1", "quote": quote}]}


def test_what_an_answer_settles_may_be_said(tmp_path: Path) -> None:
    assert found(tmp_path, lambda d: option(d).update(settles=settles("应当订立合同。"))) == []


def option(data: dict[str, Any], index: int = 0) -> dict[str, Any]:
    return data["questions"]["first"]["options"][index]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda d: d.update(id="check-other"), "与文件名不同"),
        (lambda d: d.update(id="check-other"), "没有叫 check-other 的主题"),
        (lambda d: d.update(start="nowhere"), "start 通向不存在的 nowhere"),
        (lambda d: option(d).update(leads="nowhere"), "first=a 通向不存在的 nowhere"),
        (lambda d: d["questions"]["second"]["branches"][1].update(leads="nowhere"), "second=元 通向不存在的 nowhere"),
        (lambda d: d["questions"]["first"].update(unknown="nowhere"), "first 通向不存在的 nowhere"),
        (lambda d: option(d).update(leads="first"), "first 绕回到自己"),
        (lambda d: d["questions"]["second"].update(unknown="first"), "first 绕回到自己"),
        (lambda d: d["outcomes"].update(lost={**d["outcomes"]["refused"]}), "lost 没有任何一步通向它"),
        (lambda d: d["outcomes"].update(second={**d["outcomes"]["refused"]}), "second 既是问题又是结论"),
        (lambda d: d["outcomes"]["refused"].update(grounds=[]), "结论 refused 没有 grounds"),
        (lambda d: d["outcomes"]["refused"].update(answer="这个嘛，不行。"), "没有先说结论"),
        (lambda d: d["outcomes"]["refused"].update(topics=[]), "没有 topics"),
        (lambda d: d["outcomes"]["refused"].update(topics=["x"]), "主题 x 不存在"),
        (lambda d: d["outcomes"]["refused"].update(answer="不可以，罚款六万元。"), "60000元”在引文里找不到"),
        (lambda d: d["outcomes"]["refused"].update(advice=["要在三个月内办。"]), "3月”在引文里找不到"),
        (lambda d: d["outcomes"]["large"].update(working=["上限 {second*5}"]), "5倍”在引文里找不到"),
        (lambda d: d["outcomes"]["large"].update(working=["费用 {third}"]), "third 不是问数额的问题"),
        (lambda d: d["outcomes"]["large"].update(working=["费用 {second/2}"]), "算式写法有误"),
        (lambda d: d["outcomes"]["refused"].update(answer="不可以，付{second}。"), "不知道 second 也会走到结论 refused"),
        (lambda d: d["outcomes"]["refused"].update(sections=[{"heading": "随便", "items": [{"text": "甲", "by": ["law/1/1"]}]}]), "不认识的小标题"),
        (
            lambda d: d["outcomes"]["refused"].update(sections=[{"heading": "条件", "items": [{"text": "甲", "by": ["law/9/1"]}]}]),
            "不在结论的 grounds 里",
        ),
        (
            lambda d: d["outcomes"]["refused"].update(sections=[{"heading": "条件", "items": [{"text": "五万元以下", "by": ["law/1/1"]}]}]),
            "50000元”在引文里找不到",
        ),
        (lambda d: option(d)["grounds"][0].update(quote="订立书面合同"), "引文不在 law/1/1 里"),
        (lambda d: option(d)["grounds"][0].update(at="law/9/9"), "没有 law/9/9 这一条款"),
        (lambda d: option(d).update(because=""), "first=a 没有 because"),
        (lambda d: option(d).update(grounds=[]), "first=a 没有 grounds"),
        (lambda d: option(d).update(because="三年内有合同"), "3年”在引文里找不到"),
        (lambda d: option(d).update(also=["(签"]), "正则表达式有误"),
        (lambda d: option(d).update(also=["没签"]), "的按钮文字被读成"),
        (lambda d: option(d).update(say="没签"), "都叫“没签”"),
        (lambda d: d["questions"]["first"].update(why="过了三十日就不行。"), "30日”在引文里找不到"),
        (
            lambda d: d["questions"]["second"].update(branches=[{"up_to": 50000, "leads": "small"}, {"below": 90000, "leads": "large"}]),
            "没有接住其余的数额",
        ),
        (lambda d: d["questions"]["second"].update(because=""), "second=元 没有 because"),
        (lambda d: d["questions"]["first"].update(options=[]), "first 没有选项"),
        (lambda d: option(d).update(settles={"says": "可以。", "grounds": []}), "first=a 的 settles 没有 grounds"),
        (lambda d: option(d).update(settles=settles("订立合同。")), "first=a 的 settles 没有先说结论"),
        (lambda d: option(d).update(settles=settles("视情况。")), "first=a 的 settles 没有先说结论"),
        (lambda d: option(d).update(settles=settles("可以，付六万元。")), "60000元”在引文里找不到"),
        (lambda d: option(d).update(settles=settles("可以付{third}。")), "third 不是问数额的问题"),
        (lambda d: option(d).update(settles=settles("可以。", quote="订立书面合同")), "引文不在 law/1/1 里"),
        (lambda d: option(d, 1).update(settles=settles("不可以。")), "first=b 直接通向结论 refused，不必写 settles"),
        (lambda d: d["questions"]["second"].update(settles=settles("可以。")), "second=元 直接通向结论"),
        (
            lambda d: (option(d).update(settles=settles("可以。")), d["outcomes"]["large"].update(answer="视情况。")),
            "后面却还会走到相反或者“视情况”的结论 large",
        ),
        (lambda d: option(d).update(settles=settles("不可以。")), "后面却还会走到相反或者“视情况”的结论 large"),
    ],
)
def test_a_fault_is_found_and_named(tmp_path: Path, change: Callable[[dict[str, Any]], object], what: str) -> None:
    assert any(what in fault for fault in found(tmp_path, change)), found(tmp_path, change)


def test_faults_are_reported_with_file_and_line_and_never_stop_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "check-a.yml").write_text("id: check-a\nquestions: [", encoding="utf-8")
    (tmp_path / "check-b.yml").write_text("id: check-b\ntitle: x\n", encoding="utf-8")
    bad = copy.deepcopy(SOUND)
    bad["outcomes"]["refused"]["answer"] = "这个嘛"
    (tmp_path / "check-sample.yml").write_text(yaml.safe_dump(bad, allow_unicode=True, sort_keys=False), encoding="utf-8")
    lost = copy.deepcopy(SOUND)
    lost["id"], lost["start"] = "check-lost", "nowhere"
    (tmp_path / "check-lost.yml").write_text(yaml.safe_dump(lost, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(checks_module, "FOLDER", tmp_path)
    checks_module.checks.cache_clear()
    try:
        problems = Problems()
        check_checks(SAMPLE_TEXTS, {"check-sample": 1, "check-lost": 1, "check-missing": 1, "t": 1}, problems)
        reported = {p.file.name: p for p in problems}
        assert {"check-a.yml", "check-b.yml", "check-lost.yml", "check-sample.yml"} <= reported.keys()
        line = (tmp_path / "check-sample.yml").read_text(encoding="utf-8").splitlines()[reported["check-sample.yml"].line - 1]
        assert line.strip() == "refused:"
        assert any("check-missing 没有对应的引导检查" in p.what for p in problems)
        assert list(checks()) == ["check-sample"]
    finally:
        checks_module.checks.cache_clear()
