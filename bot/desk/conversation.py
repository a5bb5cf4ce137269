"""A conversation as Rasa leads it, without a server: the rules of data/rules/rules.yml and the form loop of
rasa.core.actions.forms, around the real action executor of rasa_sdk and the real actions."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from rasa_sdk.executor import ActionExecutor

from bot.desk.reading import Reads
from bot.desk.rules import rules
from bot.settings import ROOT

FORM = "guided_check"
_SEEN = 20  # events that an action is handed


@lru_cache(maxsize=1)
def domain() -> dict[str, Any]:
    """The domain file."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "bot" / "domain" / "domain.yml").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def executor() -> ActionExecutor:
    """rasa_sdk's executor with every action of the package."""
    made = ActionExecutor()
    made.register_package("actions")
    return made


@dataclass(frozen=True)
class Step:
    """What led to an action: the rule's name, or the form's step."""

    because: str
    action: str


class Conversation:
    """One conversation. `say` gives the one payload that answers a message; `steps` are the steps of the last turn."""

    def __init__(self, actions: ActionExecutor, reads: Reads | None, sender: str = "desk", channel: str = "rest") -> None:
        self.actions, self.reads, self.sender, self.channel = actions, reads, sender, channel
        self.slots: dict[str, Any] = dict.fromkeys([*domain()["slots"], "requested_slot"])
        self.active_loop: str | None = None
        self.events: list[dict[str, Any]] = []
        self.message: dict[str, Any] = {}
        self.said: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.steps: list[Step] = []
        self.transcript: list[tuple[str, dict[str, Any]]] = []

    def say(self, text: str) -> dict[str, Any]:
        """Send a message. Raises RuntimeError when it is not answered exactly once."""
        assert self.reads is not None
        return self._take(self.reads(text, self.slots))

    @property
    def in_check(self) -> bool:
        return self.active_loop == FORM

    def _take(self, parsed: dict[str, Any]) -> dict[str, Any]:
        """Go on with a message as the pipeline has read it."""
        text = parsed["text"]
        self.message = {"message_id": f"{self.sender}/{len(self.transcript)}", **parsed}
        self.events.append({"event": "user", "text": text, "metadata": {"model_id": "a model"}})
        self.said, self.texts, self.steps = [], [], []
        for step in self._predicted():
            self.steps.append(step)
            self._run(step.action)
        if len(self.said) != 1:
            raise RuntimeError(f"{text!r} was answered {len(self.said)} times")
        self.transcript.append((text, self.said[0]))
        return self.said[0]

    def _predicted(self) -> Iterator[Step]:
        """What RulePolicy predicts, one action after another, up to listening."""
        if self.in_check:  # the loop's happy path goes before every rule
            yield Step("the form goes on", FORM)
        else:
            rule = rules()[self.message["intent"]["name"]]
            for action in rule.actions:
                yield Step(rule.name, action)
                if self._followed_up():
                    return
            if FORM not in rule.actions:
                return
            assert self.in_check, "no rule says what follows a form that ends where it begins"
        if not self.in_check:
            assert self.slots["requested_slot"] is None
            ending = rules()[FORM]
            for action in ending.actions:
                yield Step(ending.name, action)

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
            "events": [*self.events[-_SEEN:]],
            "paused": False,
            "followup_action": None,
            "active_loop": {"name": self.active_loop} if self.active_loop else {},
            "latest_action_name": "action_listen",
            "latest_input_channel": self.channel,
        }
        call = {"next_action": action, "tracker": tracker, "domain": domain(), "sender_id": self.sender}
        result = _loop().run_until_complete(self.actions.run(call))
        self.said += [response["custom"] for response in result["responses"] if response.get("custom")]
        self.texts += [response["text"] for response in result["responses"] if response.get("text")]
        events: list[dict[str, Any]] = result["events"]
        return events

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
