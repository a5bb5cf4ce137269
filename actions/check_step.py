"""What one message does to a guided check that is under way."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answer import Answer, Suggestion
from actions.check_answers import GO_ON_SAYS, noted, question_answer, why_answer
from actions.follow_up import answer_follow_up, answer_payload, chosen_number
from actions.look_up import answer_look_up
from actions.topic_answers import answer_turn
from actions.turn import Turn
from knowledge.check_outlook import foregone
from knowledge.check_parts import UNKNOWN, Question
from knowledge.checks import Check, article_of, checks
from knowledge.dates import find_dates
from knowledge.library import Library
from knowledge.normalise import normalise
from knowledge.numerals import NUMERAL, to_int
from knowledge.snapshot import snapshot
from knowledge.statements import asks, statements, wants_guiding
from knowledge.topics import Topic

_BACK = re.compile(
    r"^(?:我)?(?:要|想)?(?:改一下|修改|更正|改|重答|返回|退回|回到|回)?(?:一下)?(?:上一个|上一步|上一题|上一问|前一个|前一步|前一题|前面那个|刚才(?:那|的)?(?:个|题|回答|答案)?)"
    r"(?:改一下|答错了?|说错了?|选错了?|点错了?|不对|问题|重答|重来)?[了吧。.!]*$|^(?:我)?(?:说错|答错|选错|点错|按错)了?[。.!]*$|^(?:返回|后退|撤销|回退)[吧。.!]*$|"
    r"^(?:我)?(?:要|想)?(?:改一下|修改一下|更正一下|改一改)[吧。.!]*$"
)
_BACK_TO = re.compile(
    rf"^(?:我)?(?:要|想|把)?(?:改一下|修改一?下?|更正一?下?|改|重答|重新回答|回到)第({NUMERAL})(?:个)?(?:问题|问|题|个)(?:的?(?:回答|答案))?[了吧。.!]*$"
)
_WHY = re.compile(
    r"^(?:你)?(?:为什么|为啥|为何|干嘛|干啥|咋|怎么)(?:要|会)?(?:问|知道)(?:这个|我|这些|这一?点)?(?:问题)?(?:呢|啊|呀)?[?？。]*$|"
    r"^问这个(?:干嘛|干啥|做什么|干什么|有什么用|有啥用|啥意思|什么意思)(?:呢|啊)?[?？。]*$|^(?:为什么|为啥|这有(?:什么|啥)关系|跟这个有(?:什么|啥)关系)[?？。]*$"
)
_STOP = re.compile(
    r"^(?:那)?(?:算了|不核对了?|不做了|不问了|不答了|不弄了|不玩了|别问了|停|停止(?:核对)?|退出(?:核对)?|结束(?:核对)?|取消(?:核对)?|"
    r"不想(?:做|答|核对|弄|回答)了?|先不(?:做|核对|弄)了?|够了|到此为止|就到这(?:里|儿)?)[吧了啊。.!]*$"
)
_CONCLUDE = re.compile(
    r"^(?:就?(?:这些|这么多)了?,?)?(?:那|请|你|能不能|可以|麻烦)*(?:直接|先|现在就?|快)*(?:给|说|讲|告诉我|看|出)(?:我|一下|下|个|出)*(?:结论|结果|答案)(?:吧|呢|是什么|了)*[吗。.!?]*$|"
    r"^(?:那)?(?:结论|结果)(?:呢|是什么|是啥)[。.?]*$|^(?:我)?(?:知道的)?就(?:是)?(?:这些|这么多|知道这些|知道这么多)[了吧啊。.!]*$"
)
_GO_ON = re.compile(
    r"^(?:好的?,?)?(?:我们?)?(?:继续|接着|回到)(?:核对|问|来|刚才的?(?:核对|问题)?|吧)?(?:下去)?[吧了。.!]*$|^(?:回来|说回来|下一问)[吧了。.!]*$"
)
_CORRECTS = re.compile(r"^(?:不对|不是的?|错了|说错了|刚才说错了?|刚才(?:那个)?不对|更正|纠正|改一下|其实|应该是|搞错了|弄错了)")
_POINTS = "的,，。:：、 "
_BARE_NUMBER = re.compile(r"^\d+$")
_FOLLOWING = ("neighbour", "lower", "same_number", "verbatim", "which_law")
_LONG_ENOUGH = 6  # characters below which a message is an unread reply rather than another question
_LIKELY, _CERTAIN = 0.6, 0.85  # probability of another matter above which it is asked about, in a question and in words that ask nothing
_HEARD = 0.15  # probability below which nothing was recognised
_TELLING = 4  # characters of a button below which it may be meant for another question than its own

STOPPED, RESTARTED, CONCLUDED, GONE = "stopped", "restarted", "concluded", "gone"
"""How a check ended: the value that `check_reply` takes."""


class Step:
    """What one message does to a running check: the new answers, and what to say now, how it ended, or to go on with `lead`.

    rated: the message only says what the person thinks of the answer before.
    """

    def __init__(self, library: Library, check: Check, answers: dict[str, str], turn: Turn) -> None:
        self.library, self.check, self.answers, self.turn = library, check, dict(answers), turn
        self.say: Answer | None = None
        self.lead = ""
        self.ended = ""
        self.rated = False
        self.chosen = ""
        path, place = check.walk(answers)
        if isinstance(place, Question):
            self.chosen = self._choice(place)
            self._take(normalise(self.chosen) or turn.text, path, place)
        if not self.ended and self.say is None and foregone(self.check, self.answers):
            self.ended = CONCLUDED

    def _take(self, text: str, path: list[tuple[Question, str]], place: Question) -> None:
        if place.reply(text) is not None:
            self.answers = self.check.read_all(text, self.answers)
        elif self.turn.act == "restart":
            self.ended = RESTARTED
        elif _STOP.match(text):
            self.ended = STOPPED
        elif _CONCLUDE.match(text):
            self.ended = CONCLUDED
        elif _WHY.match(text):
            self.say = why_answer(self.library, self.check, self.answers, place)
        elif _BACK.match(text):
            self._back(path, place, len(path))
        elif match := _BACK_TO.match(text):
            self._back(path, place, to_int(match[1]))
        elif _GO_ON.match(text):
            self.say = question_answer(self.library, self.check, self.answers, place, recall=True)
        elif not (self._asked(text, place) or self._corrected(text, path)):
            text = _without_correction(text)
            if not (self._read(text) or (len(text) >= _TELLING and self._pressed(text, path)) or self._another_check(text)):
                self._between(text, place)

    def _choice(self, place: Question) -> str:
        """第二个 and 2 mean the second of what was offered last; a bare number in answer to a question for a sum is that sum."""
        if self.turn.act != "choose" or (place.asks_sum and _BARE_NUMBER.match(self.turn.text)):
            return ""
        choices = self.turn.memory.get("choices") or []
        number = chosen_number(self.turn.text)
        return str(choices[number - 1]["payload"]) if 0 < number <= len(choices) else ""

    # answers put right

    def _back(self, path: list[tuple[Question, str]], place: Question, number: int) -> None:
        """The answer of this number on the way is taken back and asked for again."""
        if not 0 < number <= len(path):
            said = f"前面只回答了{len(path)}问。\n" if path else "这是第一个问题，前面没有可以改的。\n"
            self.say = question_answer(self.library, self.check, self.answers, place, said)
            return
        question = path[number - 1][0]
        del self.answers[question.id]
        self.say = question_answer(self.library, self.check, self.answers, question, "好的，重新回答这一问。\n")

    def _corrected(self, text: str, path: list[tuple[Question, str]]) -> bool:
        """不对，文章还没发表: an answer given before is put right, and what the message says besides is taken too."""
        if not _CORRECTS.match(text):
            return False
        said = _CORRECTS.sub("", text).lstrip(_POINTS)
        if self._pressed(said, path):
            return True
        rest = statements(said)
        new = {q.id: v for q, old in path if rest and (v := q.heard(rest)) not in (None, old)}
        if not new:
            return False
        self._set(self.check.read_all(rest, {**self.answers, **{id_: v for id_, v in new.items() if v}}))
        return True

    def _pressed(self, text: str, path: list[tuple[Question, str]]) -> bool:
        """A button of a question that was answered already, pressed again or anew: that answer is put right."""
        new = {q.id: v for q, _ in path if (v := q.reply(text)) not in (None, UNKNOWN)}
        if len(new) != 1:
            return False
        self._set({**self.answers, **{id_: v for id_, v in new.items() if v}})
        return True

    # answers read

    def _read(self, text: str, questions_too: bool = False) -> bool:
        known = self.check.read_all(text, self.answers, questions_too)
        if known == self.answers:
            return False
        self._set(known)
        return True

    def _set(self, answers: dict[str, str]) -> None:
        self.lead = noted(self.check, self.answers, answers)
        self.answers = answers

    # other things said in between

    def _asked(self, text: str, place: Question) -> bool:
        """What is another question whatever words it has: a provision by its number, a date we asked for, a topic's question.

        A question on the very provisions that the check rests on is the person's own case; what it states counts as answers first.
        """
        turn, topic, answer = self.turn, self._topic(), None
        exact = topic is not None and turn.exact
        dated = bool((turn.memory.get("pending") or {}).get("rule") and find_dates(text))
        another = topic is not None and turn.act is None and not self._own(topic) and self._is_asked(text, place)
        if turn.act == "look_up" and not exact:
            answer = answer_look_up(self.library, turn)
        elif exact or dated or another:
            answer = answer_turn(self.library, turn)
        if answer is not None:
            self._interrupt(answer)
        return answer is not None

    def _topic(self) -> Topic | None:
        """The topic that the message surely asks for."""
        topic = snapshot(self.library).topics.get(_best(self.turn) or "") if self.turn.verdict == "sure" else None
        return topic if topic is not None and topic.kind in ("answer", "refuse") and topic.reason != "unclear" else None

    def _is_asked(self, text: str, place: Question) -> bool:
        """Is the message, which may be on another matter, a question rather than an answer to ours?"""
        certainty, topic, answers = self.turn.candidates[0].probability, self._topic(), self._answers(text, place)
        if asks(text) and not (answers and topic is not None and topic.kind == "refuse"):  # 会罚多少 is no foreign matter where sums are asked for
            return certainty >= _LIKELY or not answers
        return certainty >= _CERTAIN and not answers

    def _answers(self, text: str, place: Question) -> bool:
        """Does the message answer the open question, be it by asking (会罚多少钱)?"""
        return place.heard(statements(text), is_open=True) is not None or place.heard(text) is not None

    def _own(self, topic: Topic) -> bool:
        """Does the topic rest on provisions that the check rests on?"""
        return not self.check.articles.isdisjoint(article_of(g.at) for g in topic.grounds)

    def _another_check(self, text: str) -> bool:
        """帮我核对一下能不能申请专利, in the middle of another check: that one begins (or this one begins again)."""
        wanted = checks().get(_best(self.turn) or "") if self.turn.verdict == "sure" and wants_guiding(text) else None
        if wanted is None:
            return False
        changed = wanted is not self.check
        self.check, self.answers = wanted, {}
        self._set(wanted.read_all(text, {}))
        self.lead = (f"好的，换成核对“{wanted.title}”。\n" if changed else "好的，从头核对。\n") + self.lead
        return True

    def _between(self, text: str, place: Question) -> None:
        """Another question in between is answered; what can be read when taken as a whole is; the rest is asked again."""
        if self.turn.act == "feedback":
            self.rated = True
            return
        if self.turn.act is None and self._answers(text, place) and self._read(text, questions_too=True):
            return
        answer = self._other_answer(text)
        if answer is not None and answer.kind == "chat":
            self.say = question_answer(self.library, self.check, self.answers, place, f"{answer.summary}\n")
        elif answer is not None and not (answer.kind == "refuse" and answer.reason == "unclear"):
            self._interrupt(answer)
        elif not self._read(text, questions_too=True):
            hint = "没有听出具体的数目，请说一个（比如“20万”）" if place.asks_sum else "这句话还定不下来是哪一个选项，请点一个，或者说得再具体些"
            said = f"{hint}；说不准就选“不清楚”。\n"
            self.say = question_answer(self.library, self.check, self.answers, place, said)

    def _other_answer(self, text: str) -> Answer | None:
        turn, topics = self.turn, snapshot(self.library).topics
        if self.chosen:  # one of the questions offered beside an answer in between
            return answer_payload(self.library, turn, self.chosen)
        if turn.act in _FOLLOWING:
            return answer_follow_up(self.library, turn)
        best = topics.get(_best(turn) or "")
        if turn.act is None and turn.verdict == "sure" and best and (best.kind == "chat" or len(text) >= _LONG_ENOUGH):
            return answer_turn(self.library, turn)
        heard = turn.candidates and turn.candidates[0].probability >= _HEARD
        if turn.act is None and heard and asks(text) and len(text) >= _LONG_ENOUGH:  # may mean something together with what the check is about
            answer = answer_turn(self.library, turn)
            return answer if answer.kind == "answer" else None
        return None

    def _interrupt(self, answer: Answer) -> None:
        _, place = self.check.walk(self.answers)
        assert isinstance(place, Question)
        go_on = Suggestion(f"{GO_ON_SAYS}：{place.asks}", GO_ON_SAYS)
        self.say = replace(answer, suggestions=(go_on, *answer.suggestions))


def _without_correction(text: str) -> str:
    """不对，再问一句 -> 再问一句: what 不对 says of an answer before is not said of the open question; 不是 may well be."""
    return text if text.startswith("不是") else _CORRECTS.sub("", text).lstrip(_POINTS) or text


def _best(turn: Turn) -> str | None:
    return turn.candidates[0].topic if turn.candidates else None
