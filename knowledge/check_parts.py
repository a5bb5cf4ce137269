"""The parts of a guided check: its questions with their options and sums, and its conclusions. `knowledge.checks` puts them together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from knowledge.amounts import find_amounts, money
from knowledge.normalise import normalise
from knowledge.numerals import DIGITS, UNITS
from knowledge.statements import clauses, replies_plainly, says_unknown, sounds_unknown
from knowledge.topics import Ground, Section

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Settled:
    """What an answer settles, whatever is answered after it. `says` may hold sums (`{loss}`)."""

    says: str
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Option:
    """One answer of a question. `say` is the button; `settles` is what holds from here on, whatever else is answered.

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
    settles: Settled | None = None

    def stated_in(self, text: str) -> bool:
        return any(re.search(p, text) for p in self.also) and not any(re.search(p, text) for p in self.unless)

    def replied_in(self, text: str) -> bool:
        plain = replies_plainly(text)
        return any(re.search(p, plain if p.startswith("^") else text) for p in self.replies)


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
    and may have options beside (没有). Its answer is the sum in yuan, as text; `because`, `grounds` and `settles` belong to the sum.
    adds: several sums, each with its name, are one answer together (律师费1万，公证费2000).
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
    settles: Settled | None = None
    adds: bool = False

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

    def settled_by(self, value: str) -> Settled | None:
        """What an answer settles."""
        option = self.option(value)
        return option.settles if option else self.settles if value != UNKNOWN else None

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
        if not found and self.asks_sum:
            found = self._sums(text, is_open)
        if not found and is_open:
            found = {UNKNOWN} if sounds_unknown(text) else {o.value for o in self.options if o.replied_in(text)}
        return found.pop() if len(found) == 1 else None

    def _sums(self, text: str, is_open: bool) -> set[str]:
        patterns = [rf"(?:{pattern})[^\d,，。;；]{{0,6}}?(?=[\d{DIGITS}{UNITS}])" for pattern in self.also]
        said = (clauses(text[m.end() :])[0] for pattern in patterns for m in re.finditer(pattern, text))
        named = [amount for clause in said for amount in find_amounts(clause)[:1]]
        sums = ([sum(named)] if self.adds and named else named) or (find_amounts(text) if is_open else [])
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
