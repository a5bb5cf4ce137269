"""What the answers of a guided check come to before all of them are given: what is settled, and what the conclusion still turns on.

Everything here follows from the decision tree; nothing is stated that the check's own conclusions and `settles` do not state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from knowledge.amounts import fill, money
from knowledge.check_parts import UNKNOWN, Outcome, Question, Settled
from knowledge.checks import Check

Answers = Mapping[str, str]
_MOST = 0.75


@dataclass(frozen=True)
class Turning:
    """A question left open, and where its other answers would lead: the answer in words, the conclusion."""

    question: Question
    ways: tuple[tuple[str, Outcome], ...]


def finished(check: Check, answers: Answers) -> tuple[list[tuple[Question, str]], Outcome]:
    """The way to the conclusion with 不清楚 for every question that has no answer."""
    known = dict(answers)
    path, place = check.walk(known)
    while isinstance(place, Question):
        known[place.id] = UNKNOWN
        path, place = check.walk(known)
    return path, place


def possible(check: Check, answers: Answers) -> list[Outcome]:
    """The conclusions that can still be reached."""
    _, place = check.walk(answers)
    if isinstance(place, Outcome):
        return [place]
    leads = (to for question in check.ahead(place.id, answers) for to in check.steps(question.id, answers))
    return [check.outcomes[id_] for id_ in dict.fromkeys(leads) if id_ in check.outcomes]


def foregone(check: Check, answers: Answers) -> bool:
    """Do all further answers lead to one conclusion, and none of them adds a sum to it?"""
    _, place = check.walk(answers)
    return isinstance(place, Outcome) or (len(possible(check, answers)) == 1 and not any(q.asks_sum for q in check.ahead(place.id, answers)))


def settled(check: Check, answers: Answers) -> Settled | None:
    """What already holds while questions are open: the only conclusion left, or what the latest answer that settles anything says.

    Nothing, once a question was skipped: its answer might have led elsewhere.
    """
    path, place = check.walk(answers)
    if isinstance(place, Outcome) or any(value == UNKNOWN for _, value in path):
        return None
    said = [q.settled_by(value) for q, value in path]
    ends = possible(check, answers)
    said += [Settled(ends[0].answer, ends[0].grounds)] if len(ends) == 1 and path else []
    latest = next((s for s in reversed(said) if s), None)
    text = fill(latest.says, check.sums(answers)) if latest else None
    return Settled(text, latest.grounds) if latest and text else None


def pinned(check: Check, answers: Answers) -> bool:
    """Do most conclusions that can still be reached rest on the provision of the one reached by 不清楚, so that it can be told already?"""
    path, place = check.walk(answers)
    if isinstance(place, Outcome) or not path:
        return False
    main, ends = finished(check, answers)[1].grounds[0].at, possible(check, answers)
    return sum(any(ground.at == main for ground in end.grounds) for end in ends) >= _MOST * len(ends)


def turnings(check: Check, answers: Answers) -> list[Turning]:
    """The questions on the way that were left open and would change the conclusion, in order."""
    path, outcome = finished(check, answers)
    found = []
    for question, value in path:
        ends = {words: finished(check, {**answers, question.id: other})[1] for words, other in _answers(question)} if value == UNKNOWN else {}
        ways = tuple((words, end) for words, end in ends.items() if end is not outcome)
        found += [Turning(question, ways)] if ways else []
    return found


def _answers(question: Question) -> Iterator[tuple[str, str]]:
    """Every answer that leads its own way: in words, and a value that stands for it."""
    yield from ((option.say, option.value) for option in question.options)
    rest, value = f"{question.name}能算出来", Decimal(10000)
    for branch in question.branches:
        words, sample = rest, value
        if branch.up_to is not None:
            words, sample = f"{question.name}在{money(branch.up_to)}以下", branch.up_to
            rest, value = f"{question.name}超过{money(branch.up_to)}", branch.up_to + 1
        elif branch.below is not None:
            words, sample = f"{question.name}不足{money(branch.below)}", branch.below - 1
            rest, value = f"{question.name}在{money(branch.below)}以上", branch.below
        yield words, f"{sample:f}"
