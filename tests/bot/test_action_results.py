"""The compiled check of action results is as strict as Rasa's own."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.action_results import check_with_compiled_schema

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
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)  # put back afterwards
    if request.param == "compiled":
        check_with_compiled_schema()
    return RemoteAction("action_answer", None)


@pytest.mark.parametrize("result", GOOD)
def test_good_results_pass(action: RemoteAction, result: dict[str, Any]) -> None:
    assert action._validate_action_result(result)


@pytest.mark.parametrize("result", BAD)
def test_bad_results_are_refused(action: RemoteAction, result: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        action._validate_action_result(result)
