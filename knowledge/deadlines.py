"""The statutes' periods as dated rules: how long, from when, and what the date means (`deadlines.yml`)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.periods import Period, add, year_end
from knowledge.problems import Problem, Problems
from knowledge.quantities import unsupported

FILE = Path(__file__).with_name("deadlines.yml")
MEANINGS = ("deadline", "term", "earliest", "event")


@dataclass(frozen=True)
class Rule:
    """One period of a provision.

    meaning: deadline (last day to act), term (last day of protection), earliest (first day something may be asked for),
        event (the day something happens). start: the day it counts from, as the provision says. asks: the question for that day.
    ends: same_day or year_end. start_past: the day it counts from cannot lie in the future.
    """

    id: str
    name: str
    at: str
    quote: str
    period: Period
    start: str
    asks: str
    meaning: str
    topics: tuple[str, ...]
    ends: str = "same_day"
    start_past: bool = True
    note: str = ""
    said: tuple[str, ...] = ()
    """Everyday words for what happens on the day that the period counts from (查清, 去世)."""

    def named_in(self, text: str) -> int:
        """How many words for the day that the period counts from stand in the text: pairs of its letters (收到, 通知), and `said`."""
        pairs = (self.start[i : i + 2] for i in range(len(self.start) - 1))
        return sum(pair in text for pair in pairs if not set(pair) & set("之日的")) + sum(word in text for word in self.said)

    def end(self, start: datetime.date) -> datetime.date:
        """The day the period ends. Raises OverflowError for a day beyond the calendar."""
        return year_end(start, self.period) if self.ends == "year_end" else add(start, self.period)


def _rule(data: dict[str, Any]) -> Rule:
    period = Period(**data["period"])
    rest = {key: value for key, value in data.items() if key not in ("period", "topics", "said")}
    rule = Rule(period=period, topics=tuple(data["topics"]), said=tuple(data.get("said") or ()), **rest)
    if rule.meaning not in MEANINGS or rule.ends not in ("same_day", "year_end"):
        raise ValueError(f"{rule.id}: meaning 或 ends 不在规定的取值里")
    return rule


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Every rule, in file order. Raises ValueError or TypeError for a faulty file (the content check names the fault)."""
    return tuple(_rule(data) for data in yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["rules"])


def rules_for(topic: str) -> list[Rule]:
    """The rules that a topic's question may need, the most likely first."""
    return [rule for rule in rules() if topic in rule.topics]


def check(texts: Mapping[str, str], topics: Mapping[str, object], problems: Problems) -> None:
    """Report rules whose passage, number or topic is not there."""
    for rule in rules():
        if rule.quote not in texts.get(rule.at, ""):
            problems.add(Problem(FILE, 1, f"{rule.id} 的引文不在 {rule.at} 里。", "逐字复制原文。"))
        if unsupported(str(rule.period), [rule.quote]):
            problems.add(Problem(FILE, 1, f"{rule.id} 的期限 {rule.period} 不在引文里。", "改正期限或引文。"))
        for topic in rule.topics:
            if topic not in topics:
                problems.add(Problem(FILE, 1, f"{rule.id} 所属的主题 {topic} 不存在。", "改为已有主题。"))
