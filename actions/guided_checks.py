"""Guided checks as a Rasa form: ask, explain, correct, skip, leave, answer a question in between, conclude.

The form has one required slot, `check_reply`, which stays empty until the check ends; `check_state` holds the check's id and
the answers so far. What to ask and where it leads is data (`knowledge/checks/*.yml`).
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import from_topic
from actions.check_answers import interim_answer, noted, outcome_answer, question_answer, stopped_answer
from actions.check_step import CONCLUDED, GONE, RESTARTED, Step
from actions.context import context_of
from actions.elsewhere import moved
from actions.feedback import rate
from actions.follow_up import ActionStartAgain
from actions.look_up import answer_look_up
from actions.topic_answers import answer_turn
from actions.turn import Turn, send
from knowledge.amended import amendments
from knowledge.check_outlook import foregone, pinned, settled
from knowledge.check_parts import Question
from knowledge.checks import Check, checks
from knowledge.library import default_library
from knowledge.snapshot import snapshot


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
        topic = snapshot(library).topics.get(check.id) if check else None
        nothing = [SlotSet("check_state", None), SlotSet("check_reply", None)]
        if topic is not None and amendments(library).of(topic):  # its conclusions rest on an earlier text
            return [*send(dispatcher, turn, from_topic(library, topic)), *nothing, FollowupAction("action_listen")]
        corrected = moved(library, turn, context_of(library, turn))  # 不对，我问的是集体商标
        if check is None or corrected:
            return [*send(dispatcher, turn, corrected or answer_turn(library, turn)), *nothing, FollowupAction("action_listen")]
        answers = check.read_all(turn.text, {})
        if foregone(check, answers):
            return [*send(dispatcher, turn, outcome_answer(library, check, answers)), *nothing, FollowupAction("action_listen")]
        lead = f"{check.intro}\n{noted(check, {}, answers)}"
        subject = [SlotSet("topic", check.id), SlotSet("question", turn.said)]  # what is asked in between is asked about it
        return [_state(check, answers, new=True, lead=lead), SlotSet("check_reply", None), *subject]


class ValidateGuidedCheck(Action):
    """Takes one message into the check. A plain action, since FormValidationAction sends back only the form's own slots."""

    def name(self) -> str:
        return "validate_guided_check"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        check, answers = running(tracker)
        state = tracker.get_slot("check_state") or {}
        if check is None:
            return [SlotSet("check_reply", GONE)]
        if state.get("new"):
            return [SlotSet("check_reply", None), _state(check, answers, ask=True, recall=True, lead=state.get("lead", ""))]
        turn = Turn.of(tracker)
        step = Step(default_library(), check, answers, turn)
        if step.ended:
            return [SlotSet("check_reply", step.ended), _state(step.check, step.answers)]
        if step.say is not None:
            return [*send(dispatcher, turn, step.say), SlotSet("check_reply", None), _state(step.check, step.answers)]
        rating = await rate(turn) if step.rated else None
        lead = f"{rating.acknowledged}\n" if rating else step.lead
        news = settled(step.check, step.answers) not in (None, settled(check, answers))
        news = news or (pinned(step.check, step.answers) and not (step.check is check and pinned(check, answers)))
        return [SlotSet("check_reply", None), _state(step.check, step.answers, ask=True, interim=news, lead=lead)]


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
        lead = state.get("lead", "")
        answer = (
            interim_answer(default_library(), check, answers, place, lead)
            if state.get("interim")
            else question_answer(default_library(), check, answers, place, lead, recall=bool(state.get("recall")))
        )
        return [*send(dispatcher, Turn.of(tracker), answer), _state(check, answers)]


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
        concluded = tracker.get_slot("check_reply") == CONCLUDED
        answer = outcome_answer(library, check, answers) if concluded else stopped_answer(library, check, answers)
        return [*send(dispatcher, turn, answer), *end]
