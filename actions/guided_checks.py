"""Guided checks as a Rasa form: ask, explain, correct, skip, leave, answer a question in between, conclude.

The form has one required slot, `check_reply`, which stays empty until the check ends; `check_state` holds the check's id and
the answers so far. What to ask and where it leads is data (`knowledge/checks/*.yml`).
"""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answer, Suggestion, cite, short_label, suggest_topics
from actions.look_up import answer_look_up
from actions.topic_answers import answer_turn
from actions.turn import Turn, send
from knowledge.checks import UNKNOWN, Check, Outcome, Question, checks
from knowledge.library import Library, default_library

UNKNOWN_SAYS, BACK_SAYS, WHY_SAYS, STOP_SAYS, GO_ON_SAYS = "不清楚", "改一下上一个", "为什么问这个", "不核对了", "继续核对"
_BACK = re.compile(r"^(?:我)?(?:要|想)?(?:改一下|修改|更正|改)?(?:一下)?(?:上一个|上一步|上一题|前一个|前一步|刚才的?(?:回答|答案)?)(?:改一下|答错了|说错了|不对|问题|重答)?$|^(?:说错了|答错了|返回|后退|撤销)$")
_WHY = re.compile(r"^(?:为什么|为啥|干嘛|干啥)(?:要)?问(?:这个|我)?(?:呢|啊)?$|^问这个(?:干嘛|干啥|做什么|有什么用|有啥用)$|^为什么$")
_STOP = re.compile(r"^(?:算了|不核对了|不做了|不问了|停|停止|退出|结束|取消|不想(?:做|答|核对)了|先不(?:做|核对)了|够了)[吧了。]*$")
_GO_ON = re.compile(r"^(?:继续|继续核对|接着|接着问|接着来|回到核对|回来)[吧。]*$")


def question_answer(check: Check, question: Question, answered: int, lead: str = "") -> Answer:
    """The next question, with its options as buttons."""
    longest = _longest(check, question.id)
    options = [Suggestion(o.say, o.say) for o in question.options]
    controls = [Suggestion(UNKNOWN_SAYS, UNKNOWN_SAYS), Suggestion(WHY_SAYS, WHY_SAYS)]
    if answered:
        controls.append(Suggestion(BACK_SAYS, BACK_SAYS))
    controls.append(Suggestion(STOP_SAYS, STOP_SAYS))
    return Answer(
        "question",
        check.title,
        f"{lead}{question.asks}",
        topic=check.id,
        sections=(("进度", (f"第{answered + 1}问，最多还有{longest}问",)),),
        suggestions=(*options, *controls),
    )


def _longest(check: Check, place: str) -> int:
    """The number of questions on the longest way from here."""
    question = check.questions.get(place)
    if question is None:
        return 0
    return 1 + max(_longest(check, leads) for leads in {*(o.leads for o in question.options), question.unknown})


def outcome_answer(library: Library, check: Check, path: list[tuple[Question, str]], outcome: Outcome) -> Answer:
    """The conclusion, the rule that led to it fact by fact, and its provisions, the main one first."""
    passages: dict[str, list[str]] = {}
    for ground in outcome.grounds:
        passages.setdefault(ground.at, []).append(ground.quote)
    facts = []
    for question, value in path:
        option = question.option(value)
        if option is None:
            facts.append(f"{question.asks}——{UNKNOWN_SAYS}")
            continue
        for ground in option.grounds:
            passages.setdefault(ground.at, []).append(ground.quote)
        labels = [short_label(p) for g in option.grounds if (p := library.provision(g.at))]
        because = f"：{option.because}" if option.because else ""
        facts.append(f"{option.say}{because}" + (f"〔{'、'.join(dict.fromkeys(labels))}〕" if labels else ""))
    provisions = [(library.provision(address), quotes) for address, quotes in passages.items()]
    main = outcome.grounds[0].at
    return Answer(
        "answer",
        f"{check.title}：{outcome.title}",
        outcome.answer,
        topic=check.id,
        citations=tuple(cite(p, quotes) for p, quotes in provisions if p),
        sections=(("您说的情况", tuple(facts)), ("注意", outcome.advice)),
        suggestions=suggest_topics(library, outcome.topics),
        slots={"topic": outcome.topics[0] if outcome.topics else None, "provision": main, "law": main.split("/")[0]},
    )


