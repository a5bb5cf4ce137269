"""The message that is being put to Rasa, for the conversation store: what was answered is stored, and what is stored is not asked again.

Rasa goes on when an action fails and stores the question without an answer; sent again, it would stand in the conversation twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asking:
    """text as Rasa stores it; message: the id that the client gave it, None where it gave none; said: what was answered so far."""

    text: str
    message: str | None
    said: Sequence[Any]


class AlreadyAnswered(Exception):
    """The conversation holds this very message with its answer: a retry of what was stored before the client got it."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        super().__init__("answered before")
        self.messages = messages


_CURRENT: ContextVar[Asking | None] = ContextVar("asking", default=None)


def current() -> Asking | None:
    """The message of this task; None outside of a message."""
    return _CURRENT.get()


@contextmanager
def asking(text: str, message: str | None, said: Sequence[Any]) -> Iterator[None]:
    """Mark what this task does as the work on a message."""
    mark = _CURRENT.set(Asking(text.strip(), message, said))
    try:
        yield
    finally:
        _CURRENT.reset(mark)
