"""The training utterances with their writers, as the experiments use them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

NLU = Path(__file__).resolve().parent.parent / "data" / "nlu"


@dataclass(frozen=True)
class Utterance:
    text: str
    topic: str
    intent: str
    writer: str


def utterances(folder: Path = NLU) -> list[Utterance]:
    """Every written utterance of a topic (files one level below `folder`), in file order."""
    found = []
    for path in sorted(folder.glob("*/*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            about = block["metadata"]
            for line in block["examples"].splitlines():
                found.append(Utterance(line.removeprefix("- "), about["topic"], block["intent"], about["writer"]))
    return found
