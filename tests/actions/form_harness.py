"""The desk's conversation (`bot.desk.conversation`) in tests: without a recogniser a test says what it would have found (`topic`)."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import ActionExecutor

from bot.desk import conversation
from bot.desk.conversation import FORM, executor
from bot.desk.reading import Reader, act_of, intent_of
from bot.nlu.recognition.model import Recogniser
from knowledge.library import default_library
from knowledge.snapshot import snapshot

__all__ = ["FORM", "Conversation", "executor"]


class Conversation(conversation.Conversation):
    """One conversation. `say` gives the one payload that answers a message."""

    def __init__(self, actions: ActionExecutor, recogniser: Recogniser | None = None, sender: str = "test") -> None:
        super().__init__(actions, Reader(recogniser) if recogniser else None, sender)

    def say(self, text: str, topic: str | None = None, verdict: str = "sure") -> dict[str, Any]:
        """Send a message. `topic`: what the recogniser finds in it; our own questions are recognised by themselves."""
        if self.reads is not None:
            return super().say(text)
        topics = snapshot(default_library())
        own = topics.by_question.get(text)
        topic = topic or (own.id if own else None)
        act = act_of(text, self.slots)
        candidates = [{"topic": topic, "probability": 0.9}] if topic else []
        found = {"verdict": verdict if topic else "none", "confidence": 0.9, "candidates": candidates, "exact": own is not None}
        intent = {"name": intent_of(act, topics.topics[topic].kind if topic else None), "confidence": 1.0}
        return self._take({"text": text, "intent": intent, "entities": [], "act": act, "recognition": found})

    @property
    def answers(self) -> dict[str, str]:
        """The answers that stand in the running check."""
        return dict((self.slots["check_state"] or {}).get("answers") or {})
