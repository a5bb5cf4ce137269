"""What the widget offers at the start: six questions over the texts and the guided checks, all taken from topics."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.library import Library
from knowledge.snapshot import snapshot

QUESTIONS = 6
CHOSEN = (
    "patent-infringed-options",
    "copyright-fair-use-classroom",
    "patent-grace-conference",
    "gi-objection-period",
    "mark-revocation-non-use",
    "patent-open-licence-declaration",
)
"""What many people ask, over several texts. A topic that is gone is made good by the first ones of texts not yet represented."""


def start_questions(library: Library, chosen: Sequence[str] = ()) -> list[str]:
    """Six questions."""
    topics = snapshot(library).topics
    picked = [topics[id_] for id_ in (*chosen, *CHOSEN) if id_ in topics and topics[id_].kind == "answer"]
    for topic in topics.values():
        if len(picked) >= QUESTIONS:
            break
        if topic.kind == "answer" and topic.area not in {p.area for p in picked}:
            picked.append(topic)
    return list(dict.fromkeys(topic.question for topic in picked))[:QUESTIONS]


def start_checks(library: Library) -> list[dict[str, str]]:
    """The guided checks, as buttons."""
    return [{"title": t.title, "payload": t.question} for t in snapshot(library).topics.values() if t.kind == "check"]
