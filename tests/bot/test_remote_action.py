"""What is sent to the action server is the turn with all slots; the compiled check of its results is as strict as Rasa's own."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.remote_action import lighten

GOOD: list[dict[str, Any]] = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "timestamp": None, "name": "topic", "value": {"a": 1}}], "responses": [{"text": "好"}]},
    {"responses": []},
    {"events": [{"event": "restart"}, {"event": "active_loop", "name": "form"}, {"event": "bot", "text": "好", "metadata": {}}]},
]
BAD: list[dict[str, Any]] = [
    {"events": "none", "responses": []},
    {"events": [{"event": "no such event"}], "responses": []},
    {"events": [{"event": 1}], "responses": []},
    {"events": ["slot"], "responses": []},
    {"events": [{"event": "slot", "name": "topic"}], "responses": []},
    {"events": [{"event": "followup", "name": "a"}, {"event": "slot", "name": 1, "value": None}], "responses": []},
    {"events": [{"event": "restart", "timestamp": "now"}], "responses": []},
    {"events": [], "responses": ["text"]},
]


@pytest.fixture(params=["rasa", "compiled"])
def action(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    for name in ("_validate_action_result", "_action_call_format"):
        monkeypatch.setattr(RemoteAction, name, getattr(RemoteAction, name))  # put back afterwards
    if request.param == "compiled":
        lighten()
    return RemoteAction("action_answer", None)


@pytest.mark.parametrize("result", GOOD)
def test_good_results_pass(action: RemoteAction, result: dict[str, Any]) -> None:
    assert action._validate_action_result(result)


@pytest.mark.parametrize("result", BAD)
def test_bad_results_are_refused(action: RemoteAction, result: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        action._validate_action_result(result)


def _tracker(turns: int) -> DialogueStateTracker:
    tracker = DialogueStateTracker.from_events("s", [], [AnySlot("topic", mappings=[])])
    for turn in range(turns):
        tracker.update(UserUttered(f"问 {turn}", parse_data={"recognition": {"verdict": "sure"}}, input_channel="rest"))
        tracker.update(ActionExecuted("action_answer"))
        tracker.update(BotUttered("答" * 100))
        tracker.update(SlotSet("topic", f"topic {turn}"))
    tracker.update(UserUttered("现在问的", parse_data={"recognition": {"verdict": "none"}}, input_channel="rest"))
    return tracker


def test_the_action_server_gets_the_same_state_but_for_earlier_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RemoteAction, "_action_call_format", RemoteAction._action_call_format)
    whole = RemoteAction("action_answer", None)._action_call_format(_tracker(5), Domain.empty())
    lighten()
    sent = RemoteAction("action_answer", None)._action_call_format(_tracker(5), Domain.empty())
    assert [event["text"] for event in sent["tracker"].pop("events")] == ["现在问的"]
    assert len(whole["tracker"].pop("events")) == 21
    for request in (whole, sent):
        request["tracker"]["latest_message"].pop("message_id", None), request["tracker"].pop("latest_event_time")
    assert sent == whole


def test_a_conversation_without_a_message_is_sent_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RemoteAction, "_action_call_format", RemoteAction._action_call_format)
    lighten()
    tracker = DialogueStateTracker.from_events("s", [SlotSet("topic", "a")], [AnySlot("topic", mappings=[])])
    request = RemoteAction("action_answer", None)._action_call_format(tracker, Domain.empty())
    assert [event["event"] for event in request["tracker"]["events"]] == ["slot"]
