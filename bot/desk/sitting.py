"""One sitting at the desk: the library, the model's parts and the actions, loaded once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa_sdk.executor import ActionExecutor

from bot.channels.guard import Refused, screen
from bot.desk.conversation import Conversation, executor
from bot.desk.reading import Reader
from bot.desk.trace import reading
from bot.desk.why import why
from bot.settings import MODEL
from knowledge.library import Library, default_library


@dataclass(frozen=True)
class Said:
    """What was answered: the contract's payload, the text for people, and the way to it (empty where it was not asked for)."""

    payload: dict[str, Any]
    text: str
    why: str = ""


class Sitting:
    """Answers messages as the servers would."""

    def __init__(self, reader: Reader, actions: ActionExecutor) -> None:
        self.reader, self.actions = reader, actions

    @classmethod
    def open(cls, model: Path = MODEL) -> Sitting:
        """Raises FileNotFoundError where there is no trained model, ModelRefused where it is not the one that was trained."""
        return cls(Reader.load(model), executor())

    @property
    def library(self) -> Library:
        """The library that the actions read."""
        return default_library()

    def conversation(self) -> Conversation:
        """A new conversation."""
        return Conversation(self.actions, self.reader)

    def begin(self) -> Callable[[str], dict[str, Any]]:
        """A new conversation as a function from a message to the payload that answers it."""
        talk = self.conversation()
        return lambda message: self.say(talk, message).payload

    def say(self, talk: Conversation, message: str, explain: bool = False) -> Said:
        """Put one message, screened as every channel does."""
        verdict = screen(message)
        if isinstance(verdict, Refused):
            return Said(verdict.notice, str(verdict.notice["summary"]))
        with reading(self.library) as read:
            payload = talk.say(verdict.text)
        way = why(talk, self.reader.recogniser, read, self.library) if explain else ""
        return Said(payload, talk.texts[-1], way)
