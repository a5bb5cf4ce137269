"""The message that is being worked on: its request id, and the words that must not get into the log.

Context variables follow a message through everything that is awaited or started for it.
"""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the message that is being worked on; empty outside of one."""

_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{7,63}")
_VEILED: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("veiled", default=())
_SHORTEST_SENDER, _SHORTEST_TEXT = 4, 2


def new_id() -> str:
    """32 hexadecimal digits, as nginx makes them too."""
    return uuid.uuid4().hex


def well_formed(text: object) -> bool:
    """May this come from outside as a request id? 8 to 64 letters, digits, `_`, `.`, `-`."""
    return isinstance(text, str) and _SHAPE.fullmatch(text) is not None


def veil(sender: str, shown: str, text: str) -> None:
    """From here on the log shows `shown` for the sender and nothing of the person's words, whoever writes the line."""
    pairs = [(sender, shown)] if len(sender) >= _SHORTEST_SENDER else []
    _VEILED.set((*pairs, (text, "…")) if len(text) >= _SHORTEST_TEXT else tuple(pairs))


def clear() -> None:
    """No message is being worked on (a connection brings one request after the other)."""
    REQUEST_ID.set("")
    _VEILED.set(())


def veiled(line: str) -> str:
    """The line without the sender's name and words."""
    for word, shown in _VEILED.get():
        if word in line:
            line = line.replace(word, shown)
    return line
