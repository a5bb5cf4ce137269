"""What a guided check says while questions are open: what is settled, what a conclusion turns on, the conclusion at once."""

from __future__ import annotations

import pytest

from actions.check_answers import FACTS, TURNS_ON
from knowledge.checks import UNKNOWN, checks
from tests.actions.guided import ALL, Talk, begin, cited, growing, section
from tests.actions.walker import check_payload

# skipping


@pytest.mark.parametrize("id_", ALL)
def test_a_check_skipped_all_the_way_says_what_its_conclusion_turns_on(talk: Talk, id_: str) -> None:
    conversation, payload = begin(talk, id_)
    while conversation.in_check:
        payload = conversation.say("不清楚")
        check_payload(payload)
    assert payload["summary"].startswith("视情况")
    assert section(payload, TURNS_ON)
    assert all(line.endswith("——不清楚") for line in section(payload, FACTS))


@pytest.mark.parametrize("said", ["不清楚", "不知道", "说不准", "我也不太清楚", "不太清楚具体情况", "忘了", "不好说"])
def test_not_knowing_is_said_in_many_ways(talk: Talk, said: str) -> None:
    conversation, _ = begin(talk, "check-fair-use", said)
    assert conversation.answers == {"published": UNKNOWN}


def test_a_conclusion_with_an_open_question_says_where_its_answer_would_lead(talk: Talk) -> None:
    _, payload = begin(talk, "check-fair-use", "不清楚", "我是老师，给学生上课用")
    assert payload["title"].endswith("课堂教学、科研使用，可以（有1处没有弄清）")
    assert section(payload, TURNS_ON) == ["这部作品已经发表了吗？——还没有发表：作品没有发表，不可以〔第十条第一款第一项〕"]
    assert "copyright-law/10/1/1" in cited(payload)


def test_a_refusal_that_no_open_answer_would_lift_stands_firm(talk: Talk) -> None:
    _, payload = begin(talk, "check-fair-use", "不清楚", "做生意、放到网上等其他用途")
    assert payload["summary"].startswith("不可以") and "理由可能不同" in payload["summary"]


def test_a_sum_that_is_not_known_leaves_the_rule_and_says_so(talk: Talk) -> None:
    _, payload = begin(talk, "check-claim-patent", "侵犯专利权，要赔偿", "不清楚", "不清楚", "不清楚", "没有这种开支")
    assert payload["summary"].startswith("可以由人民法院") and "有3处没有弄清" in payload["summary"]


# what is settled before the end


@pytest.mark.parametrize(
    ("id_", "messages", "says", "at"),
    [
        ("check-service-invention", ["是公司安排给他的开发项目里搞出来的"], "属于职务发明创造", "patent-law/6/1"),
        ("check-service-invention", ["受别人委托做的，或者委托别人做的", "没签协议"], "属于完成的一方", "patent-law/8/1"),
        ("check-work-owner", ["拍的电影"], "属于制作者", "copyright-law/17/1"),
        ("check-claim-patent", ["要赔偿，损失20万"], "可以按实际损失20万元要求赔偿", "patent-law/71/1"),
        ("check-claim-patent", ["要赔偿，损失20万", "故意，情节也严重"], "可以要求赔偿20万元到100万元", "patent-law/71/1"),
        ("check-claim-copyright", ["要赔偿", "损失难以计算", "他赚了3万"], "可以按侵权人的违法所得3万元要求赔偿", "copyright-law/54/1"),
        ("check-open-licence", ["已经开放许可了，想撤回"], "可以撤回", "patent-law/50/2"),
        ("check-gi-challenge", ["已经认定了", "名称已经变成通用名称"], "属于可以请求撤销的情形", "gi-product-measures/27/1"),
        ("check-gi-sign", ["用在研讨会上", "是公益性活动"], "应当备案", "gi-product-measures/21/1"),
    ],
)
def test_what_is_settled_is_said_with_its_provision_before_the_next_question(talk: Talk, id_: str, messages: list[str], says: str, at: str) -> None:
    conversation, payload = begin(talk, id_, *messages)
    assert conversation.in_check and f"到这里已经能确定：{says}" in payload["summary"]
    assert cited(payload)[0] == at


def test_what_is_settled_is_said_once_and_again_when_one_comes_back(talk: Talk) -> None:
    conversation, _ = begin(talk, "check-service-invention", "一起研发的", "没有约定")
    assert "已经能确定" in conversation.say("都参加了")["summary"]
    assert "已经能确定" not in conversation.say("为什么问这个")["summary"]
    assert "已经能确定" in conversation.say("继续核对")["summary"]


def test_nothing_is_called_settled_after_a_question_was_skipped(talk: Talk) -> None:
    conversation, payload = begin(talk, "check-service-invention", "不清楚", "是单位的任务")
    assert conversation.in_check and "已经能确定" not in payload["summary"]


@pytest.mark.parametrize("id_", ALL)
def test_what_is_settled_holds_for_every_conclusion_after_it(id_: str) -> None:
    check = checks()[id_]
    for question in check.questions.values():
        for settles, leads in [(o.settles, [o.leads]) for o in question.options] + [(question.settles, [b.leads for b in question.branches])]:
            if settles is None:
                continue
            assert not any(
                check.outcomes[end].answer.startswith("视情况")
                for end in growing(leads, lambda to: check.steps(to) if to in check.questions else [])
                if end in check.outcomes
            )


@pytest.mark.parametrize("said", ["先给结论", "直接告诉我结论", "就这些了", "结论呢？", "能不能直接给结论", "我知道的就这些"])
def test_the_conclusion_can_be_had_at_once(talk: Talk, said: str) -> None:
    conversation, payload = begin(talk, "check-service-invention", "单位安排给我的开发项目", said)
    assert not conversation.in_check and payload["summary"].startswith("属于职务发明创造")
    assert "弄清以后可以说得更具体" in payload["summary"]
    assert len(section(payload, FACTS)) == 2 and "已经授权，还没有实施" in section(payload, TURNS_ON)[0]


def test_a_sum_said_before_its_question_counts_when_the_conclusion_is_had_at_once(talk: Talk) -> None:
    _, payload = begin(talk, "check-claim-patent", "要赔偿，损失20万，律师费3万", "先给结论")
    assert "合理开支3万元：" in "".join(section(payload, FACTS))
    assert any("23万元" in line for line in section(payload, "计算过程"))
