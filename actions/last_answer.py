"""What is remembered of an answer for what the person may say of it: the columns of `knowledge.feedback` but the rating itself."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from knowledge.feedback import mark_of
from knowledge.library import default_library
from knowledge.snapshot import snapshot

if TYPE_CHECKING:
    from actions.turn import Turn

COURTESIES = (
    "chat-greet",
    "chat-thanks",
    "chat-ok-acknowledge",
    "chat-goodbye",
    "chat-compliment",
    "chat-complaint-about-bot",
    "chat-emotion",
    "chat-joke-smalltalk",
)
"""Small talk that is no answer: 没用 after it means the answer before."""
_WEB = "web-"  # names of the web channel's conversations, before 128 random bits


def remembered(turn: Turn, payload: dict[str, Any]) -> dict[str, Any] | None:
    """The answer in short, for the slot `answered`; the one before where this one is only courtesy or the reply to a rating."""
    before: dict[str, Any] | None = turn.memory.get("answered")
    if turn.act == "feedback" or not _is_answer(payload):
        return before
    return {
        "session": _mark(turn.sender) or (before or {}).get("session") or secrets.token_hex(6),
        "message": turn.message or secrets.token_hex(16),
        "question": turn.said,
        "kind": payload["kind"],
        "topic": payload["topic"],
        "title": payload["title"],
        "citations": [citation["id"] for citation in payload["citations"]],
        "ranking": [[candidate.topic, candidate.probability] for candidate in turn.candidates] or None,
        "model": turn.model,
    }


def _is_answer(payload: dict[str, Any]) -> bool:
    if payload["kind"] != "chat":
        return True
    topic = snapshot(default_library()).topics.get(payload["topic"] or "")
    return topic is not None and topic.kind == "chat" and topic.id not in COURTESIES


def _mark(sender: str) -> str | None:
    """The mark under which the web channel stores its thumbs, too. None for other channels: the names that they give to people can be guessed
    (an account of WeCom), and a hash of them would lead back; their conversations get a random mark."""
    return mark_of(sender.removeprefix(_WEB)) if sender.startswith(_WEB) else None
