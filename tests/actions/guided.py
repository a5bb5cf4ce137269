"""Beginning a guided check in a test, and reading its replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from knowledge.checks import checks
from knowledge.library import default_library
from knowledge.snapshot import snapshot
from tests.actions.form_harness import Conversation
from tests.actions.walker import check_payload

ALL = sorted(checks())
Talk = Callable[[], Conversation]


def begin(talk: Talk, id_: str, *messages: str) -> tuple[Conversation, dict[str, Any]]:
    """A conversation that has begun this check and gone on with these messages, and the last reply."""
    conversation = talk()
    payload = conversation.say(snapshot(default_library()).topics[id_].question)
    for message in messages:
        payload = conversation.say(message)
        check_payload(payload)
    return conversation, payload


def section(payload: dict[str, Any], heading: str) -> list[str]:
    return next((s["items"] for s in payload["sections"] if s["heading"] == heading), [])


def cited(payload: dict[str, Any]) -> list[str]:
    return [c["id"] for c in payload["citations"]]


def buttons(payload: dict[str, Any]) -> list[str]:
    return [s["payload"] for s in payload["suggestions"]]


def ways(id_: str) -> dict[str, list[str]]:
    """For every question, the shortest way to it in buttons and sums."""
    check = checks()[id_]
    found: dict[str, list[str]] = {check.start: []}

    def onwards(place: str) -> list[str]:
        question = check.questions[place]
        said = [(o.say, o.leads) for o in question.options] + [("不清楚", question.unknown)]
        said += [(f"{branch.up_to or (branch.below - 1 if branch.below else 80000)}元", branch.leads) for branch in question.branches]
        said = [(text, leads) for text, leads in said if leads in check.questions]
        for text, leads in said:
            found.setdefault(leads, [*found[place], text])
        return [leads for _, leads in said]

    growing([check.start], onwards)
    return found


def growing(start: Iterable[str], onwards: Callable[[str], list[str]]) -> list[str]:
    """Everything that is reached from the start, nearest first."""
    found = list(start)
    for place in found:
        found += [to for to in dict.fromkeys(onwards(place)) if to not in found]
    return found
