"""Fit how much each feature of `actions.context` counts, on written conversations, and test on others.

    python -m experiments.context_weights [TEST.yml …]

Fitted on data/follow_ups: the recogniser is trained without one half of them and sees that half, then the other way round, so that no
conversation is weighed by a recogniser that learnt from it (two trainings, about ten minutes). Tested on files of the form of
tests/conversations (default: experiments/conversations), with the trained model. Each turn is seen with the right subject before it, so that
one mistake is not counted twice. Prints the weights to be written into `WEIGHTS`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize

from actions import context
from bot.desk.archive import load_recogniser
from bot.desk.conversation import Conversation, executor
from bot.desk.reading import Reader
from bot.nlu.recognition.examples import conversations, follow_up_examples, topic_examples, topic_facts
from bot.nlu.recognition.model import Recogniser
from experiments.data import utterances
from knowledge.follow_ups import SaidConversation
from knowledge.library import default_library
from knowledge.snapshot import snapshot
from knowledge.topics import Topic

NAMES = list(context.WEIGHTS)
HERE = Path(__file__).resolve().parent
Case = tuple[str, np.ndarray, np.ndarray]
"""Group, features of shape (topics, names), and which topics are right, of shape (topics,)."""


@dataclass(frozen=True)
class Expected:
    """A message and the ids of the topics that answer it, the best first; none where another kind of answer is expected."""

    user: str
    right: tuple[str, ...]


def from_test(path: Path) -> Iterator[list[Expected]]:
    """Conversations of a test file."""
    topics = snapshot(default_library()).topics.values()
    for written in yaml.safe_load(path.read_text(encoding="utf-8")):
        yield [Expected(turn["user"], tuple(t.id for t in topics if fits(t, turn))) for turn in written["turns"]]


def from_data(said: Iterable[SaidConversation]) -> Iterator[list[Expected]]:
    """Conversations of data/follow_ups."""
    for conversation in said:
        yield [Expected(turn.user, turn.topics) for turn in conversation.turns]


def fits(topic: Topic, turn: dict[str, Any]) -> bool:
    """Does the topic hold what the turn expects?"""
    at = [ground.at for ground in topic.grounds]
    text = topic.answer + "".join(g.quote for g in topic.grounds) + "".join(i.text for s in topic.sections for i in s.items)
    cited = all(any(a == wanted or a.startswith(wanted + "/") for a in at) for wanted in turn.get("cites") or [])
    return bool(turn.get("cites")) and topic.kind == "answer" and cited and all(words in text for words in turn.get("contains") or [])


def cases(talks: Iterable[list[Expected]], recogniser: Any) -> list[Case]:
    """Every turn that is weighed by its conversation."""
    found: list[Case] = []
    topics, actions = snapshot(default_library()).topics, executor()
    seen: list[tuple[str, dict[str, dict[str, float]]]] = []
    weighed = context.features

    def record(index: Any, turn: Any, before: Any, subject: str | None) -> dict[str, dict[str, float]]:
        features = weighed(index, turn, before, subject)
        seen.append(("subject" if subject else "short" if len(turn.text) <= context._SHORT else "long", features))
        return features

    setattr(context, "features", record)  # noqa: B010  what it sees is what is fitted
    for expected in talks:
        talk = Conversation(actions, Reader(recogniser))
        for turn in expected:
            seen.clear()
            payload = talk.say(turn.user)
            if seen and turn.right:
                group, features = seen[0]
                matrix = np.asarray([[f[name] for name in NAMES] for f in features.values()])
                labels = np.asarray([t in turn.right for t in features])
                if not labels.all():
                    found.append((group, matrix, labels))
            best = topics.get(turn.right[0]) if turn.right else None
            if best is not None and best.kind == "answer" and payload["topic"] not in turn.right:
                talk.slots.update(topic=best.id, question=best.question, provision=best.grounds[0].at)
    setattr(context, "features", weighed)  # noqa: B010
    return found


def loss(weights: np.ndarray, given: list[Case], start: np.ndarray, strength: float) -> float:
    """Mean negative log probability of the right topics, with a pull towards the starting weights."""
    total = 0.0
    reachable = [case for case in given if case[2].any()]
    for _, matrix, labels in reachable:
        scores = matrix @ weights
        total -= np.logaddexp.reduce(scores[labels]) - np.logaddexp.reduce(scores)
    return float(total / max(len(reachable), 1) + strength * np.square(weights - start).sum())


def share(weights: np.ndarray, given: list[Case]) -> str:
    hits = [bool(labels[np.argmax(matrix @ weights)]) for _, matrix, labels in given]
    return f"{sum(hits)}/{len(hits)}"


def held_out_cases() -> list[Case]:
    """The turns of data/follow_ups, each seen by a recogniser that did not learn from its conversation."""
    info, questions = topic_facts()
    said = conversations()
    written = [(u.text, u.topic) for u in utterances() if u.topic in info] + topic_examples()
    found: list[Case] = []
    for fold in (0, 1):
        recogniser = Recogniser.fit(written + follow_up_examples(said[1 - fold :: 2]), info, questions)
        found += cases(from_data(said[fold::2]), recogniser)
    return found


def main() -> None:
    tests = [Path(name) for name in sys.argv[1:]] or sorted((HERE / "conversations").glob("*.yml"))
    recogniser = load_recogniser()
    others = [case for path in tests for case in cases(from_test(path), recogniser)]
    mine = held_out_cases()
    current = np.asarray([context.WEIGHTS[name] for name in NAMES])
    groups = defaultdict(list)
    for case in mine:
        groups[case[0]].append(case)
    for group, given in [("all", mine), *groups.items()]:
        fitted = np.asarray(minimize(loss, current, (given, current, 0.002)).x)
        test = [c for c in others if group in ("all", c[0])]
        print(f"{group}: fitted on {share(fitted, given)} (was {share(current, given)}), others {share(fitted, test)} (was {share(current, test)})")
        print("   ", {name: round(float(w), 2) for name, w in zip(NAMES, fitted)})


if __name__ == "__main__":
    main()
