"""Fit how much each feature of `actions.context` counts, on written conversations, and test on others.

    python -m experiments.context_weights FIT.yml [TEST.yml]

The files have the form of tests/conversations. Each turn is seen with the right subject before it, so that one mistake is not counted
twice. A softmax over the topics that may be meant is fitted to the topics that hold what the turn expects; prints the weights to be
written into `WEIGHTS`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize

from actions import context
from bot.desk.archive import load_recogniser
from bot.desk.conversation import Conversation, executor
from bot.desk.expected import missing
from bot.desk.reading import Reader
from knowledge.library import default_library
from knowledge.snapshot import snapshot
from knowledge.topics import Topic

NAMES = list(context.WEIGHTS)
Case = tuple[str, np.ndarray, np.ndarray]
"""Group, features of shape (topics, names), and which topics are right, of shape (topics,)."""


def fits(topic: Topic, turn: dict[str, Any]) -> bool:
    """Does the topic hold what the turn expects?"""
    at = [ground.at for ground in topic.grounds]
    text = topic.answer + "".join(g.quote for g in topic.grounds) + "".join(i.text for s in topic.sections for i in s.items)
    cited = all(any(a == wanted or a.startswith(wanted + "/") for a in at) for wanted in turn.get("cites") or [])
    return bool(turn.get("cites")) and topic.kind == "answer" and cited and all(words in text for words in turn.get("contains") or [])


def cases(path: Path, recogniser: Any) -> list[Case]:
    """Every turn that is weighed by its conversation."""
    found: list[Case] = []
    topics = snapshot(default_library()).topics
    seen: list[tuple[str, dict[str, dict[str, float]]]] = []
    weighed = context.features

    def record(index: Any, turn: Any, before: Any, subject: str | None) -> dict[str, dict[str, float]]:
        features = weighed(index, turn, before, subject)
        seen.append(("subject" if subject else "short" if len(turn.text) <= context._SHORT else "long", features))
        return features

    setattr(context, "features", record)  # noqa: B010  what it sees is what is fitted
    for written in yaml.safe_load(path.read_text(encoding="utf-8")):
        talk = Conversation(executor(), Reader(recogniser))
        for turn in written["turns"]:
            seen.clear()
            payload = talk.say(turn["user"])
            right = [t for t in topics.values() if fits(t, turn)]
            if seen:
                group, features = seen[0]
                matrix = np.asarray([[f[name] for name in NAMES] for f in features.values()])
                labels = np.asarray([topics[t] in right for t in features])
                if labels.any() and not labels.all():
                    found.append((group, matrix, labels))
            if missing(turn, payload) and right:
                talk.slots.update(topic=right[0].id, question=right[0].question, provision=right[0].grounds[0].at)
    setattr(context, "features", weighed)  # noqa: B010
    return found


def loss(weights: np.ndarray, given: list[Case], start: np.ndarray, strength: float) -> float:
    """Mean negative log probability of the right topics, with a pull towards the starting weights."""
    total = 0.0
    for _, matrix, labels in given:
        scores = matrix @ weights
        total -= np.logaddexp.reduce(scores[labels]) - np.logaddexp.reduce(scores)
    return float(total / max(len(given), 1) + strength * np.square(weights - start).sum())


def share(weights: np.ndarray, given: list[Case]) -> str:
    hits = [bool(labels[np.argmax(matrix @ weights)]) for _, matrix, labels in given]
    return f"{sum(hits)}/{len(hits)}"


def main() -> None:
    recogniser = load_recogniser()
    sets = [cases(Path(name), recogniser) for name in sys.argv[1:]]
    start = np.asarray([context.WEIGHTS[name] for name in NAMES])
    together = np.asarray(minimize(loss, start, (sets[0], start, 0.01)).x)
    groups = defaultdict(list)
    for case in sets[0]:
        groups[case[0]].append(case)
    for group, given in groups.items():
        fitted = np.asarray(minimize(loss, together, (given, together, 0.02)).x)
        test = [c for c in sets[1] if c[0] == group] if len(sets) > 1 else []
        current = np.asarray([context.WEIGHTS[name] for name in NAMES])
        print(f"{group}: fitted on {share(fitted, given)} (was {share(current, given)}), others {share(fitted, test)} (was {share(current, test)})")
        print("   ", {name: round(float(w), 2) for name, w in zip(NAMES, fitted)})


if __name__ == "__main__":
    main()