class Step:
    """What one message does to a running check: the new answers and what to say."""

    def __init__(self, library: Library, check: Check, answers: dict[str, str], turn: Turn) -> None:
        self.library, self.check, self.answers, self.turn = library, check, dict(answers), turn
        self.say: Answer | None = None
        self.stopped = False
        self._take(turn.text)

    def _take(self, text: str) -> None:
        path, place = self.check.walk(self.answers)
        if not isinstance(place, Question):
            return
        if _STOP.match(text) or self.turn.act == "restart":
            self.stopped = True
            self.say = Answer("chat", "已停止核对", f"好的，不再核对“{self.check.title}”。想再核对，随时告诉我。", topic=self.check.id)
        elif _WHY.match(text):
            self.say = question_answer(self.check, place, len(path), f"{place.why}\n")
        elif _BACK.match(text):
            self._back(path, place)
        elif _GO_ON.match(text):
            self.say = question_answer(self.check, place, len(path))
        else:
            known = self.check.read_all(self._chosen(text, place), self.answers)
            if known != self.answers:
                self.answers = known
                return
            self._between(place, len(path))

    def _chosen(self, text: str, place: Question) -> str:
        """第二个 and 2 mean the second button."""
        if self.turn.act != "choose":
            return text
        from actions.follow_up import chosen_number

        number = chosen_number(text)
        says = [*(o.say for o in place.options), UNKNOWN_SAYS]
        return says[number - 1] if 0 < number <= len(says) else text

    def _back(self, path: list[tuple[Question, str]], place: Question) -> None:
        if not path:
            self.say = question_answer(self.check, place, 0, "这是第一个问题，前面没有可以改的。")
            return
        question = path[-1][0]
        del self.answers[question.id]
        self.say = question_answer(self.check, question, len(path) - 1, "好的，重新回答这一问。")

    def _between(self, place: Question, answered: int) -> None:
        """Another question in between is answered; what cannot be read is asked again."""
        turn = self.turn
        answer = answer_look_up(self.library, turn) if turn.act == "look_up" else None
        if answer is None and turn.verdict == "sure" and turn.act is None and len(turn.text) >= 6:
            answer = answer_turn(self.library, turn)
        if answer is not None and answer.kind in ("answer", "provision", "refuse", "chat"):
            go_on = Suggestion(f"{GO_ON_SAYS}：{place.asks}", GO_ON_SAYS)
            self.say = Answer(**{**answer.__dict__, "suggestions": (go_on, *answer.suggestions)})
        else:
            self.say = question_answer(self.check, place, answered, "没有听懂这个回答，请点一个选项，或用自己的话再说一次。")


def running(tracker: Tracker) -> tuple[Check | None, dict[str, str]]:
    """The check that is under way and its answers so far."""
    state = tracker.get_slot("check_state") or {}
    return checks().get(state.get("id", "")), dict(state.get("answers") or {})


class ActionStartCheck(Action):
    """Chooses the guided check that was asked for; what the first message already says counts as answers."""

    def name(self) -> str:
        return "action_start_check"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn.of(tracker)
        wanted = next((c.topic for c in turn.candidates if c.topic in checks()), None)
        return [SlotSet("check_state", {"id": wanted, "answers": {}, "new": True} if wanted else None), SlotSet("check_reply", None)]


class ValidateGuidedCheck(FormValidationAction):
    """Takes one message into the check."""

    def name(self) -> str:
        return "validate_guided_check"

    async def extract_check_reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> dict[str, Any]:
        check, answers = running(tracker)
        state = tracker.get_slot("check_state") or {}
        if check is None:
            return {"check_reply": "nothing to check"}
        if state.get("new"):
            return {"check_reply": None, "check_state": {"id": check.id, "answers": {}, "ask": True}}
        step = Step(default_library(), check, answers, Turn.of(tracker))
        state = {"id": check.id, "answers": step.answers}
        if step.stopped:
            assert step.say is not None
            return {"check_reply": "stopped", "check_state": {**state, "say": step.say.payload()}}
        if step.say is not None:
            events = send(dispatcher, Turn.of(tracker), step.say)
            remembered = {e["name"]: e["value"] for e in events if e.get("event") == "slot"}
            return {**remembered, "check_reply": None, "check_state": state}
        _, place = check.walk(step.answers)
        if isinstance(place, Outcome):
            return {"check_reply": "done", "check_state": state}
        return {"check_reply": None, "check_state": {**state, "ask": True}}


class AskCheckReply(Action):
    """Asks the next question, unless something was already said in this turn."""

    def name(self) -> str:
        return "action_ask_check_reply"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        check, answers = running(tracker)
        state = tracker.get_slot("check_state") or {}
        if check is None or not (state.get("ask") or state.get("new")):
            return []
        path, place = check.walk(answers)
        assert isinstance(place, Question)
        lead = f"{check.intro}\n" if not path else ""
        events = send(dispatcher, Turn.of(tracker), question_answer(check, place, len(path), lead))
        return [*events, SlotSet("check_state", {"id": check.id, "answers": answers})]


class ActionConcludeCheck(Action):
    """Says the conclusion, or that the check was left."""

    def name(self) -> str:
        return "action_conclude_check"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        library, turn = default_library(), Turn.of(tracker)
        check, answers = running(tracker)
        end: list[EventType] = [SlotSet("check_state", None), SlotSet("check_reply", None), ActiveLoop(None)]
        if check is None:
            return [*send(dispatcher, turn, answer_turn(library, turn)), *end]
        path, place = check.walk(answers)
        if isinstance(place, Outcome):
            answer = outcome_answer(library, check, path, place)
        else:
            answer = Answer("chat", "已停止核对", f"好的，不再核对“{check.title}”。想再核对，随时告诉我。", topic=check.id)
        return [*send(dispatcher, turn, answer), *end]


__all__ = ["UNKNOWN", "ActionConcludeCheck", "ActionStartCheck", "AskCheckReply", "ValidateGuidedCheck"]
