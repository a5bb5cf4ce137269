"""A conversation as Rasa leads it, without a server: the rules of data/rules/rules.yml and the form loop of
rasa.core.actions.forms, around the real action executor of rasa_sdk and the real actions.

Without a recogniser a test says what it would have found (`topic`).
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml
from rasa_sdk.executor import ActionExecutor

from bot.nlu.acts import dialogue_act
from bot.nlu.recognition.model import Recogniser
from knowledge.library import default_library
from knowledge.normalise import normalise
from knowledge.settings import ROOT
from knowledge.snapshot import snapshot

DOMAIN = yaml.safe_load((ROOT / "bot" / "domain" / "domain.yml").read_text(encoding="utf-8"))
FORM = "guided_check"
_BY_INTENT = {
    "ask": "action_answer",
    "refuse": "action_answer",
    "chat": "action_answer",
    "look_up": "action_look_up",
    "follow_up": "action_follow_up",
    "feedback": "action_feedback",
}
_BY_KIND = {"answer": "ask", "refuse": "refuse", "chat": "chat", "check": "start_check"}
_BY_ACT = {"look_up": "look_up", "restart": "start_again", "feedback": "feedback"}


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def executor() -> ActionExecutor:
    """rasa_sdk's executor with every action of the package."""
    made = ActionExecutor()
    made.register_package("actions")
    return made


class Conversation:
    """One conversation. `say` gives the one payload that answers a message."""

    def __init__(self, actions: ActionExecutor, recogniser: Recogniser | None = None, sender: str = "test") -> None:
        self.actions, self.recogniser, self.sender = actions, recogniser, sender
        self.slots: dict[str, Any] = dict.fromkeys([*DOMAIN["slots"], "requested_slot"])
        self.active_loop: str | None = None
        self.events: list[dict[str, Any]] = []
        self.message: dict[str, Any] = {}
        self.said: list[dict[str, Any]] = []
        self.transcript: list[tuple[str, dict[str, Any]]] = []

    def say(self, text: str, topic: str | None = None, verdict: str = "sure") -> dict[str, Any]:
        """Send a message. `topic`: what the recogniser finds in it; our own questions are recognised by themselves."""
        own = snapshot(default_library()).by_question.get(text)
        topic = topic or (own.id if own else None)
        self._hear(text, topic, verdict, exact=own is not None)
        self.said = []
        for action in self._predicted():
            self._run(action)
        assert len(self.said) == 1, f"{text!r} was answered {len(self.said)} times"
        self.transcript.append((text, self.said[0]))
        return self.said[0]

    @property
    def in_check(self) -> bool:
        return self.active_loop == FORM

    @property
    def answers(self) -> dict[str, str]:
        """The answers that stand in the running check."""
        return dict((self.slots["check_state"] or {}).get("answers") or {})

    def _hear(self, text: str, topic: str | None, verdict: str, exact: bool) -> None:
        act = dialogue_act(normalise(text), reason_wanted="reason" in (self.slots["pending"] or {}))
        kind = snapshot(default_library()).topics[topic].kind if topic else None
        intent = _BY_ACT.get(act, "follow_up") if act else _BY_KIND[kind] if kind else "nlu_fallback"
        candidates = [{"topic": topic, "probability": 0.9}] if topic else []
        data: dict[str, Any] = {"verdict": verdict if topic else "none", "confidence": 0.9, "candidates": candidates, "exact": exact}
        if self.recogniser is not None:
            found = self.recogniser.recognise(text, self.slots["question"])
            best = self.recogniser.info[found.candidates[0].topic].kind if found.candidates else None
            recognised = _BY_KIND[best] if best and found.verdict != "none" else "nlu_fallback"
            intent, data = intent if act else recognised, found.as_data()
        self.message = {
            "text": text,
            "message_id": f"{self.sender}/{len(self.transcript)}",
            "intent": {"name": intent, "confidence": 1.0},
            "entities": [],
            "act": act,
            "recognition": data,
        }
        self.events.append({"event": "user", "text": text, "metadata": {"model_id": "a model"}})

    def _predicted(self) -> Iterator[str]:
        """The actions that RulePolicy predicts, one after another, up to listening."""
        intent = self.message["intent"]["name"]
        if self.in_check:  # the loop's happy path goes before every rule
            yield FORM
            if not self.in_check:  # rule: A guided check ends
                assert self.slots["requested_slot"] is None
                yield "action_conclude_check"
        elif intent == "start_check":
            yield "action_start_check"
            if self._followed_up():
                return
            yield FORM
            assert self.in_check, "no rule says what follows a form that ends where it begins"
        else:
            yield {"start_again": "action_start_again", "nlu_fallback": "action_fallback"}.get(intent) or _BY_INTENT[intent]

    def _followed_up(self) -> bool:
        """Did the last action name the next one itself (FollowupAction)?"""
        last = next((e for e in reversed(self.events) if e["event"] in ("followup", "action")), None)
        if last is None or last["event"] != "followup":
            return False
        assert last["name"] == "action_listen"
        return True

    def _run(self, action: str) -> None:
        if action == FORM:
            self._run_form()
        else:
            self.events.append({"event": "action", "name": action})
            self._apply(self._call(action))

    def _run_form(self) -> None:
        """FormAction.run: activate, validate, ask for the next slot or end."""
        self.active_loop = FORM
        events = self._call(f"validate_{FORM}")
        assert any(e["event"] == "slot" for e in events), "the form would reject its own execution"
        self._apply(events)
        if self.slots["check_reply"] is None:
            self.slots["requested_slot"] = "check_reply"
            self._apply(self._call("action_ask_check_reply"))
        else:
            self.slots["requested_slot"] = None
            self.active_loop = None
        self.events.append({"event": "action", "name": FORM})

    def _call(self, action: str) -> list[dict[str, Any]]:
        tracker = {
            "sender_id": self.sender,
            "slots": copy.deepcopy(self.slots),
            "latest_message": self.message,
            "events": [*self.events[-20:]],
            "paused": False,
            "followup_action": None,
            "active_loop": {"name": self.active_loop} if self.active_loop else {},
            "latest_action_name": "action_listen",
            "latest_input_channel": "rest",
        }
        result = _loop().run_until_complete(self.actions.run({"next_action": action, "tracker": tracker, "domain": DOMAIN, "sender_id": self.sender}))
        self.said += [response["custom"] for response in result["responses"] if response.get("custom")]
        return result["events"]

    def _apply(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            self.events.append(event)
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                self.active_loop = event["name"]
            elif event["event"] == "reset_slots":
                self.slots = dict.fromkeys(self.slots)
            else:
                assert event["event"] in ("followup", "action", "user"), event
