"""What a person can do in a guided check: answer, put right, ask why, ask something else, stop, go on."""

from __future__ import annotations

import pytest

from actions.check_answers import FACTS
from knowledge.check_outlook import finished
from knowledge.checks import checks
from knowledge.library import default_library
from knowledge.snapshot import snapshot
from tests.actions.guided import ALL, Talk, begin, buttons, cited, section, ways
from tests.actions.walker import is_asking

# the beginning


@pytest.mark.parametrize("id_", ALL)
def test_a_check_begins_with_its_first_question_and_its_buttons(talk: Talk, id_: str) -> None:
    conversation, payload = begin(talk, id_)
    first = checks()[id_].questions[checks()[id_].start]
    assert conversation.in_check and (payload["kind"], payload["topic"]) == ("question", id_)
    assert payload["summary"].startswith(checks()[id_].intro) and payload["summary"].endswith(first.asks)
    assert buttons(payload) == [*(o.say for o in first.options), "不清楚", "为什么问这个", "不核对了"]


def test_what_the_first_message_states_is_not_asked_again(talk: Talk) -> None:
    payload = talk().say("文章早就发表了，帮我判断算不算合理使用", topic="check-fair-use")
    assert "记下了：已经发表。" in payload["summary"] and payload["summary"].endswith("您打算（或者已经）拿它做什么？")


def test_a_first_message_that_says_everything_is_answered_at_once(talk: Talk) -> None:
    conversation = talk()
    payload = conversation.say("文章早就发表了，是给学生上课用的，一步步帮我判断", topic="check-fair-use")
    assert not conversation.in_check and payload["kind"] == "answer" and cited(payload)[0] == "copyright-law/24/1/6"
    assert [line.split("：")[0] for line in section(payload, FACTS)] == ["已经发表", "给学校上课或者做科研", "只给师生或者科研人员用"]


# buttons


@pytest.mark.parametrize("id_", ALL)
def test_every_button_is_taken_as_itself(talk: Talk, id_: str) -> None:
    """On the way that the buttons of every question before lead, each button of the question gives its own value and no other."""
    check = checks()[id_]
    for question, before in ways(id_).items():
        for option in check.questions[question].options:
            conversation, payload = begin(talk, id_, *before, option.say)
            if conversation.in_check:
                assert conversation.answers[question] == option.value
                assert is_asking(payload)
            else:
                assert any(line.startswith(f"{option.say}：{option.because}") for line in section(payload, FACTS))


def test_a_button_is_chosen_by_its_number(talk: Talk) -> None:
    conversation, _ = begin(talk, "check-infringement", "第一个")
    assert conversation.answers == {"valid": "valid"}
    assert conversation.say("2")["title"].endswith("有许可，不构成")


def test_a_bare_number_answers_a_question_for_a_sum(talk: Talk) -> None:
    conversation, _ = begin(talk, "check-claim-patent", "侵犯专利权，要赔偿", "2")
    assert conversation.answers["loss"] == "2"


def test_a_button_of_an_earlier_question_puts_that_answer_right(talk: Talk) -> None:
    conversation, payload = begin(talk, "check-infringement", "已经授权，还有效", "没有许可", "还在申请，没有授权")
    assert not conversation.in_check and payload["title"].endswith("还没授权，不构成，但可能要付适当的费用")


# putting right


def test_the_answer_before_is_asked_again_and_replaced(talk: Talk) -> None:
    conversation, payload = begin(talk, "check-fair-use", "已经发表", "改一下上一个")
    assert conversation.answers == {} and payload["summary"] == "好的，重新回答这一问。\n这部作品已经发表了吗？"
    conversation.say("还没有发表")
    _, outcome = finished(checks()["check-fair-use"], conversation.answers)
    assert conversation.answers == {"published": "unpublished"} and outcome.id == "no_unpublished"


@pytest.mark.parametrize("said", ["改一下上一个", "上一题答错了", "返回", "点错了", "我要改一下刚才的回答", "改一下", "撤销"])
def test_going_back_is_said_in_many_ways(talk: Talk, said: str) -> None:
    conversation, _ = begin(talk, "check-fair-use", "已经发表", said)
    assert conversation.answers == {}


def test_one_can_go_back_to_a_question_by_its_number(talk: Talk) -> None:
    conversation, payload = begin(talk, "check-infringement", "已经授权，还有效", "没有许可", "改一下第一问")
    assert conversation.answers == {"permission": "no"} and payload["summary"].endswith("那项专利已经授权，而且现在还有效吗？")
    assert "前面只回答了" in begin(talk, "check-infringement", "已经授权，还有效", "改一下第5问")[1]["summary"]


def test_there_is_nothing_to_go_back_to_at_the_first_question(talk: Talk) -> None:
    _, payload = begin(talk, "check-fair-use", "改一下上一个")
    assert payload["summary"].startswith("这是第一个问题")


