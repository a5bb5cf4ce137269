"""Random walks through the guided checks: what a restless person says, and what every reply must keep to."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema

from actions.check_answers import AGAIN_SAYS, BACK_SAYS, CONCLUDE_SAYS, FACTS, GO_ON_SAYS, PROGRESS, STOP_SAYS, UNKNOWN_SAYS, WHY_SAYS
from knowledge.amounts import money
from knowledge.check_outlook import finished
from knowledge.checks import UNKNOWN, Check, Question
from knowledge.library import default_library
from knowledge.normalise import normalise
from knowledge.snapshot import snapshot
from tests.actions.form_harness import Conversation

SCHEMA = json.loads((Path(__file__).parents[1] / "contract" / "answer.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
PATIENCE = 40  # turns after which the walker only answers
BOUND = PATIENCE + 12

FREE = (
    "我是公司的工程师，下班自己琢磨的，没用公司的设备", "单位安排给我的开发项目", "我们两家一起研发的，没签协议", "文章早就发表了，上课给学生复印几页",
    "没有合同", "有合同，写明归公司", "我在淘宝店卖，有进货发票，不知道侵权", "用来做生意的", "损失20万，律师费3万", "对方赚了80万", "故意的，情节很严重",
    "还没授权", "去年发表了论文", "技术上的改进，是产品的结构", "我们县农业局来申请", "只在一个县里", "名字叫了几百年了", "想用协会的集体商标，我不是会员",
    "是", "不是", "有", "没有", "都有", "都不是", "对的", "应该是吧", "大概五万块", "十几万", "3000", "半年前", "不太清楚具体情况", "跟那个差不多",
)  # fmt: skip
NONSENSE = (
    "啊啊啊",
    "？？？",
    "香蕉苹果梨",
    "asdf qwer",
    "🙂🙂",
    "。",
    "今天吃了面条",
    "嗯……怎么说呢",
    "\u200b",
    "1" * 200,
    "<b>x</b>",
    "/restart_x{}",
)
LOOK_UPS = {"专利法第十一条": "patent-law/11", "著作权法第二十四条": "copyright-law/24", "地理标志产品保护办法第十五条": "gi-product-measures/15"}


@lru_cache(maxsize=4096)
def _text_of(address: str) -> str:
    provision = default_library().provision(address)
    assert provision is not None, f"{address} is cited and does not exist"
    return "".join((provision.full_text, provision.marker + provision.text, provision.heading + provision.text))


def is_asking(payload: dict[str, Any]) -> bool:
    """Does a check ask its next question, be it behind a conclusion so far?"""
    return any(section["heading"] == PROGRESS for section in payload["sections"])


def check_payload(payload: dict[str, Any]) -> None:
    """Valid, every citation resolves, every quotation stands in its provision letter for letter."""
    VALIDATOR.validate(payload)
    assert payload["summary"].strip()
    for citation in payload["citations"]:
        assert citation["quote"] and citation["quote"] in _text_of(citation["id"]), citation["id"]
    cited = {c["id"] for c in payload["citations"]}
    assert len(cited) == len(payload["citations"]), "a provision is cited twice"


class Walker:
    """One walk. It keeps its own account of the answers given, and holds every reply against it."""

    def __init__(self, talk: Callable[[], Conversation], check: Check, seed: int) -> None:
        self.random = random.Random(f"{check.id} {seed}")
        self.conversation, self.check, self.library = talk(), check, default_library()
        self.given: dict[str, str] = {}
        self.payload: dict[str, Any] = {}
        self.said: list[str] = []

    def walk(self) -> None:
        """From the check's own question to its end."""
        self._say(snapshot(self.library).topics[self.check.id].question)
        assert is_asking(self.payload) and self.conversation.in_check
        while self.conversation.in_check:
            assert len(self.said) <= BOUND, "no end in sight"
            move = self._answer if len(self.said) > PATIENCE else self.random.choices(*zip(*self._moves()))[0]
            move()
        self.said.append("(end)")

    def _moves(self) -> list[tuple[Callable[[], None], int]]:
        moves: list[tuple[Callable[[], None], int]] = [(self._answer, 34), (self._skip, 8), (self._speak, 12), (self._back, 7), (self._correct, 6)]
        moves += [(self._why, 5), (self._go_on, 4), (self._ask_topic, 6), (self._look_up, 5), (self._nonsense, 5), (self._choose, 4)]
        return [*moves, (self._press_again, 2), (self._conclude, 1), (self._stop, 1), (self._restart, 1)]

    # what is said

    def _say(self, text: str) -> None:
        self.said.append(text)
        self.payload = self.conversation.say(text)
        check_payload(self.payload)
        if self.conversation.in_check:
            assert self.conversation.answers.keys() <= self.check.questions.keys()

    @property
    def place(self) -> Question:
        place = self.check.walk(self.given)[1]
        assert isinstance(place, Question)
        return place

    def _sum(self) -> str:
        return money(Decimal(self.random.choice([1, 300, 4999, 50000, 50001, 128000, 3000000])))

    def _reply(self, question: Question) -> tuple[str, str]:
        """Something that answers the question, and the value it has."""
        option = self.random.choice([*question.options, None] if question.asks_sum else question.options)
        if option is not None:
            return option.say, option.value
        said = self._sum()
        value = question.heard(normalise(said), is_open=True)
        assert value is not None
        return said, value

    def _answer(self) -> None:
        place = self.place
        said, value = self._reply(place)
        self._give(said, {**self.given, place.id: value})

    def _skip(self) -> None:
        self._give(UNKNOWN_SAYS, {**self.given, self.place.id: UNKNOWN})

    def _give(self, said: str, given: dict[str, str]) -> None:
        """Say an answer; the account must agree with what the assistant keeps, or the check ends on it."""
        self.given = given
        self._say(said)
        if self.conversation.in_check:
            assert self.conversation.answers == given, said
            self._is_asked()
        else:
            self._is_concluded()

    def _is_asked(self) -> None:
        assert is_asking(self.payload) and self.payload["topic"] == self.check.id
        assert self.payload["summary"].endswith(self.place.asks), self.payload["summary"]
        offered = {s["payload"] for s in self.payload["suggestions"]}
        assert {o.say for o in self.place.options} | {UNKNOWN_SAYS, WHY_SAYS, STOP_SAYS} <= offered

    def _keeps(self, said: str) -> None:
        """Say something that is no answer; nothing that was answered may change."""
        self._say(said)
        assert self.conversation.in_check and self.conversation.answers == self.given, said

    def _speak(self) -> None:
        """Free text: what it was taken to say is announced at once."""
        before, said = dict(self.given), self.random.choice(FREE)
        self._say(said)
        if not self.conversation.in_check:
            assert self.payload["kind"] == "answer"
            self.given = self._facts_stated()
            return
        self.given = self.conversation.answers
        way = [q for q, _ in self.check.walk(self.given)[0]]
        for question in way:
            if before.get(question.id) != self.given[question.id] and self.given[question.id] != UNKNOWN:
                assert question.said(self.given[question.id]) in self.payload["summary"], said
        if is_asking(self.payload):
            self._is_asked()

    def _back(self) -> None:
        path, _ = self.check.walk(self.given)
        if path:
            del self.given[path[-1][0].id]
        self._keeps(BACK_SAYS)
        self._is_asked()

    def _correct(self) -> None:
        """不对，… for one of the answers on the way, in the words of a button that can be heard."""
        path, _ = self.check.walk(self.given)
        choices = [(q, o) for q, _ in path for o in q.options if q.heard(normalise(o.say)) == o.value and o.value != self.given[q.id]]
        if not choices:
            return
        question, option = self.random.choice(choices)
        self._say(f"不对，{option.say}")
        if self.conversation.in_check:
            self.given = self.conversation.answers
            assert self.given[question.id] == option.value
            self._is_asked()
        else:
            self.given = self._facts_stated()

    def _press_again(self) -> None:
        """A button of an earlier question, still on the screen, is pressed."""
        path, place = self.check.walk(self.given)
        says = [o.say for q, _ in path for o in q.options]
        choices = [(q, o) for q, _ in path for o in q.options if says.count(o.say) == 1 and len(o.say) > 3 and not self._means_more(o.say)]
        if choices:
            question, option = self.random.choice(choices)
            self._give(option.say, {**self.given, question.id: option.value})

    def _means_more(self, say: str) -> bool:
        """Would the words be heard as answers to questions that are open or ahead?"""
        return self.check.read_all(normalise(say), self.given) != self.given

    def _why(self) -> None:
        self._keeps(WHY_SAYS)
        self._is_asked()
        assert self.place.why in self.payload["summary"] and self.payload["citations"]

    def _go_on(self) -> None:
        self._keeps(GO_ON_SAYS)
        self._is_asked()

    def _ask_topic(self) -> None:
        topics = [t for t in snapshot(self.library).topics.values() if t.kind in ("answer", "refuse") and t.reason != "unclear"]
        topic = self.random.choice(topics)
        self._keeps(topic.question)
        assert (self.payload["kind"], self.payload["topic"]) == (topic.kind, topic.id)
        assert self.payload["suggestions"][0]["payload"] == GO_ON_SAYS

    def _look_up(self) -> None:
        said, address = self.random.choice(list(LOOK_UPS.items()))
        self._keeps(said)
        assert self.payload["kind"] == "provision" and self.payload["citations"][0]["id"] == address
        assert self.payload["suggestions"][0]["payload"] == GO_ON_SAYS

    def _nonsense(self) -> None:
        self._keeps(self.random.choice(NONSENSE))
        assert self.payload["kind"] in ("question", "clarify", "refuse", "related")

    def _choose(self) -> None:
        """第三个 of the buttons of the question that was just asked."""
        if not is_asking(self.payload):
            return
        number, option = self.random.choice(list(enumerate(self.place.options, 1)))
        self._give(f"第{number}个", {**self.given, self.place.id: option.value})

    # the end

    def _conclude(self) -> None:
        self._say(CONCLUDE_SAYS)
        assert not self.conversation.in_check
        self._is_concluded()

    def _stop(self) -> None:
        self._say(STOP_SAYS)
        assert not self.conversation.in_check
        assert (self.payload["kind"], self.payload["title"], self.payload["topic"]) == ("chat", "已停止核对", self.check.id)

    def _restart(self) -> None:
        self._say("重新开始")
        assert not self.conversation.in_check and self.payload["title"] == "重新开始"

    def _is_concluded(self) -> None:
        assert self._facts_stated() == {q.id: value for q, value in finished(self.check, self.given)[0] if q.id in self.given}

    def _facts_stated(self) -> dict[str, str]:
        """The answers that the conclusion says were given, which must lead to this very conclusion."""
        assert self.payload["kind"] == "answer" and self.payload["topic"] == self.check.id, self.payload
        assert any(s["title"] == AGAIN_SAYS for s in self.payload["suggestions"])
        lines = next((s["items"] for s in self.payload["sections"] if s["heading"] == FACTS), [])
        stated: dict[str, str] = {}
        for line in lines:
            question, value = self._fact(line, stated)
            stated[question.id] = value
        _, outcome = finished(self.check, stated)
        assert self.payload["title"].startswith(f"{self.check.title}：{outcome.title}")
        assert self.payload["citations"][0]["id"] == outcome.grounds[0].at
        return stated

    def _fact(self, line: str, stated: dict[str, str]) -> tuple[Question, str]:
        """The question that a line of 您说的情况 answers, and the answer: of those still on the way, the one whose words it has."""
        way = [q for q, _ in finished(self.check, {**self.given, **stated})[0] if q.id not in stated]
        for question in way:
            if line == f"{question.asks}——{UNKNOWN_SAYS}":
                return question, UNKNOWN
            for option in question.options:
                if line.startswith(f"{option.say}：{option.because}"):
                    return question, option.value
            if question.asks_sum and line.startswith(question.name):
                value = question.heard(normalise(line.partition("：")[0]), is_open=True)
                assert value is not None, line
                return question, value
        raise AssertionError(f"no question on the way has this answer: {line}")
