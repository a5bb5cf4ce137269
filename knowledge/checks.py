"""Guided checks: a few plain questions whose answers lead, by a rule each, to a conclusion (`checks/*.yml`).

A check is a decision tree that a lawyer can read: each question has options, each option says what fact it states, which
provision makes that fact matter, and where it leads; a question for a sum of money leads on by how large the sum is.
不清楚 leads on along the branch that the question names. How the files are checked is in `knowledge.check_faults`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from knowledge.check_parts import UNKNOWN, Branch, Option, Outcome, Question, Settled
from knowledge.statements import statements
from knowledge.topics import Ground, Section, Statement

FOLDER = Path(__file__).with_name("checks")


@dataclass(frozen=True)
class Check:
    """One guided check. `start` is the id of the first question."""

    id: str
    title: str
    intro: str
    start: str
    questions: Mapping[str, Question]
    outcomes: Mapping[str, Outcome]

    def walk(self, answers: Mapping[str, str]) -> tuple[list[tuple[Question, str]], Question | Outcome]:
        """The questions answered on the way, with their values, and where the way ends: the next question or the outcome."""
        path: list[tuple[Question, str]] = []
        place = self.start
        while place in self.questions:
            question = self.questions[place]
            value = answers.get(question.id)
            leads = question.leads(value) if value is not None else None
            if value is None or leads is None:
                return path, question
            path.append((question, value))
            place = leads
        return path, self.outcomes[place]

    def sums(self, answers: Mapping[str, str]) -> dict[str, Decimal]:
        """The sums of money among the answers on the way, by question."""
        return {q.id: Decimal(value) for q, value in self.walk(answers)[0] if q.asks_sum and value != UNKNOWN and q.option(value) is None}

    def read_all(self, text: str, answers: Mapping[str, str], questions_too: bool = False) -> dict[str, str]:
        """The answers with everything added that one message states, for the open question and those that may still come.

        A button or 不清楚 answers the open question and nothing else. Clauses that ask something state nothing, unless
        `questions_too`.
        """
        known = dict(answers)
        _, place = self.walk(known)
        if not isinstance(place, Question):
            return known
        value = place.reply(text)
        if value is not None:
            return {**known, place.id: value}
        said = text if questions_too else statements(text)
        tried: set[str] = set()
        while said and (question := next((q for q in self.ahead(place.id, known) if q.id not in tried and (q is place or q.id not in known)), None)):
            tried.add(question.id)
            value = question.heard(said, is_open=question is place)
            known |= {question.id: value} if value is not None else {}
        return known

    def ahead(self, place: str, answers: Mapping[str, str]) -> list[Question]:
        """The question at `place` and all that can come after it, nearest first; questions answered already lead only one way."""
        found = {place: None} if place in self.questions else {}
        queue = list(found)
        for id_ in queue:
            new = dict.fromkeys(leads for leads in self.steps(id_, answers) if leads in self.questions and leads not in found)
            found |= new
            queue += new
        return [self.questions[id_] for id_ in found]

    def steps(self, id_: str, answers: Mapping[str, str] = MappingProxyType({})) -> list[str]:
        """Where a question can lead, each place once: where its answer leads, or every way while it has none."""
        question = self.questions[id_]
        known = question.leads(answers[id_]) if id_ in answers else None
        every = (*(o.leads for o in question.options), *(b.leads for b in question.branches), question.unknown)
        return list(dict.fromkeys([known] if known is not None else every))

    def longest(self, place: str, answers: Mapping[str, str] = MappingProxyType({})) -> int:
        """The number of questions still to ask on the longest way from here, this one included."""
        lengths: dict[str, int] = {}

        def length(id_: str) -> int:
            if id_ not in self.questions:
                return 0
            if id_ not in lengths:
                known = {} if id_ == place else answers
                lengths[id_] = (id_ not in known) + max(length(leads) for leads in self.steps(id_, known))
            return lengths[id_]

        return length(place)

    @cached_property
    def articles(self) -> frozenset[str]:
        """The articles that the check rests on."""
        questions = (g for q in self.questions.values() for g in (*q.grounds, *(g for o in q.options for g in o.grounds)))
        return frozenset(article_of(g.at) for g in (*questions, *(g for o in self.outcomes.values() for g in o.grounds)))

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """(where, leads to) of every step."""
        found = []
        for q in self.questions.values():
            found += [(f"{q.id}={o.value}", o.leads) for o in q.options] + [(f"{q.id}=元", b.leads) for b in q.branches] + [(q.id, q.unknown)]
        return found


def article_of(address: str) -> str:
    """copyright-law/24/1/6 -> copyright-law/24"""
    return "/".join(address.split("/")[:2])


def _grounds(data: dict[str, Any]) -> tuple[Ground, ...]:
    return tuple(Ground(g["at"], g["quote"]) for g in data.get("grounds") or ())


def _texts(data: dict[str, Any], name: str) -> tuple[str, ...]:
    values = data.get(name) or ()
    if isinstance(values, str) or not all(isinstance(v, str) for v in values):
        raise ValueError(f"{name} 应为文字的列表")
    return tuple(values)


def _settled(data: dict[str, Any]) -> Settled | None:
    settles = data.get("settles")
    return Settled(settles["says"], _grounds(settles)) if settles else None


def _option(data: dict[str, Any]) -> Option:
    patterns = {name: _texts(data, name) for name in ("also", "unless", "replies")}
    return Option(str(data["value"]), data["say"], data["leads"], data.get("because") or "", _grounds(data), settles=_settled(data), **patterns)


def _branch(data: dict[str, Any]) -> Branch:
    limits = {name: Decimal(str(data[name])) for name in ("up_to", "below") if name in data}
    return Branch(data["leads"], **limits)


def _question(id_: str, data: dict[str, Any]) -> Question:
    options = tuple(_option(o) for o in data.get("options") or ())
    branches = tuple(_branch(b) for b in data.get("branches") or ())
    name = data["name"] if branches else ""
    because, also = data.get("because") or "", _texts(data, "also")
    return Question(
        id_,
        data["asks"],
        data["why"],
        options,
        data["unknown"],
        name,
        also,
        branches,
        because,
        _grounds(data),
        _settled(data),
        bool(data.get("adds")),
    )


def _outcome(id_: str, data: dict[str, Any]) -> Outcome:
    sections = tuple(Section(s["heading"], tuple(Statement(i["text"], _texts(i, "by")) for i in s["items"])) for s in data.get("sections") or ())
    return Outcome(
        id_, data["title"], data["answer"], _grounds(data), _texts(data, "working"), sections, _texts(data, "advice"), _texts(data, "topics")
    )


def read_check(path: Path) -> Check:
    """A check from its file. Raises KeyError, TypeError, ValueError, AttributeError or yaml.YAMLError."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    questions = {id_: _question(id_, q) for id_, q in data["questions"].items()}
    outcomes = {id_: _outcome(id_, o) for id_, o in data["outcomes"].items()}
    return Check(data["id"], data["title"], data["intro"], data["start"], questions, outcomes)


def files() -> Iterator[Path]:
    """The files of the guided checks."""
    yield from sorted(FOLDER.glob("*.yml"))


@lru_cache(maxsize=1)
def checks() -> dict[str, Check]:
    """Every guided check, by id. A faulty file is left out here and fails the build."""
    found: dict[str, Check] = {}
    for path in files():
        try:
            check = read_check(path)
        except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError):
            continue
        if {leads for _, leads in check.places} | {check.start} <= {*check.questions, *check.outcomes}:
            found[check.id] = check
    return found
