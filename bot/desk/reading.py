"""What the pipeline of config.yml makes of a message, without Rasa's engine (tests/bot/desk/test_reading.py compares the two)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from bot.desk.archive import load_entities, load_recogniser
from bot.nlu.acts import dialogue_act
from bot.nlu.recognition.model import Recogniser
from bot.settings import MODEL
from knowledge.normalise import normalise

FALLBACK = "nlu_fallback"
_BY_KIND = {"answer": "ask", "refuse": "refuse", "chat": "chat", "check": "start_check"}
_BY_ACT = {"look_up": "look_up", "restart": "start_again", "feedback": "feedback"}


class Reads(Protocol):
    """Parse data of a message, given the conversation's slots."""

    def __call__(self, text: str, slots: Mapping[str, Any]) -> dict[str, Any]: ...


def intent_of(act: str | None, kind: str | None) -> str:
    """The intent of a message: its form overrules what it is about (kind of the best topic; None: nothing was recognised)."""
    return _BY_ACT.get(act, "follow_up") if act else _BY_KIND[kind] if kind else FALLBACK


def act_of(text: str, slots: Mapping[str, Any]) -> str | None:
    """The dialogue act of a message in its conversation."""
    return dialogue_act(normalise(text), reason_wanted="reason" in (slots.get("pending") or {}))


class Reader:
    """Reads messages with the parts of a trained model."""

    def __init__(self, recogniser: Recogniser, entities: Any = None) -> None:
        self.recogniser, self._entities = recogniser, entities

    @classmethod
    def load(cls, model: Path = MODEL) -> Reader:
        """Raises FileNotFoundError where there is no model."""
        return cls(load_recogniser(model), load_entities(model))

    def __call__(self, text: str, slots: Mapping[str, Any]) -> dict[str, Any]:
        """Intent, entities, act and recognition, as Rasa's parse data name them."""
        act = act_of(text, slots)
        found = self.recogniser.recognise(text, slots.get("question"), slots.get("topic"))
        kind = self.recogniser.info[found.candidates[0].topic].kind if found.candidates and found.verdict != "none" else None
        return {
            "text": text,
            "intent": {"name": intent_of(act, kind), "confidence": 1.0 if act else found.confidence},
            "entities": self.entities(text),
            "act": act,
            "recognition": found.as_data(),
        }

    def entities(self, text: str) -> list[dict[str, Any]]:
        """Laws, places, kinds, dates, periods and amounts; offsets count in the normalised text."""
        if self._entities is None:
            return []
        marked = self._entities(normalise(text)).ents
        return [{"entity": span.label_, "value": span.ent_id_ or span.text, "start": span.start_char, "end": span.end_char} for span in marked]
