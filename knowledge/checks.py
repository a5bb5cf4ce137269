"""Guided checks: a few plain questions whose answers lead, by a rule each, to a conclusion (`checks/*.yml`).

A check is a decision tree that a lawyer can read: each question has options, each option says what fact it states, which
provision makes that fact matter, and where it leads. 不清楚 leads on along the branch that the question names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.problems import Problem, Problems
from knowledge.quantities import unsupported
from knowledge.topics import Ground

FOLDER = Path(__file__).with_name("checks")
UNKNOWN = "unknown"
_UNKNOWN_WORDS = re.compile(r"^(?:我?(?:也|都|还)?(?:不清楚|不知道|不确定|说不清|不懂|不明白|没数|不晓得|搞不清|记不清|跳过|不好说|拿不准|唔知|莫得数))[了啊呀呢吧。.！!]*$")


@dataclass(frozen=True)
class Option:
    """One answer. `say` is the button, `also` are patterns (regular expressions on normalised text) of free-text answers."""

    value: str
    say: str
    also: tuple[str, ...]
    leads: str
    because: str
    grounds: tuple[Ground, ...]

    def matches(self, text: str) -> bool:
        return text == self.say or any(re.search(pattern, text) for pattern in self.also)


@dataclass(frozen=True)
class Question:
    """asks: the question; why: what it matters for; options in the order of the buttons; unknown: where 不清楚 leads."""

    id: str
    asks: str
    why: str
    options: tuple[Option, ...]
    unknown: str

    def option(self, value: str) -> Option | None:
        return next((o for o in self.options if o.value == value), None)

    def read(self, text: str) -> str | None:
        """The value of a normalised answer, `unknown` for 不清楚, None when it answers nothing or several things."""
        if _UNKNOWN_WORDS.match(text):
            return UNKNOWN
        exact = [o.value for o in self.options if text == o.say]
        found = exact or [o.value for o in self.options if o.matches(text)]
        return found[0] if len(set(found)) == 1 else None


@dataclass(frozen=True)
class Outcome:
    """A conclusion with its provisions, the main one first; `advice` are further lines; `topics` go on from here."""

    id: str
    title: str
    answer: str
    grounds: tuple[Ground, ...]
    advice: tuple[str, ...]
    topics: tuple[str, ...]
    claim: str = ""


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
            if value is None:
                return path, question
            path.append((question, value))
            option = question.option(value)
            place = option.leads if option else question.unknown
        return path, self.outcomes[place]

    def read_all(self, text: str, answers: Mapping[str, str]) -> dict[str, str]:
        """Everything that one free-text message answers, from the open question on: later answers are read while each is certain."""
        known = dict(answers)
        _, place = self.walk(known)
        first = True
        while isinstance(place, Question):
            value = place.read(text)
            if value is None or (value == UNKNOWN and not first):
                break
            known[place.id] = value
            first = False
            _, place = self.walk(known)
        return known

    def places(self) -> Iterator[tuple[str, str]]:
        """(where, leads to) of every step."""
        for question in self.questions.values():
            yield question.id, question.unknown
            for option in question.options:
                yield f"{question.id}={option.value}", option.leads


def _grounds(data: dict[str, Any]) -> tuple[Ground, ...]:
    return tuple(Ground(g["at"], g["quote"]) for g in data.get("grounds") or ())


def _option(data: dict[str, Any]) -> Option:
    return Option(str(data["value"]), data["say"], tuple(data.get("also") or ()), data["leads"], data.get("because") or "", _grounds(data))


def read_check(data: dict[str, Any]) -> Check:
    """A check from its file's content. Raises KeyError, TypeError or ValueError."""
    questions = {
        id_: Question(id_, q["asks"], q["why"], tuple(_option(o) for o in q["options"]), q["unknown"]) for id_, q in data["questions"].items()
    }
    outcomes = {
        id_: Outcome(id_, o["title"], o["answer"], _grounds(o), tuple(o.get("advice") or ()), tuple(o.get("topics") or ()), o.get("claim") or "")
        for id_, o in data["outcomes"].items()
    }
    return Check(data["id"], data["title"], data["intro"], data["start"], questions, outcomes)


@lru_cache(maxsize=1)
def checks() -> dict[str, Check]:
    """Every guided check, by id."""
    found = (read_check(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)) for path in sorted(FOLDER.glob("*.yml")))
    return {check.id: check for check in found}


def check_checks(texts: Mapping[str, str], topics: Mapping[str, object], problems: Problems) -> None:
    """Report every check with a step that leads nowhere, turns in a circle, or says more than its provisions do."""
    for path in sorted(FOLDER.glob("*.yml")):
        try:
            check = read_check(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
        except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
            problems.add(Problem(path, 1, f"引导检查写法有误：{error!r}", "对照 docs/content.zh.md 的格式改正。"))
            continue
        for what in _faults(check, texts, topics):
            problems.add(Problem(path, 1, what, "改正这一步。"))


def _faults(check: Check, texts: Mapping[str, str], topics: Mapping[str, object]) -> Iterator[str]:
    known = {*check.questions, *check.outcomes}
    for where, leads in [("start", check.start), *check.places()]:
        if leads not in known:
            yield f"{where} 通向不存在的 {leads}。"
    yield from _circles(check)
    reached = {leads for _, leads in check.places()} | {check.start}
    yield from (f"{name} 没有任何一步通向它。" for name in sorted(known - reached))
    for outcome in check.outcomes.values():
        if not outcome.grounds:
            yield f"结论 {outcome.id} 没有 grounds。"
        yield from _grounded(outcome.grounds, [outcome.answer, *outcome.advice], texts, outcome.id)
        yield from (f"结论 {outcome.id} 的主题 {topic} 不存在。" for topic in outcome.topics if topic not in topics)
    for question in check.questions.values():
        for option in question.options:
            yield from _grounded(option.grounds, [option.because], texts, f"{question.id}={option.value}")


def _grounded(grounds: tuple[Ground, ...], statements: list[str], texts: Mapping[str, str], where: str) -> Iterator[str]:
    for ground in grounds:
        if ground.quote not in texts.get(ground.at, ""):
            yield f"{where} 的引文不在 {ground.at} 里：“{ground.quote[:24]}”。"
    for statement in statements:
        for value, unit in sorted(unsupported(statement, [g.quote for g in grounds])):
            yield f"{where} 里的“{value}{unit}”在引文里找不到。"


def _circles(check: Check) -> Iterator[str]:
    def visit(place: str, trail: tuple[str, ...]) -> Iterator[str]:
        if place in trail:
            yield f"{place} 绕回到自己。"
        elif place in check.questions:
            question = check.questions[place]
            for leads in dict.fromkeys([*(o.leads for o in question.options), question.unknown]):
                yield from visit(leads, (*trail, place))

    yield from dict.fromkeys(visit(check.start, ()))
