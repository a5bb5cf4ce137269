"""The training utterances with their topics and writers, as the experiments use them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.problems import Problems
from knowledge.settings import UTTERANCES
from knowledge.utterances import load


@dataclass(frozen=True)
class Utterance:
    """One thing said for a topic."""

    text: str
    topic: str
    intent: str
    writer: str
    elliptical: bool


def utterances(folder: Path = UTTERANCES) -> list[Utterance]:
    """Every written utterance of a topic (files one level below `folder`), in file order."""
    said = load(sorted(folder.glob("*/*.yml")), Problems())
    return [Utterance(u.text, u.topic, u.intent, u.writer or "", u.elliptical) for u in said if u.topic]
