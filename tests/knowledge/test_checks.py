"""Guided checks as data: the content is sound, faults are found, every conclusion is reached, free text is read as meant."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge import checks as checks_module
from knowledge.build import Content
from knowledge.check_faults import check_checks, faults
from knowledge.checks import UNKNOWN, Check, Outcome, Question, checks, read_check
from knowledge.normalise import normalise
from knowledge.problems import Problems
from knowledge.statements import statements, wants_guiding

ALL = sorted(checks())


@lru_cache(maxsize=1)
def content() -> Content:
    return Content()


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    return content().own_texts()


# the content


def test_every_check_is_sound() -> None:
    problems = Problems()
    check_checks(texts(), content().topics, problems)
    assert [str(p) for p in problems] == []


def test_the_checks_are_those_that_were_asked_for() -> None:
    assert ALL == [
        "check-claim-copyright", "check-claim-patent", "check-fair-use", "check-gi", "check-gi-challenge", "check-gi-sign",
        "check-infringement", "check-mark", "check-open-licence", "check-patentable", "check-service-invention", "check-work-owner",
    ]  # fmt: skip


@pytest.mark.parametrize("id_", ALL)
def test_every_step_states_its_ground_letter_for_letter(id_: str) -> None:
    for question in checks()[id_].questions.values():
        for option in question.options:
            assert option.because and option.grounds, f"{question.id}={option.value}"
            for ground in option.grounds:
                assert ground.quote in texts()[ground.at]


@pytest.mark.parametrize(
    ("id_", "addresses"),
    [
        ("check-fair-use", [*(f"copyright-law/24/1/{n}" for n in range(1, 14)), "copyright-law/24/1", "copyright-law/25/1", "copyright-law/35/2", "copyright-law/42/2", "copyright-law/46/2"]),
        ("check-service-invention", ["patent-law/6/1", "patent-law/6/2", "patent-law/6/3", "patent-law/8/1", "patent-law/14/1", "patent-law/14/2", "patent-law/15/1", "patent-law/15/2"]),
        ("check-work-owner", ["copyright-law/11/1", "copyright-law/11/3", "copyright-law/14/1", "copyright-law/14/2", "copyright-law/14/3", "copyright-law/17/1", "copyright-law/17/2", "copyright-law/17/3", "copyright-law/18/1", "copyright-law/18/2/1", "copyright-law/18/2/2", "copyright-law/18/2/3", "copyright-law/19/1"]),
        ("check-patentable", ["patent-law/5/1", "patent-law/5/2", *(f"patent-law/22/{n}" for n in range(1, 6)), *(f"patent-law/23/{n}" for n in range(1, 5)), *(f"patent-law/24/1/{n}" for n in range(1, 5)), *(f"patent-law/25/1/{n}" for n in range(1, 7)), "patent-law/25/2"]),
        ("check-infringement", ["patent-law/11/1", "patent-law/11/2", "patent-law/67/1", *(f"patent-law/75/1/{n}" for n in range(1, 6)), "patent-law/77/1"]),
        ("check-claim-patent", ["patent-law/68/1", "patent-law/71/1", "patent-law/71/2", "patent-law/71/3"]),
        ("check-claim-copyright", ["copyright-law/53/1", "copyright-law/54/1", "copyright-law/54/2", "copyright-law/54/3"]),
        ("check-open-licence", ["patent-law/50/1", "patent-law/50/2", "patent-law/51/1", "patent-law/51/2", "patent-law/51/3", "patent-law/52/1"]),
        ("check-gi", [*(f"gi-product-measures/{n}/1" for n in range(8, 15)), *(f"gi-product-measures/11/2/3/{n}" for n in range(1, 8)), *(f"gi-product-measures/8/1/{n}" for n in range(1, 7))]),
        ("check-gi-sign", ["gi-product-measures/20/1", "gi-product-measures/20/1/1", "gi-product-measures/20/1/2", "gi-product-measures/20/2", "gi-product-measures/21/1", "gi-product-measures/21/1/1", "gi-product-measures/21/1/2", "gi-product-measures/21/2"]),
        ("check-gi-challenge", ["gi-product-measures/15/1", "gi-product-measures/15/3/1", "gi-product-measures/15/3/2", *(f"gi-product-measures/27/1/{n}" for n in range(1, 7)), "gi-product-measures/28/1", "gi-product-measures/29/1", "gi-product-measures/29/3"]),
        ("check-mark", [*(f"collective-mark-rules/{n}/1" for n in (3, 4, 5, 6, 11, 12, 13, 14, 15, 16)), *(f"collective-mark-rules/6/1/{n}" for n in range(1, 7)), "collective-mark-rules/15/2", "collective-mark-rules/16/2"]),
    ],
)  # fmt: skip
def test_a_check_rests_on_the_provisions_of_its_subject(id_: str, addresses: list[str]) -> None:
    check = checks()[id_]
    used = {g.at for o in check.outcomes.values() for g in o.grounds}
    used |= {g.at for q in check.questions.values() for g in (*q.grounds, *(g for o in q.options for g in o.grounds))}
    assert set(addresses) <= used


# every conclusion


def ways(check: Check) -> dict[str, list[tuple[Question, str]]]:
    """For every conclusion, the shortest way there in what a person says: buttons, 不清楚 and sums."""
    found: dict[str, list[tuple[Question, str]]] = {}
    queue: list[tuple[str, list[tuple[Question, str]]]] = [(check.start, [])]
    seen = {check.start}
    for place, way in queue:
        if place in check.outcomes:
            found[place] = way
            continue
        question = check.questions[place]
        said = [(o.say, o.leads) for o in question.options] + [("不清楚", question.unknown)]
        for branch in question.branches:
            amount = branch.up_to or (branch.below - 1 if branch.below else 80000)
            said.append((f"{amount}元", branch.leads))
        for text, leads in said:
            if leads not in seen:
                seen.add(leads)
                queue.append((leads, [*way, (question, text)]))
    return found


@pytest.mark.parametrize("id_", ALL)
def test_every_conclusion_is_reached_by_pressing_buttons(id_: str) -> None:
    check = checks()[id_]
    reached = ways(check)
    assert reached.keys() == check.outcomes.keys()
    for outcome, way in reached.items():
        answers: dict[str, str] = {}
        for question, text in way:
            _, place = check.walk(answers)
            assert place is question
            answers = check.read_all(normalise(text), answers)
        path, place = check.walk(answers)
        assert isinstance(place, Outcome) and place.id == outcome
        assert [q.id for q, _ in path] == [q.id for q, _ in way] == list(answers)


@pytest.mark.parametrize("id_", ALL)
def test_every_question_can_be_skipped_all_the_way_to_a_conclusion(id_: str) -> None:
    check = checks()[id_]
    answers: dict[str, str] = {}
    while isinstance((place := check.walk(answers)[1]), Question):
        answers = check.read_all("不清楚", answers)
    assert set(answers.values()) == {UNKNOWN}
    assert place.answer


@pytest.mark.parametrize("id_", ALL)
def test_a_button_is_read_as_itself_and_as_nothing_else(id_: str) -> None:
    for question in checks()[id_].questions.values():
        for option in question.options:
            assert question.reply(normalise(option.say)) == option.value
            assert question.heard(normalise(option.say)) in (None, option.value), f"{question.id}={option.value}"


# reading


def read(id_: str, *messages: str) -> tuple[dict[str, str], str]:
    """The answers on the way after these messages, and where they lead."""
    check, answers = checks()[id_], {}
    for message in messages:
        answers = check.read_all(normalise(message), answers)
    path, place = check.walk(answers)
    return {q.id: value for q, value in path}, place.id


@pytest.mark.parametrize(
    ("id_", "messages", "leads"),
    [
        ("check-fair-use", ["文章早就发表了，是给学生上课用的"], "ok_class"),
        ("check-fair-use", ["課文，老師上課講，複印整本發給全班"], "no_bulk"),
        ("check-fair-use", ["书没有公开出版过", "都不是"], "no_unpublished"),
        ("check-fair-use", ["网上公开发布的", "上课", "要印成册子卖给学生"], "no_class_publish"),
        ("check-fair-use", ["早出版了", "论文里引了一段，没注明出处"], "no_name"),
        ("check-fair-use", ["报纸上登过的文章，我们报社想转载，作者没有声明"], "pay_reprint"),
        ("check-fair-use", ["歌是早就发行的，我们想翻唱录成专辑，作者没声明不许"], "pay_cover"),
        ("check-fair-use", ["已发表，自己练字抄一遍，不外传"], "ok_personal"),
        ("check-service-invention", ["我是公司的工程师，下班自己琢磨的，没用公司的设备"], "own"),
        ("check-service-invention", ["我在研究所工作，不是单位任务，是我业余搞的，没用单位的东西"], "own"),
        ("check-service-invention", ["两家一起研发的，没有协议，双方都参与了，我想转让"], "joint_all"),
        ("check-service-invention", ["我退休在家自己琢磨的"], "own"),
        ("check-work-owner", ["我请影楼拍的婚纱照，没有合同"], "silent"),
        ("check-work-owner", ["电影的编剧是我"], "creator"),
        ("check-work-owner", ["我自己一个人写的小说"], "author"),
        ("check-patentable", ["我去年发表了论文"], "no_disclosed"),
        ("check-patentable", ["学术年会上报告的", "超过半年了"], "no_late"),
        ("check-patentable", ["没有公开", "外观", "都不是", "没查到", "有明显区别", "没有"], "ok_design"),
        ("check-infringement", ["他有专利证书，没授权我，我在淘宝店卖，从厂家进货，有发票，不知道侵权"], "unaware"),
        ("check-infringement", ["专利已经授权了，但是我签了许可合同"], "licensed"),
        ("check-infringement", ["专利过期了"], "ended"),
        ("check-infringement", ["有效", "没许可", "为了卖", "自己生产", "申请日以后才做的", "没有证据", "不一样"], "outside"),
        ("check-claim-patent", ["要赔偿，损失20万，故意而且情节严重，律师费2万"], "punitive"),
        ("check-claim-patent", ["侵犯专利", "没有", "查不到", "每年许可费5万", "是", "不清楚"], "fee_punitive"),
        ("check-claim-patent", ["假冒专利", "五万元"], "fine_flat"),
        ("check-claim-patent", ["假冒专利，违法所得8万"], "fine_multiple"),
        ("check-claim-copyright", ["罚款", "破解软件", "没有"], "no_fine"),
        ("check-claim-copyright", ["赔偿", "2000块", "是", "公证费500"], "punitive"),
        ("check-open-licence", ["想用大学的专利，已经公告，发了书面通知，还没付钱"], "need_pay"),
        ("check-open-licence", ["我们公司有一项实用新型，想开放许可，评价报告还没做"], "need_report"),
        ("check-gi", ["国家局通知不合格，三个月前收到的"], "reply"),
        ("check-gi-sign", ["我家在产地范围内种茶，想印在包装上，已经认定了，按标准做的，还缺检测报告"], "need_papers"),
        ("check-gi-challenge", ["公示期，三个月前公告的"], "objection_late"),
        ("check-mark", ["申请证明商标，用地理标志，有政府批文，委托了检测机构，管理规则写好了"], "ready_certification"),
        ("check-mark", ["想用协会的集体商标，我不是会员"], "no_member"),
    ],
)
def test_free_text_leads_where_it_means(id_: str, messages: list[str], leads: str) -> None:
    assert read(id_, *messages)[1] == leads


@pytest.mark.parametrize(
    ("id_", "message", "question", "value"),
    [
        ("check-fair-use", "从没公开发表过", "published", "unpublished"),
        ("check-fair-use", "应该早就出版了吧", "published", "published"),
        ("check-claim-patent", "对方赚了30万", "gain", "300000"),
        ("check-claim-patent", "大概亏了十二万五千元", "loss", "125000"),
        ("check-claim-patent", "损失十几万", "loss", None),
        ("check-claim-patent", "损失10万到20万", "loss", "100000"),
        ("check-infringement", "专利还没授权呢", "valid", None),
        ("check-infringement", "专利还没授权", "valid", "pending"),
        ("check-infringement", "专利快到期了", "valid", None),
    ],
)
def test_a_statement_is_heard_before_its_question_is_asked(id_: str, message: str, question: str, value: str | None) -> None:
    assert checks()[id_].read_all(normalise(message), {}).get(question) == value


def test_a_short_reply_answers_the_open_question_only() -> None:
    assert read("check-claim-patent", "要赔偿", "20万", "是") == ({"what": "infringement", "loss": "200000", "wilful": "both"}, "costs_punitive")
    assert read("check-gi", "还没提交，想先看够不够条件", "县级以上人民政府", "是") == (
        {"stage": "preparing", "applicant": "government", "authentic": "yes"},
        "territory",
    )


def test_what_is_said_too_early_is_kept_and_not_asked_again() -> None:
    check = checks()["check-fair-use"]
    answers = check.read_all("上课放了一段录像", {})
    assert check.walk(answers)[1].id == "published"
    assert check.longest("published", answers) < check.longest("published")
    assert check.walk(check.read_all("已经发表", answers))[1].id == "ok_class"


def test_a_message_that_states_two_things_at_once_is_not_guessed_at() -> None:
    assert read("check-fair-use", "已经发表", "有的自己看，有的拿去卖") == ({"published": "published"}, "purpose")


@pytest.mark.parametrize(
    ("message", "stated"),
    [
        ("文章早就发表了，是给学生上课用的，算不算侵权？", "文章早就发表了,是给学生上课用的"),
        ("专利保护多少年？", ""),
        ("帮我判断算不算合理使用", ""),
        ("我卖的灯有人说侵权，你一步步问我", "我卖的灯有人说侵权"),
        ("合同没写专利归谁", "合同没写专利归谁"),
        ("不知道是什么时候发表的", "不知道是什么时候发表的"),
        ("我怕够不够格", ""),
        ("花了1,200,000.50元,没别的", "花了1,200,000.50元,没别的"),
    ],
)
def test_questions_and_requests_state_nothing(message: str, stated: str) -> None:
    assert statements(normalise(message)) == stated


def test_a_request_for_guiding_is_known() -> None:
    assert wants_guiding("一步步帮我判断")
    assert not wants_guiding("发明专利保护多少年")


@pytest.mark.parametrize("id_", ALL)
def test_asking_for_the_check_answers_none_of_its_questions(id_: str) -> None:
    topic = content().topics[id_][0]
    assert read(id_, topic.question) == ({}, checks()[id_].start)


def test_a_value_that_a_question_no_longer_has_is_asked_again() -> None:
    check = checks()["check-fair-use"]
    assert check.walk({"published": "gone", "purpose": "teach"})[1].id == "published"


# faults

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
