"""Dialogue acts that are known by their form."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import SlotSet
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.acts import dialogue_act
from bot.nlu.dialogue_acts import DialogueActClassifier
from knowledge.normalise import normalise
from knowledge.problems import Problems
from knowledge.settings import UTTERANCES
from knowledge.utterances import load

LONGEST = 20  # characters of a message that may be nothing but a rating


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("专利法第十一条", "look_up"),
        ("《著作权法》第十条第一款第（五）项规定了什么？", "look_up"),
        ("地标保护办法倒数第三条", "look_up"),
        ("专利法30到33条都写了啥", "look_up"),
        ("强国纲要（五）讲什么", "look_up"),
        ("第四十条", "look_up"),
        ("反垄断法第三条", "look_up"),
        ("上一条呢", "neighbour"),
        ("下一条", "neighbour"),
        ("下一条说的什么", "neighbour"),
        ("上上条", "neighbour"),
        ("它后面那条", "neighbour"),
        ("下一节呢", "neighbour"),
        ("上一个专栏", "neighbour"),
        ("下一步", None),
        ("这一条原文", "verbatim"),
        ("把这条完整发我", "verbatim"),
        ("把你说的那条原文贴出来", "verbatim"),
        ("你刚才引的条文发我", "verbatim"),
        ("哪一条规定的", "verbatim"),
        ("哪部法律第几条", "verbatim"),
        ("依据是哪条", "verbatim"),
        ("法条原文念一下", "verbatim"),
        ("那条法律全文", "verbatim"),
        ("这条全文发我看看", "verbatim"),
        ("回上一条", "neighbour"),
        ("这条后面一条是啥", "neighbour"),
        ("有没有下一条", "neighbour"),
        ("再往下一条", "neighbour"),
        ("第几条规定了年费", None),
        ("哪条路子走得通", None),
        ("这一条第一款是什么", "lower"),
        ("第二段呢", "lower"),
        ("第三款原文念一下", "lower"),
        ("第二项全文发我", "lower"),
        ("这条原文拿来看看", "verbatim"),
        ("专栏3呢", "look_up"),
        ("我收到一条短信", None),
        ("哪一条规定了年费", None),
        ("第三款呢", "lower"),
        ("第（二）项是什么", "lower"),
        ("著作权法同号的那条", "same_number"),
        ("原文给我看看", "verbatim"),
        ("专利法的", "which_law"),
        ("育种的方法呢", None),
        ("那做它的办法呢", None),
        ("第二个", "choose"),
        ("3", "choose"),
        ("我选第一个", "choose"),
        ("重新开始", "restart"),
        ("专利法第五十条的开放许可要交多少钱", None),
        ("按著作权法第二十四条，我在课上放电影行不行", None),
        ("我的专利被人仿了怎么办", None),
        ("你好", None),
        ("有用", "feedback"),
        ("这个回答对我很有帮助，谢谢！", "feedback"),
        ("没用", "feedback"),
        ("你的回答對我沒有幫助", "feedback"),
        ("完全没用。", "feedback"),
        ("没帮助，因为条文不对", "feedback"),
        ("答非所问", "feedback"),
        ("👍", "feedback"),
        ("👎🏽", "feedback"),
        ("[弱]", "feedback"),
        ("没用过的专利会怎样", None),
        ("这个证明有用吗", None),
        ("没用？", None),
        ("商标三年没用", None),
        ("还没用", None),
        ("没用，我想知道怎么申请专利", None),
        ("没帮助，因为什么？", None),
        ("因为没交年费，专利没有了", None),
        ("其他", None),
    ],
)
def test_the_form_of_a_message_tells_its_act(text: str, act: str | None) -> None:
    assert dialogue_act(normalise(text)) == act


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("其他", "feedback"),
        ("太笼统了", "feedback"),
        ("因为我问的是外观设计保护几年", "feedback"),
        ("第二个", "feedback"),
        ("7", "choose"),
        ("因为没交年费，专利会失效吗？", None),
        ("发明专利保护几年", None),
        ("专利法第十一条", "look_up"),
        ("重新开始", "restart"),
    ],
)
def test_a_reason_is_a_reply_only_where_it_was_asked_for(text: str, act: str | None) -> None:
    assert dialogue_act(normalise(text), reason_wanted=True) == act


def test_nothing_that_people_ask_is_taken_for_feedback() -> None:
    said = load(sorted(UTTERANCES.rglob("*.yml")), Problems())
    taken = {u.topic for u in said if len(u.text) <= LONGEST and u.intent != "feedback" and dialogue_act(normalise(u.text)) == "feedback"}
    assert taken <= {"chat-compliment", "chat-complaint-about-bot", "chat-thanks"}


def test_the_pipeline_reads_from_the_conversation_that_a_reason_was_asked_for() -> None:
    message = Message.build("第二个")
    conversation = DialogueStateTracker.from_events("somebody", [SlotSet("pending", {"reason": True})], slots=[AnySlot("pending", mappings=[{}])])
    classifier = DialogueActClassifier()
    classifier.process([message], conversation)
    assert (message.get("act"), message.get("intent")["name"]) == ("feedback", "feedback")
    classifier.process([message])
    assert message.get("act") == "choose"