@pytest.mark.parametrize("said", ["不对，文章还没发表", "说错了，还没有发表", "其实没公开过", "更正：还没有发表"])
def test_an_answer_is_put_right_in_ones_own_words(talk: Talk, said: str) -> None:
    conversation, payload = begin(talk, "check-fair-use", "已经发表", said)
    assert conversation.answers == {"published": "unpublished"} and "记下了：还没有发表" in payload["summary"]


def test_a_correction_that_corrects_nothing_is_no_answer_to_the_open_question(talk: Talk) -> None:
    conversation, _ = begin(talk, "check-service-invention", "我（或者发明人）是单位的人", "不对，我再想想")
    assert conversation.answers == {"relation": "employee"}


# why


@pytest.mark.parametrize("id_", ALL)
def test_every_question_says_why_it_is_asked_with_its_provisions(talk: Talk, id_: str) -> None:
    for question, before in ways(id_).items():
        _, payload = begin(talk, id_, *before, "为什么问这个")
        asked = checks()[id_].questions[question]
        assert payload["summary"] == f"{asked.why}\n{asked.asks}"
        assert cited(payload)


# something else in between


def test_other_questions_are_answered_and_the_check_waits(talk: Talk) -> None:
    conversation, _ = begin(talk, "check-open-licence", "我想用别人开放许可的专利")
    before = conversation.answers
    for said, kind in [
        ("专利法第十一条", "provision"),
        ("下一条", "provision"),
        ("对初步认定公告有异议，几个月内提？", "answer"),
        ("种子法第二十八条", "refuse"),
    ]:
        payload = conversation.say(said)
        assert payload["kind"] == kind and buttons(payload)[0] == "继续核对", said
        assert conversation.in_check and conversation.answers == before
    assert conversation.say("继续核对")["summary"].endswith("这项专利的开放许可声明公告了吗？")


def test_an_answer_may_follow_an_interruption_without_going_on_first(talk: Talk) -> None:
    conversation, _ = begin(talk, "check-fair-use", "专利法第十一条", "已经发表")
    assert conversation.answers == {"published": "published"}


def test_a_question_on_other_provisions_states_no_facts(talk: Talk) -> None:
    conversation, _ = begin(talk, "check-open-licence", "我想用别人开放许可的专利")
    payload = conversation.say("专利年费没交，专利还在不在呀？", topic="patent-termination-annual-fee")
    assert payload["topic"] == "patent-termination-annual-fee" and conversation.answers == {"side": "user"}


def test_a_question_on_the_very_provisions_is_the_persons_own_case(talk: Talk) -> None:
    conversation, payload = begin(talk, "check-fair-use")
    payload = conversation.say("文章已经发表，我拿去做生意，算侵权吗？", topic="copyright-fair-use-conditions")
    assert payload["kind"] == "answer" and payload["topic"] == "check-fair-use" and cited(payload)[0] == "copyright-law/26/1"


def test_small_talk_is_answered_and_the_question_asked_again(talk: Talk) -> None:
    conversation, _ = begin(talk, "check-fair-use")
    payload = conversation.say("谢谢啊", topic="chat-thanks")
    assert payload["kind"] == "question" and payload["summary"].endswith("这部作品已经发表了吗？")


@pytest.mark.parametrize("said", ["嗯……怎么说呢", "对了，我想起来一件事", "对方是个公司", "🙂", "让我想想", "1" * 300])
def test_what_only_sounds_like_a_reply_is_asked_again(talk: Talk, said: str) -> None:
    for id_ in ("check-fair-use", "check-claim-patent", "check-gi-sign"):
        conversation, payload = begin(talk, id_, said)
        assert conversation.answers == {} and payload["kind"] == "question"


@pytest.mark.parametrize("id_", ALL)
def test_another_check_can_be_begun_in_the_middle_of_one(talk: Talk, id_: str) -> None:
    here = "check-fair-use" if id_ != "check-fair-use" else "check-gi"
    conversation, payload = begin(talk, here, "不清楚", snapshot(default_library()).topics[id_].question)
    assert conversation.in_check and payload["topic"] == id_ and "换成核对" in payload["summary"]
    assert conversation.answers == {}


# stopping


@pytest.mark.parametrize("said", ["不核对了", "算了", "退出", "先不弄了", "就到这里吧"])
def test_a_check_is_left_when_one_says_so(talk: Talk, said: str) -> None:
    conversation, payload = begin(talk, "check-fair-use", "已经发表", said)
    assert not conversation.in_check and (payload["kind"], payload["title"]) == ("chat", "已停止核对")
    assert buttons(payload)[0] == snapshot(default_library()).topics["check-fair-use"].question


def test_what_was_settled_is_said_on_leaving(talk: Talk) -> None:
    _, payload = begin(talk, "check-service-invention", "单位安排给我的开发项目", "不核对了")
    assert "能确定的是：属于职务发明创造" in payload["summary"] and cited(payload) == ["patent-law/6/1"]


def test_a_check_begun_again_has_forgotten_everything(talk: Talk) -> None:
    conversation, _ = begin(talk, "check-fair-use", "已经发表", "重新开始")
    assert not conversation.in_check
    conversation.say("帮我判断算不算合理使用")
    assert conversation.in_check and conversation.answers == {}
