"""The training utterances with their topics and writers, as the experiments use them."""

from __future__ import annotations

from pathlib import Path

from knowledge.problems import Problems
from knowledge.settings import UTTERANCES
from knowledge.utterances import Utterance, load


def utterances(folder: Path = UTTERANCES) -> list[Utterance]:
    """Every written utterance of a topic (files one level below `folder`), in file order."""
    return load(sorted(folder.glob("*/*.yml")), Problems())
