"""`action_look_up`: a provision asked for by its number."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answer
from actions.provisions import found, show
from actions.scope import not_understood
from actions.turn import Turn, send
from knowledge.library import Library, default_library
from knowledge.lookup import Found, look_up
from knowledge.snapshot import snapshot


def answer_look_up(library: Library, turn: Turn) -> Answer | None:
    """The provisions that the turn asks for; None when it names no place after all."""
    named = snapshot(library).names.find(turn.text)
    law = None if any(n.id is None for n in named) else turn.memory.get("law")
    results = look_up(library, turn.text, named, law)
    if not results:
        return None
    hits = [r for r in results if isinstance(r, Found)]
    if len(hits) > 1:  # 第五条和第八条: one answer with all of them
        joined = tuple(p for hit in hits for p in hit.provisions)
        return found(library, Found(hits[0].document, joined, "、".join(hit.asked for hit in hits)))
    return show(library, hits[0] if hits else results[0])


class ActionLookUp(Action):
    """Shows provisions asked for by number."""

    def name(self) -> str:
        return "action_look_up"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        library = default_library()
        turn = Turn.of(tracker)
        return send(dispatcher, turn, answer_look_up(library, turn) or not_understood(library))
