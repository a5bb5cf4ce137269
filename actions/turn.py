"""One user turn as the actions see it: the words, what the pipeline made of them, and what the conversation remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answer
from actions.last_answer import remembered
from actions.observability import said
from actions.render import render_text
from knowledge.dates import completed
from knowledge.library import default_library
from knowledge.normalise import normalise
from knowledge.snapshot import snapshot

REMEMBERED = ("topic", "question", "provision", "law", "choices", "pending", "facts", "trail", "answered")
TRAIL = 6  # earlier subjects that one can come back to


@dataclass(frozen=True)
class Candidate:
    """A topic that may be meant, with the calibrated probability that it is."""

    topic: str
    probability: float


@dataclass(frozen=True)
class Turn:
    """text is normalised, and a date that was begun before is completed in it; act is the dialogue act or None; verdict is sure, choose, weak, foreign or none; exact: the message is one of
    our own questions; asked: the question as understood with the turn before, where that says more than text; scores: what the
    message alone and the subject before it say for each topic (below the best, which is 0); said: the person's own words; sender: the
    conversation's name; message: the message's id; model: the model's id."""

    text: str
    act: str | None
    verdict: str
    candidates: tuple[Candidate, ...]
    entities: tuple[dict[str, Any], ...]
    memory: dict[str, Any] = field(default_factory=dict)
    channel: str = ""
    exact: bool = False
    also: tuple[str, ...] = ()
    asked: str = ""
    scores: dict[str, tuple[float, float]] = field(default_factory=dict)
    said: str = ""
    sender: str = ""
    message: str = ""
    model: str | None = None

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        """Read the latest user message and the remembered slots."""
        message = tracker.latest_message or {}
        recognition = message.get("recognition") or {}
        memory = {name: tracker.get_slot(name) for name in REMEMBERED}
        begun = (memory["pending"] or {}).get("begun") or ""
        return cls(
            text=completed(begun, normalise(message.get("text") or "")),
            act=message.get("act"),
            verdict=recognition.get("verdict", "none"),
            candidates=tuple(Candidate(c["topic"], c["probability"]) for c in recognition.get("candidates", [])),
            entities=tuple(message.get("entities") or ()),
            memory=memory,
            channel=tracker.get_latest_input_channel() or "",
            exact=bool(recognition.get("exact")),
            also=tuple(recognition.get("also") or ()),
            scores={topic: (alone, before) for topic, (alone, before) in (recognition.get("scores") or {}).items()},
            said=message.get("text") or "",
            sender=tracker.sender_id or "",
            message=message.get("message_id") or "",
            model=next((_model(event) for event in reversed(tracker.events or ()) if event["event"] == "user"), None),
        )


def _model(event: dict[str, Any]) -> str | None:
    return (event.get("metadata") or {}).get("model_id")


def send(dispatcher: CollectingDispatcher, turn: Turn, answer: Answer) -> list[EventType]:
    """Send the answer (text for people, payload beside it) and return the slots to remember.

    The shell gets the text alone: its console would print the payload as raw JSON.
    """
    payload = answer.payload()
    said(payload)
    text = render_text(payload)
    if turn.channel == "cmdline":
        dispatcher.utter_message(text=text)
    else:
        dispatcher.utter_message(text=text, json_message=payload)
    memory = {"choices": [{"title": s.title, "payload": s.payload} for s in answer.suggestions], "pending": None, **answer.slots}
    topic = snapshot(default_library()).topics.get(memory.get("topic") or "")
    if topic is not None and topic.id != turn.memory.get("topic"):
        memory.setdefault("question", topic.question)
    memory["trail"] = trail(turn.memory.get("trail") or [], memory.get("topic"), memory.get("question") or turn.text)
    memory["answered"] = remembered(turn, payload)
    return [SlotSet(name, value) for name, value in memory.items() if turn.memory.get(name) != value]


def trail(before: list[dict[str, str]], topic: str | None, question: str) -> list[dict[str, str]]:
    """The subjects of the conversation, newest first, each once, with the words that led to it."""
    if not topic:
        return before
    return [{"topic": topic, "question": question}, *(step for step in before if step["topic"] != topic)][:TRAIL]
