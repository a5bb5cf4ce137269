"""What goes to the action server and what comes back: the same as by Rasa itself, for less.

It is told the turn and the slots. Rasa sends every event that it knows, with the long answers of earlier turns; ours remember by slots.

Its result is checked against schemas that are compiled once. Rasa 3.6 compiles its schema for every message (`jsonschema.validate` checks
the schema itself first), which took 57 % of the server's time; trying every kind of event on every event took a sixth of what was left. An
event names its kind, so that only that one can fit it. What is refused is refused by Rasa's whole schema.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity


def _compiled(schema: dict[str, Any]) -> Validator:
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


@lru_cache(maxsize=1)
def _whole() -> Validator:
    return _compiled(RemoteAction.action_response_format_spec())


@lru_cache(maxsize=1)
def _envelope() -> Validator:
    """What is asked of a result besides its events."""
    spec = RemoteAction.action_response_format_spec()
    return _compiled({**spec, "properties": {name: part for name, part in spec["properties"].items() if name != "events"}})


@lru_cache(maxsize=1)
def _by_kind() -> dict[str, Validator]:
    """Kind of event -> what is asked of it: Rasa's schema of an event without the alternatives for other kinds."""
    event = RemoteAction.action_response_format_spec()["properties"]["events"]["items"]
    kinds: dict[str, list[Any]] = {}
    for alternative in event["oneOf"]:
        kinds.setdefault(alternative["properties"]["event"]["const"], []).append(alternative)
    return {kind: _compiled({**event, "oneOf": alternatives}) for kind, alternatives in kinds.items()}


def _fits(result: Any) -> bool:
    events = result.get("events") if isinstance(result, dict) else None
    return isinstance(events, list) and _envelope().is_valid(result) and all(map(_is_of_its_kind, events))


def _is_of_its_kind(event: Any) -> bool:
    name = event.get("event") if isinstance(event, dict) else None
    kind = _by_kind().get(name) if isinstance(name, str) else None
    return kind is not None and bool(kind.is_valid(event))


def _validate(self: RemoteAction, result: dict[str, Any]) -> bool:
    if not _fits(result):
        _whole().validate(result)
    return True


class _Turn:
    """A tracker whose state has the events since the latest message alone."""

    def __init__(self, tracker: DialogueStateTracker) -> None:
        self._tracker, self.sender_id = tracker, tracker.sender_id

    def current_state(self, _: EventVerbosity) -> dict[str, Any]:
        state: dict[str, Any] = self._tracker.current_state()
        events = list(self._tracker.events)
        begun = next((n for n in range(len(events) - 1, -1, -1) if isinstance(events[n], UserUttered)), 0)
        return {**state, "events": [event.as_dict() for event in events[begun:]]}


_rasas_request = RemoteAction._action_call_format


def _request(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    request: dict[str, Any] = _rasas_request(self, _Turn(tracker), domain)
    return request


def lighten() -> None:
    """Let Rasa's remote actions send a turn and use the compiled schemas. They raise jsonschema.ValidationError for a bad result, as before."""
    RemoteAction._action_call_format = _request
    RemoteAction._validate_action_result = _validate
