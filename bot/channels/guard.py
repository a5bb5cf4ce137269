"""What a person may send: text of a sensible length, never a command to Rasa.

Any user can type `/intent{"slot": "x"}` and Rasa obeys; we issue no such payloads, so every one of them is text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from bot.channels import notices
from knowledge.normalise import clean

_TAG = re.compile(r"<[^<>]{0,200}>")
_THUMBS = {"👍": "有用", "👎": "没用"}
"""The pictures that say something: what the person thinks of the last answer."""
_SHADE = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]$")


@dataclass(frozen=True)
class Accepted:
    """Text that may go to Rasa."""

    text: str


@dataclass(frozen=True)
class Refused:
    """Why not: the notice to send back (contract payload) and a word for the log."""

    notice: dict[str, Any]
    why: str


def screen(raw: object) -> Accepted | Refused:
    """Decide on what a person sent. Control characters and HTML tags are taken out, a thumb becomes a word, a leading slash full-width."""
    if not isinstance(raw, str):
        return Refused(notices.EMPTY, "not text")
    if len(raw) > notices.MAX_CHARACTERS:
        return Refused(notices.TOO_LONG, f"{len(raw)} characters")
    text = clean(_TAG.sub(" ", raw))
    text = _THUMBS.get(_SHADE.sub("", text), text)
    if not any(unicodedata.category(c)[0] in "LN" for c in text):
        return Refused(notices.EMPTY, "no letters")
    if text.startswith("/"):
        text = "／" + text[1:]
    return Accepted(text)
