"""Guided checks as a Rasa form: ask, explain, correct, skip, leave, answer a question in between, conclude.

The form has one required slot, `check_reply`, which stays empty until the check ends; `check_state` holds the check's id and
the answers so far. What to ask and where it leads is data (`knowledge/checks/*.yml`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answer, Suggestion
from actions.check_answers import GO_ON_SAYS, noted, outcome_answer, question_answer, stopped_answer, why_answer
from actions.follow_up import ActionStartAgain, answer_follow_up, answer_payload, chosen_number
from actions.look_up import answer_look_up
from actions.topic_answers import answer_turn
from actions.turn import Turn, send
from knowledge.checks import Check, Outcome, Question, checks
from knowledge.dates import find_dates
from knowledge.library import Library, default_library
from knowledge.snapshot import snapshot
from knowledge.statements import statements, wants_guiding

_BACK = re.compile(
    r"^(?:我)?(?:要|想)?(?:改一下|修改|更正|改|重答|返回|退回|回到|回)?(?:一下)?(?:上一个|上一步|上一题|上一问|前一个|前一步|前一题|前面那个|刚才(?:那|的)?(?:个|题|回答|答案)?)"
    r"(?:改一下|答错了?|说错了?|选错了?|点错了?|不对|问题|重答|重来)?[了吧。.!]*$|^(?:我)?(?:说错|答错|选错|点错|按错)了?[。.!]*$|^(?:返回|后退|撤销|回退)[吧。.!]*$"
)
_WHY = re.compile(
    r"^(?:你)?(?:为什么|为啥|为何|干嘛|干啥|咋|怎么)(?:要|会)?(?:问|知道)(?:这个|我|这些|这一?点)?(?:问题)?(?:呢|啊|呀)?[?？。]*$|"
    r"^问这个(?:干嘛|干啥|做什么|干什么|有什么用|有啥用|啥意思|什么意思)(?:呢|啊)?[?？。]*$|^(?:为什么|为啥|这有(?:什么|啥)关系|跟这个有(?:什么|啥)关系)[?？。]*$"
)
_STOP = re.compile(
    r"^(?:那)?(?:算了|不核对了?|不做了|不问了|不答了|不弄了|不玩了|别问了|停|停止(?:核对)?|退出(?:核对)?|结束(?:核对)?|取消(?:核对)?|"
    r"不想(?:做|答|核对|弄|回答)了?|先不(?:做|核对|弄)了?|够了|到此为止|就到这(?:里|儿)?)[吧了啊。.!]*$"
)
_GO_ON = re.compile(
    r"^(?:好的?,?)?(?:我们?)?(?:继续|接着|回到)(?:核对|问|来|刚才的?(?:核对|问题)?|吧)?(?:下去)?[吧了。.!]*$|^(?:回来|说回来|下一问)[吧了。.!]*$"
)
_CORRECTS = re.compile(r"^(?:不对|不是的?|错了|说错了|刚才说错了?|刚才(?:那个)?不对|更正|纠正|改一下|其实|应该是|搞错了|弄错了)")
_BARE_NUMBER = re.compile(r"^\d+$")
_FOLLOWING = ("neighbour", "lower", "same_number", "verbatim", "which_law")
STOPPED, RESTARTED, CONCLUDED, GONE = "stopped", "restarted", "concluded", "gone"
"""How a check ended: the value that `check_reply` takes."""

_LONG_ENOUGH = 6  # characters below which a message is an unread reply rather than another question


class Step:
    """What one message does to a running check: the new answers, and either what to say now, that it was left, or to go on with `lead`."""

    def __init__(self, library: Library, check: Check, answers: dict[str, str], turn: Turn) -> None:
        self.library, self.check, self.answers, self.turn = library, check, dict(answers), turn
        self.say: Answer | None = None
        self.lead = ""
        self.left = ""
        path, place = check.walk(answers)
        if isinstance(place, Question):
            self._take(self._chosen(turn.text, place), path, place)

    def _take(self, text: str, path: list[tuple[Question, str]], place: Question) -> None:
        if place.reply(text) is not None:
            self.answers = self.check.read_all(text, self.answers)
        elif self.turn.act == "restart":
            self.left = RESTARTED
        elif _STOP.match(text):
            self.left = STOPPED
        elif _WHY.match(text):
            self.say = why_answer(self.library, self.check, self.answers, place)
        elif _BACK.match(text):
            self._back(path, place)
        elif _GO_ON.match(text):
            self.say = question_answer(self.check, self.answers, place)
        elif not (self._dated(text) or self._correct(text, path) or self._read(text, place) or self._another_check(text)):
            self._between(text, place)

    def _chosen(self, text: str, place: Question) -> str:
        """第二个 and 2 mean the second of what was offered last; a bare number in answer to a question for a sum is that sum."""
        if self.turn.act != "choose" or (place.asks_sum and _BARE_NUMBER.match(text)):
            return text
        choices = self.turn.memory.get("choices") or []
        number = chosen_number(text)
        return str(choices[number - 1]["payload"]) if 0 < number <= len(choices) else text

    def _back(self, path: list[tuple[Question, str]], place: Question) -> None:
        if not path:
            self.say = question_answer(self.check, self.answers, place, "这是第一个问题，前面没有可以改的。\n")
            return
        question = path[-1][0]
        del self.answers[question.id]
        self.say = question_answer(self.check, self.answers, question, "好的，重新回答这一问。\n")

    def _correct(self, text: str, path: list[tuple[Question, str]]) -> bool:
        """不对，文章还没发表: an answer given before is put right, and what the message says besides is taken too."""
        if not _CORRECTS.match(text):
            return False
        said = statements(_CORRECTS.sub("", text).lstrip("的,，。 "))
        new = {q.id: v for q, old in path if said and (v := q.heard(said)) not in (None, old)}
        if not new:
            return False
        before = dict(self.answers)
        self.answers = self.check.read_all(said, {**self.answers, **{id_: v for id_, v in new.items() if v}})
        self.lead = noted(self.check, before, self.answers)
        return True

    def _read(self, text: str, place: Question, questions_too: bool = False) -> bool:
        known = self.check.read_all(text, self.answers, questions_too)
        if known == self.answers:
            return False
        self.lead = noted(self.check, self.answers, known)
        self.answers = known
        return True

    def _another_check(self, text: str) -> bool:
        """帮我核对一下能不能申请专利, in the middle of another check: that one begins (or this one begins again)."""
        wanted = checks().get(_best(self.turn) or "") if self.turn.verdict == "sure" and wants_guiding(text) else None
        if wanted is None:
            return False
        changed = wanted is not self.check
        self.check, self.answers = wanted, wanted.read_all(text, {})
        self.lead = (f"好的，换成核对“{wanted.title}”。\n" if changed else "好的，从头核对。\n") + noted(wanted, {}, self.answers)
        return True

    def _dated(self, text: str) -> bool:
        """A date in answer to our own question for one, asked by an answer in between."""
        if not (self.turn.memory.get("pending") or {}).get("rule") or not find_dates(text):
            return False
        self._interrupt(answer_turn(self.library, self.turn))
        return True

    def _between(self, text: str, place: Question) -> None:
        """Another question in between is answered; what can be read when taken as a whole is; the rest is asked again."""
        answer = self._other_answer(text)
        if answer is not None and answer.kind == "chat":
            self.say = question_answer(self.check, self.answers, place, f"{answer.summary}\n")
        elif answer is not None and not (answer.kind == "refuse" and answer.reason == "unclear"):
            self._interrupt(answer)
        elif not self._read(text, place, questions_too=True):
            hint = "请说出一个具体的数目（比如“20万”）" if place.asks_sum else "请点一个选项，或者用自己的话再说一次"
            self.say = question_answer(self.check, self.answers, place, f"没有听懂这个回答，{hint}；说不准就选“不清楚”。\n")

    def _other_answer(self, text: str) -> Answer | None:
        turn, topics = self.turn, snapshot(self.library).topics
        if turn.act == "choose" and text != turn.text:  # one of the questions offered beside an answer in between
            return answer_payload(self.library, turn, text)
        if turn.act == "look_up":
            return answer_look_up(self.library, turn)
        if turn.act in _FOLLOWING:
            return answer_follow_up(self.library, turn)
        best = topics.get(_best(turn) or "")
        if turn.act is None and turn.verdict == "sure" and best and (best.kind == "chat" or len(text) >= _LONG_ENOUGH):
            return answer_turn(self.library, turn)
        return None

    def _interrupt(self, answer: Answer) -> None:
        _, place = self.check.walk(self.answers)
        assert isinstance(place, Question)
        go_on = Suggestion(f"{GO_ON_SAYS}：{place.asks}", GO_ON_SAYS)
        self.say = replace(answer, suggestions=(go_on, *answer.suggestions))


def _best(turn: Turn) -> str | None:
    return turn.candidates[0].topic if turn.candidates else None


def running(tracker: Tracker) -> tuple[Check | None, dict[str, str]]:
    """The check that is under way and its answers so far."""
    state = tracker.get_slot("check_state") or {}
    return checks().get(state.get("id", "")), dict(state.get("answers") or {})


def _state(check: Check, answers: dict[str, str], **more: Any) -> EventType:
    return SlotSet("check_state", {"id": check.id, "answers": answers, **more})


class ActionStartCheck(Action):
    """Chooses the guided check that was asked for; what the first message already states counts as answers.

    Where no check is meant, or where the first message already leads to the conclusion, no form is needed: the answer is given
    and the next action is to listen, whatever the rule says.
    """

    def name(self) -> str:
        return "action_start_check"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn, library = Turn.of(tracker), default_library()
        check = next((checks()[c.topic] for c in turn.candidates if c.topic in checks()), None)
        nothing = [SlotSet("check_state", None), SlotSet("check_reply", None)]
        if check is None:
            return [*send(dispatcher, turn, answer_turn(library, turn)), *nothing, FollowupAction("action_listen")]
        answers = check.read_all(turn.text, {})
        path, place = check.walk(answers)
        if isinstance(place, Outcome):
            return [*send(dispatcher, turn, outcome_answer(library, check, answers, path, place)), *nothing, FollowupAction("action_listen")]
        lead = f"{check.intro}\n{noted(check, {}, answers)}"
        return [_state(check, answers, new=True, lead=lead), SlotSet("check_reply", None)]


class ValidateGuidedCheck(Action):
    """Takes one message into the check. A plain action, since FormValidationAction sends back only the form's own slots."""

    def name(self) -> str:
        return "validate_guided_check"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        check, answers = running(tracker)
        state = tracker.get_slot("check_state") or {}
        if check is None:
            return [SlotSet("check_reply", GONE)]
        if state.get("new"):
            return [SlotSet("check_reply", None), _state(check, answers, ask=True, lead=state.get("lead", ""))]
        turn = Turn.of(tracker)
        step = Step(default_library(), check, answers, turn)
        if step.left:
            return [SlotSet("check_reply", step.left)]
        if step.say is not None:
            return [*send(dispatcher, turn, step.say), SlotSet("check_reply", None), _state(step.check, step.answers)]
        _, place = step.check.walk(step.answers)
        if isinstance(place, Outcome):
            return [SlotSet("check_reply", CONCLUDED), _state(step.check, step.answers)]
        return [SlotSet("check_reply", None), _state(step.check, step.answers, ask=True, lead=step.lead)]


