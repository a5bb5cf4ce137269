"""Structured facts of the policy documents, read out of their trees: indicators, defined terms, responsible departments.

Nothing here is typed in by hand: every fact carries the address it was read at and the printed words it was read from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from knowledge.structure import Node

_YEAR = re.compile(r"(\d{4})年")
_NOTE_MARKS = re.compile(r"[①-⑳#]")
_UNIT_IN_NAME = re.compile(r"（([^（）]+)）$")
_VALUE = re.compile(r"\d+(?:\.\d+)?")
_VALUE_OF = re.compile(r"为(\d{4})年值")
_STATED = re.compile(r"（上述指标均为(预期性|约束性)指标）")
_CLAUSE = re.compile(r"([^，。；（）]+?)(?:达到|达)(\d+(?:\.\d+)?)(%|[万亿]*[件元户个家])")
_PHRASE = re.compile(r"[（(]([^（）()]*负责)[）)]|(?<=。)([^。（）()]*按职责分工负责)。$")
_LEAD = re.compile(r"^(.+?)牵头，")
_SHARED = re.compile(r"(等)?按职责分工负责$")


@dataclass(frozen=True)
class Indicator:
    """One measured target. Values are as printed, None where a dash or nothing stands; `values` pairs every printed year with its value.

    base_year/base: first column; target_year/target: last one. A year is that of the column unless a footnote gives the value
    another one (③④为2019年值). kind: 预期性, 约束性 or None where the document does not say.
    """

    document: str
    address: str
    name: str
    unit: str
    base_year: int | None
    base: str | None
    target_year: int
    target: str | None
    increase: str | None
    kind: str | None
    values: tuple[tuple[int, str | None], ...]
    quote: str

    @property
    def adds_up(self) -> bool:
        """Is base + increase the target? True where one of them is not printed."""
        if self.base is None or self.increase is None or self.target is None:
            return True
        return Decimal(self.base) + Decimal(self.increase) == Decimal(self.target)


@dataclass(frozen=True)
class Term:
    """An entry of a document's 名词解释."""

    document: str
    address: str
    name: str
    definition: str
    quote: str


@dataclass(frozen=True)
class Responsibility:
    """Who answers for a passage. lead: those who 牵头 or alone are 负责; participants: those who act 按职责分工; others: 等 is printed."""

    document: str
    address: str
    lead: tuple[str, ...]
    participants: tuple[str, ...]
    others: bool
    quote: str


def indicators(tree: Node) -> list[Indicator]:
    """Every indicator of a document: the rows of its tables of 指标, and those stated in a sentence (上述指标均为预期性指标)."""
    found: list[Indicator] = []
    for node in tree.walk():
        if node.kind == "table" and node.address.split("/")[-1].startswith("indicators"):
            found += _rows(tree.address, node)
        elif node.text and (kind := _STATED.search(node.text)):
            found += _sentences(tree.address, node, kind)
    return found


def _rows(document: str, table: Node) -> Iterator[Indicator]:
    rows = [node for node in table.children if node.kind == "row"]
    header = rows[0].own.split("\t")
    years = [(column, int(match[1])) for column, title in enumerate(header) if (match := _YEAR.search(title))]
    columns = {key: next((n for n, title in enumerate(header) if key in title), None) for key in ("名称", "单位", "增加", "属性")}
    expected = "预期性" if "预期指标" in table.heading else None
    dated = {mark: int(m[1]) for n in table.children if n.kind == "footnote" and (m := _VALUE_OF.search(n.text)) for mark in n.marker}
    for row in rows[1:]:
        cells = row.own.split("\t")
        printed = cells[columns["名称"] or 0].removeprefix(row.marker)
        name, unit = _NOTE_MARKS.sub("", printed), _cell(cells, columns["单位"])
        if unit is None and (match := _UNIT_IN_NAME.search(name)):
            name, unit = name[: match.start()], match[1]
        values = tuple((_year_of(cells[column], dated) or year, _number(cells[column])) for column, year in years)
        (base_year, base), (target_year, target) = values[0], values[-1]
        increase = _number(_cell(cells, columns["增加"]) or "")
        kind = _cell(cells, columns["属性"]) or expected
        kind = kind if kind in ("预期性", "约束性") else None
        yield Indicator(document, row.address, name, unit or "", base_year, base, target_year, target, increase, kind, values, row.text)


def _sentences(document: str, node: Node, kind: re.Match[str]) -> Iterator[Indicator]:
    before = node.text[: kind.start()]
    years = _YEAR.findall(before)
    if not years:
        return
    year = int(years[-1])
    for match in _CLAUSE.finditer(before):
        name, value, unit = match.groups()
        yield Indicator(document, node.address, name.strip(), unit, None, None, year, value, None, kind[1], ((year, value),), match[0])


def _year_of(cell: str, dated: dict[str, int]) -> int | None:
    return next((dated[mark] for mark in cell if mark in dated and _NOTE_MARKS.match(mark)), None)


def _cell(cells: list[str], column: int | None) -> str | None:
    return cells[column] if column is not None else None


def _number(cell: str) -> str | None:
    match = _VALUE.fullmatch(_NOTE_MARKS.sub("", cell).strip())
    return match[0] if match else None


def terms(tree: Node) -> list[Term]:
    """The entries of the document's 名词解释."""
    return [Term(tree.address, n.address, n.heading.rstrip("：:"), n.text, n.heading + n.text) for n in tree.walk() if n.kind == "term"]


def responsibilities(tree: Node) -> list[Responsibility]:
    """Every （…负责） of a document, in printed order, at the paragraph that it closes."""
    found: list[Responsibility] = []
    for node in tree.walk():
        for match in _PHRASE.finditer(node.text):
            if parsed := _departments(match[1] or match[2]):
                found.append(Responsibility(tree.address, node.address, *parsed, match[0].removesuffix("。")))
    return found


def _departments(phrase: str) -> tuple[tuple[str, ...], tuple[str, ...], bool] | None:
    """(lead, participants, others) of `A牵头，B、C等按职责分工负责`, `B、C等按职责分工负责`, `A负责`."""
    phrase = phrase.removeprefix("来源：")  # a misreading of the scan, see the catalogue
    lead: tuple[str, ...] = ()
    if match := _LEAD.match(phrase):
        lead, phrase = _names(match[1]), phrase[match.end() :]
    if match := _SHARED.search(phrase):
        return lead, _names(phrase[: match.start()]), bool(match[1])
    return (*lead, *_names(phrase.removesuffix("负责"))), (), False


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"、|与(?=地方|有关)", text) if name)


def facts(tree: Node) -> list[dict[str, Any]]:
    """All facts of a document as rows of the `facts` table: id, kind, address, data, quote. Ids are unique and stable."""
    rows: list[dict[str, Any]] = []
    used: Counter[str] = Counter()
    for kind, found in (("indicator", indicators(tree)), ("term", terms(tree)), ("responsibility", responsibilities(tree))):
        for fact in found:
            key = f"{kind}:{fact.address}"
            used[key] += 1
            data = {name: value for name, value in asdict(fact).items() if name not in ("address", "quote")}
            id_ = key if used[key] == 1 else f"{key}:{used[key]}"
            rows.append({"id": id_, "kind": kind, "address": fact.address, "data": data, "quote": fact.quote})
    return rows
