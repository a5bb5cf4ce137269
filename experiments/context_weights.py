"""Fit how much each feature of `actions.context` counts, on written conversations, and test on others.

    python -m experiments.context_weights [TEST.yml …]

Fitted to conversations/follow_ups, of which the recogniser has learnt nothing, and to their first questions put behind a subject of another
conversation, so that a change of subject is learnt, too. Tested by leaving out one conversation in five, and on files of the form of
tests/conversations (default: conversations/*.yml). Each turn is seen with the right subject before it, so that one mistake is not counted twice.
Prints the weights to be written into `WEIGHTS`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
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
from experiments.follow_ups import SaidConversation, load
from knowledge.library import default_library
from knowledge.problems import Problems
from knowledge.snapshot import snapshot
from knowledge.topics import Topic

NAMES = list(context.WEIGHTS)
HERE = Path(__file__).resolve().parent / "conversations"
PARTS = 5


@dataclass(frozen=True)
class Expected:
    """A message and the ids of the topics that answer it, the best first; none where another kind of answer is expected."""

    user: str
    right: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One message in its conversation: features of shape (topics, names), and which topics are right, of shape (topics,)."""

    conversation: int
    features: np.ndarray
    right: np.ndarray


def from_test(path: Path) -> Iterator[list[Expected]]:
    """Conversations of a test file."""
    topics = snapshot(default_library()).topics.values()
    for written in yaml.safe_load(path.read_text(encoding="utf-8")):
        yield [Expected(turn["user"], tuple(t.id for t in topics if fits(t, turn))) for turn in written["turns"]]


def from_follow_ups(said: Iterable[SaidConversation]) -> Iterator[list[Expected]]:
    """The conversations; behind each one's first question comes that of another, and a first question behind nothing teaches nothing."""
    talks = [[Expected(turn.user, turn.topics) for turn in conversation.turns] for conversation in said]
    half = len(talks) // 2
    for talk, other in zip(talks, talks[half:] + talks[:half]):
        yield [*talk, other[0]]


def fits(topic: Topic, turn: dict[str, Any]) -> bool:
    """Does the topic hold what the turn expects?"""
    at = [ground.at for ground in topic.grounds]
    text = topic.answer + "".join(g.quote for g in topic.grounds) + "".join(i.text for s in topic.sections for i in s.items)
    cited = all(any(a == wanted or a.startswith(wanted + "/") for a in at) for wanted in turn.get("cites") or [])
    return bool(turn.get("cites")) and topic.kind == "answer" and cited and all(words in text for words in turn.get("contains") or [])


def cases(talks: Iterable[list[Expected]], recogniser: Any) -> list[Case]:
    """Every turn that is weighed by its conversation."""
    found: list[Case] = []
    topics, actions, reader = snapshot(default_library()).topics, executor(), Reader(recogniser)
    seen: list[dict[str, dict[str, float]]] = []
    weighed = context.features

    def record(*given: Any) -> dict[str, dict[str, float]]:
        seen.append(weighed(*given))
        return seen[-1]

    setattr(context, "features", record)  # noqa: B010  what it sees is what is fitted
    for number, expected in enumerate(talks):
        talk = Conversation(actions, reader)
        for turn in expected:
            seen.clear()
            payload = talk.say(turn.user)
            if seen and turn.right:
                matrix = np.asarray([[f[name] for name in NAMES] for f in seen[0].values()])
                found.append(Case(number, matrix, np.asarray([t in turn.right for t in seen[0]])))
            best = topics.get(turn.right[0]) if turn.right else None
            if best is not None and best.kind == "answer" and payload["topic"] not in turn.right:
                talk.slots.update(topic=best.id, question=best.question, provision=best.grounds[0].at)
    setattr(context, "features", weighed)  # noqa: B010
    return found


def loss(weights: np.ndarray, given: Sequence[Case], strength: float) -> tuple[float, np.ndarray]:
    """Mean negative log probability of the right topics with a pull towards 0, and its gradient."""
    total, gradient = 0.0, np.zeros_like(weights)
    for case in given:
        scores = case.features @ weights
        odds = np.exp(scores - scores.max())
        odds /= odds.sum()
        good = odds * case.right
        total -= np.log(good.sum())
        gradient += case.features.T @ (odds - good / good.sum())
    return total / len(given) + strength * float(np.square(weights).sum()), gradient / len(given) + 2 * strength * weights


def fit(given: Sequence[Case], strength: float = 0.001) -> np.ndarray:
    """The weights with the least loss; cases whose right topics are out of reach teach nothing."""
    reachable = [case for case in given if case.right.any()]
    start = np.asarray([context.WEIGHTS[name] for name in NAMES])
    return np.asarray(minimize(loss, start, (reachable, strength), jac=True, method="L-BFGS-B").x)


def hits(weights: np.ndarray, given: Sequence[Case]) -> int:
    return sum(bool(case.right[np.argmax(case.features @ weights)]) for case in given)


def main() -> None:
    tests = [Path(name) for name in sys.argv[1:]] or sorted(HERE.glob("*.yml"))
    recogniser = load_recogniser()
    mine = cases(from_follow_ups(load(sorted((HERE / "follow_ups").glob("*.yml")), Problems())), recogniser)
    current = np.asarray([context.WEIGHTS[name] for name in NAMES])
    left_out = 0
    for part in range(PARTS):
        weights = fit([case for case in mine if case.conversation % PARTS != part])
        left_out += hits(weights, [case for case in mine if case.conversation % PARTS == part])
    fitted = fit(mine)
    print(f"follow-ups: {left_out}/{len(mine)} by weights fitted without their conversation, {hits(current, mine)} by the present ones")
    for path in tests:
        others = [case for case in cases(from_test(path), recogniser) if case.right.any()]
        print(f"{path.name}: {hits(fitted, others)}/{len(others)}, {hits(current, others)} by the present ones")
    print({name: round(float(w), 2) for name, w in zip(NAMES, fitted)})


if __name__ == "__main__":
    main()