class AskCheckReply(Action):
    """Asks the next question, unless something was already said in this turn."""

    def name(self) -> str:
        return "action_ask_check_reply"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        check, answers = running(tracker)
        state = tracker.get_slot("check_state") or {}
        if check is None or not state.get("ask"):
            return []
        _, place = check.walk(answers)
        assert isinstance(place, Question)
        events = send(dispatcher, Turn.of(tracker), question_answer(check, answers, place, state.get("lead", "")))
        return [*events, _state(check, answers)]


class ActionConcludeCheck(Action):
    """Says the conclusion, or that the check was left."""

    def name(self) -> str:
        return "action_conclude_check"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        library, turn = default_library(), Turn.of(tracker)
        check, answers = running(tracker)
        if tracker.get_slot("check_reply") == RESTARTED:
            return [*ActionStartAgain().run(dispatcher, tracker, domain), ActiveLoop(None)]
        end: list[EventType] = [SlotSet("check_state", None), SlotSet("check_reply", None), ActiveLoop(None)]
        if check is None:  # the check was taken out of the content while it was under way
            answer = (answer_look_up(library, turn) if turn.act == "look_up" else None) or answer_turn(library, turn)
            return [*send(dispatcher, turn, answer), *end]
        path, place = check.walk(answers)
        answer = outcome_answer(library, check, answers, path, place) if isinstance(place, Outcome) else stopped_answer(library, check)
        return [*send(dispatcher, turn, answer), *end]
