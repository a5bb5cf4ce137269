"""Guided checks: a few plain questions whose answers lead, by a rule each, to a conclusion (`checks/*.yml`).

A check is a decision tree that a lawyer can read: each question has options, each option says what fact it states, which
provision makes that fact matter, and where it leads; a question for a sum of money leads on by how large the sum is.
不清楚 leads on along the branch that the question names. How the files are checked is in `knowledge.check_faults`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from knowledge.amounts import find_amounts, money
from knowledge.normalise import normalise
from knowledge.numerals import DIGITS, UNITS
from knowledge.statements import clauses, says_unknown, statements
from knowledge.topics import Ground, Section, Statement

FOLDER = Path(__file__).with_name("checks")
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Option:
    """One answer of a question. `say` is the button.

    Patterns are regular expressions on normalised text: `also` state this fact wherever in the conversation they are said,
    `unless` veto them, `replies` mean it only in answer to this very question (是的, 有).
    """

    value: str
    say: str
    leads: str
    because: str
    grounds: tuple[Ground, ...]
    also: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()

    def stated_in(self, text: str) -> bool:
        return any(re.search(p, text) for p in self.also) and not any(re.search(p, text) for p in self.unless)

    def replied_in(self, text: str) -> bool:
        return any(re.search(p, text) for p in self.replies)


@dataclass(frozen=True)
class Branch:
    """Where a sum leads: the first branch that takes it. `up_to` is included, `below` is not; None for any sum."""

    leads: str
    up_to: Decimal | None = None
    below: Decimal | None = None

    def takes(self, amount: Decimal) -> bool:
        return (self.up_to is None or amount <= self.up_to) and (self.below is None or amount < self.below)


@dataclass(frozen=True)
class Question:
    """asks: the question; why: what it matters for; options in the order of the buttons; unknown: where 不清楚 leads.

    A question for a sum of money has a `name` for the sum (许可使用费), patterns `also` that name it in free text, `branches`,
    and may have options beside (没有). Its answer is the sum in yuan, as text.
    """

    id: str
    asks: str
    why: str
    options: tuple[Option, ...]
    unknown: str
    name: str = ""
    also: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()
    because: str = ""
    grounds: tuple[Ground, ...] = ()

    @property
    def asks_sum(self) -> bool:
        return bool(self.branches)

    def option(self, value: str) -> Option | None:
        return next((o for o in self.options if o.value == value), None)

    def leads(self, value: str) -> str | None:
        """Where an answer leads; None for a value that this question does not have."""
        option = self.option(value)
        if option is not None:
            return option.leads
        if value == UNKNOWN:
            return self.unknown
        if not self.asks_sum or not value.replace(".", "", 1).isdigit():
            return None
        return next(branch.leads for branch in self.branches if branch.takes(Decimal(value)))

    def said(self, value: str) -> str:
        """An answer in words: 文章已经发表, 许可使用费20万元."""
        option = self.option(value)
        return option.say if option else "不清楚" if value == UNKNOWN else f"{self.name}{money(Decimal(value))}"

    def reply(self, text: str) -> str | None:
        """The value of a normalised message that is nothing but a reply to this question: a button, 不清楚, a bare sum."""
        pressed = [o.value for o in self.options if text == normalise(o.say)]
        if pressed:
            return pressed[0]
        return UNKNOWN if says_unknown(text) else None

    def heard(self, text: str, is_open: bool = False) -> str | None:
        """The value that a normalised text states; None when it states nothing or several things.

        Replies and a sum without its name count only for the open question.
        """
        found = {o.value for o in self.options if o.stated_in(text)}
        if not found and is_open:
            found = {o.value for o in self.options if o.replied_in(text)}
        if not found and self.asks_sum:
            found = self._sums(text, is_open)
        return found.pop() if len(found) == 1 else None

    def _sums(self, text: str, is_open: bool) -> set[str]:
        patterns = [rf"(?:{pattern})[^\d,，。;；]{{0,6}}?(?=[\d{DIGITS}{UNITS}])" for pattern in self.also]
        said = (clauses(text[m.end() :])[0] for pattern in patterns for m in re.finditer(pattern, text))
        named = {amount for clause in said for amount in find_amounts(clause)[:1]}
        sums = named or (find_amounts(text) if is_open else ())
        return {str(amount) for amount in sums if amount > 0}


@dataclass(frozen=True)
class Outcome:
    """A conclusion with its provisions, the main one first.

    answer and working may hold sums (`{fee*5}`, see `knowledge.amounts`); a line of working whose sum is not known is left out.
    sections: steps and documents; advice: what the text leaves open; topics: where to go on.
    """

    id: str
    title: str
    answer: str
    grounds: tuple[Ground, ...]
    working: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    advice: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


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
    def places(self) -> list[tuple[str, str]]:
        """(where, leads to) of every step."""
        found = []
        for q in self.questions.values():
            found += [(f"{q.id}={o.value}", o.leads) for o in q.options] + [(f"{q.id}=元", b.leads) for b in q.branches] + [(q.id, q.unknown)]
        return found


def _grounds(data: dict[str, Any]) -> tuple[Ground, ...]:
    return tuple(Ground(g["at"], g["quote"]) for g in data.get("grounds") or ())


def _texts(data: dict[str, Any], name: str) -> tuple[str, ...]:
    values = data.get(name) or ()
    if isinstance(values, str) or not all(isinstance(v, str) for v in values):
        raise ValueError(f"{name} 应为文字的列表")
    return tuple(values)


def _option(data: dict[str, Any]) -> Option:
    patterns = {name: _texts(data, name) for name in ("also", "unless", "replies")}
    return Option(str(data["value"]), data["say"], data["leads"], data.get("because") or "", _grounds(data), **patterns)


def _branch(data: dict[str, Any]) -> Branch:
    limits = {name: Decimal(str(data[name])) for name in ("up_to", "below") if name in data}
    return Branch(data["leads"], **limits)


def _question(id_: str, data: dict[str, Any]) -> Question:
    options = tuple(_option(o) for o in data.get("options") or ())
    branches = tuple(_branch(b) for b in data.get("branches") or ())
    name = data["name"] if branches else ""
    return Question(
        id_, data["asks"], data["why"], options, data["unknown"], name, _texts(data, "also"), branches, data.get("because") or "", _grounds(data)
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
