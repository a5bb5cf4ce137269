"""The statutes' definitions, deadlines, amounts, terms, penalties, authorities and procedures as facts (`facts/<document>.yml`).

Each fact carries the passages that prove it, letter for letter. A deadline or term that `deadlines.yml` has a rule for names
the rule and takes its period, start and passage from there, so that no number is written twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.deadlines import Rule, rules
from knowledge.printed_numbers import measure
from knowledge.problems import Problem, Problems
from knowledge.quantities import unsupported
from knowledge.topics import Ground

FOLDER = Path(__file__).with_name("facts")
NEEDED = {
    "definition": ("what", "means"),
    "deadline": ("who", "what", "period"),
    "amount": ("what",),
    "term": ("who", "what", "period"),
    "penalty": ("who", "what", "consequence"),
    "authority": ("who", "what"),
    "procedure": ("who", "what"),
}
"""Kind -> the fields that a fact of it must have; an amount also has `amount` or `multiple`."""
_PRINTED = ("means", "period", "amount", "multiple", "start", "until")
"""Fields that repeat the law's words; those of `_NAMED` do so in facts of that kind."""
_NAMED = {"authority": ("who",), "definition": ("what",)}
_YEAR_END = re.compile(r"截止于[^，；。]*12月31日")
_KIND_OF = {"term": "term", "deadline": "deadline", "earliest": "deadline", "event": "deadline"}


@dataclass(frozen=True)
class Fact:
    """One fact of a statute.

    who: the person or authority; what: the thing defined, done, owed or punished. means, period, amount, multiple, start (`from`)
    and until are words of the law itself; consequence says what follows. passages: the proof, the main one first. key tells
    facts of one kind at one address apart. rule: the rule of `deadlines.yml` that the fact was read from, meaning: its meaning.
    """

    kind: str
    at: str
    passages: tuple[Ground, ...]
    what: str
    who: str = ""
    means: str = ""
    period: str = ""
    amount: str = ""
    multiple: str = ""
    start: str = ""
    until: str = ""
    consequence: str = ""
    key: str = ""
    rule: str = ""
    meaning: str = ""
    note: str = ""

    @property
    def id(self) -> str:
        """`term:patent-law/42/1:patent-term-design`: stable while the fact is about the same thing."""
        return ":".join(part for part in (self.kind, self.at, self.rule or self.key) if part)

    @property
    def statements(self) -> str:
        """Everything that the fact says, for comparing its numbers with those printed."""
        return "；".join((self.who, self.what, self.means, self.period, self.amount, self.multiple, self.start, self.until, self.consequence))

    def holds_in(self, texts: Mapping[str, str]) -> bool:
        """Do all its passages stand in these texts (address -> own text)?"""
        return all(passage.quote in texts.get(passage.at, "") for passage in self.passages)


_FIELDS = {"from" if f.name == "start" else f.name for f in fields(Fact)} - {"passages", "meaning"} | {"quote", "also"}


def read_fact(data: Mapping[str, Any], by_id: Mapping[str, Rule]) -> Fact:
    """A fact from its entry in the file. Raises KeyError, TypeError or ValueError with what is wrong."""
    unknown = set(data) - _FIELDS
    if unknown:
        raise ValueError(f"不认识的字段：{'、'.join(sorted(unknown))}")
    words = {f.name: str(data.get("from" if f.name == "start" else f.name) or "") for f in fields(Fact) if f.name != "passages"}
    also = tuple(Ground(str(g["at"]), str(g["quote"])) for g in data.get("also") or ())
    if not words["rule"]:
        words["at"] = str(data["at"])
        return Fact(passages=(Ground(words["at"], str(data["quote"])), *also), **words)
    rule = by_id.get(words["rule"])
    if rule is None:
        raise ValueError(f"deadlines.yml 里没有规则 {words['rule']}")
    taken = {"kind": _KIND_OF[rule.meaning], "at": rule.at, "what": rule.name, "period": str(rule.period), "start": rule.start}
    if rule.ends == "year_end" and (end := _YEAR_END.search(rule.quote)):
        taken["until"] = end[0]
    doubled = [name for name in taken if words[name]] + [name for name in ("quote",) if name in data]
    if doubled:
        raise ValueError(f"规则 {rule.id} 已经写明 {'、'.join(doubled)}，这里不要再写")
    words.update(taken, meaning=rule.meaning, note="；".join(part for part in (rule.note, words["note"]) if part))
    return Fact(passages=(Ground(rule.at, rule.quote), *also), **words)


def load(problems: Problems, folder: Path = FOLDER) -> dict[str, tuple[Fact, ...]]:
    """Document -> its facts, in file order. Faulty entries are reported and left out."""
    by_id = {rule.id: rule for rule in rules()}
    found: dict[str, tuple[Fact, ...]] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name == "exclusions.yml":
            continue
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            document, entries = str(data["document"]), list(data["facts"])
        except (KeyError, TypeError, yaml.YAMLError) as error:
            problems.add(Problem(path, 1, f"事实文件无法读取：{error}", "对照其他文件的写法改正。"))
            continue
        found[document] = tuple(_read_all(entries, by_id, path, problems))
    return found


def _read_all(entries: Iterable[Mapping[str, Any]], by_id: Mapping[str, Rule], path: Path, problems: Problems) -> Iterator[Fact]:
    for entry in entries:
        try:
            yield read_fact(entry, by_id)
        except (KeyError, TypeError, ValueError) as error:
            what = f"缺少字段 {error}" if isinstance(error, KeyError) else str(error)
            where = str(entry.get("at") or entry.get("rule") or "") if isinstance(entry, Mapping) else str(entry)
            problems.add(Problem(path, line_of(path, where), f"{where} 的事实有误：{what}", "补改字段。"))


def line_of(path: Path, piece: str) -> int:
    """The first line of a file with these words; 1 where none has them."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((number for number, line in enumerate(lines, 1) if piece and piece in line), 1)


def check(texts: Mapping[str, str], problems: Problems, folder: Path = FOLDER) -> dict[str, tuple[Fact, ...]]:
    """Report every fact that its passages do not prove, and every rule without a fact; give the facts by document."""
    found = load(problems, folder)
    for document, facts in found.items():
        path = folder / f"{document}.yml"
        for fact in facts:
            for what in faults(fact, document, texts):
                problems.add(Problem(path, line_of(path, fact.rule or fact.passages[0].quote[:20]), f"{fact.id}：{what}", "改正事实或引文。"))
        for id_, count in Counter(fact.id for fact in facts).items():
            if count > 1:
                problems.add(Problem(path, 1, f"{id_} 写了 {count} 次。", "用 key 把同一处的同类事实分开。"))
        used = {fact.rule for fact in facts}
        for rule in rules():
            if rule.at.startswith(f"{document}/") and rule.id not in used:
                problems.add(Problem(path, 1, f"deadlines.yml 的规则 {rule.id} 还没有写成事实。", "加一条 rule，写明谁和后果。"))
    return found


def faults(fact: Fact, document: str, texts: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with one fact."""
    if fact.kind not in NEEDED:
        yield f"kind 应为 {'、'.join(NEEDED)} 之一。"
        return
    lacking = [name for name in NEEDED[fact.kind] if not getattr(fact, name)]
    if fact.kind == "amount" and not (fact.amount or fact.multiple):
        lacking.append("amount 或 multiple")
    if lacking:
        yield f"缺少 {'、'.join(lacking)}。"
    if not fact.at.startswith(f"{document}/"):
        yield f"{fact.at} 不属于 {document}。"
    for passage in fact.passages:
        if passage.at not in texts:
            yield f"没有 {passage.at} 这一条款。"
        elif not passage.quote or passage.quote not in texts[passage.at]:
            yield f"引文不在 {passage.at} 的原文里：“{passage.quote[:30]}”。"
    yield from _unproved(fact)


def _unproved(fact: Fact) -> Iterator[str]:
    quotes = [passage.quote for passage in fact.passages]
    printed = [] if fact.rule else [*_PRINTED, *_NAMED.get(fact.kind, ())]
    for name in printed:
        if (words := getattr(fact, name)) and not any(words in quote for quote in quotes):
            yield f"{'from' if name == 'start' else name} 不是引文里的原话：“{words[:30]}”。"
    for value, unit in sorted(unsupported(fact.statements, quotes)):
        yield f"“{value}{unit}”在引文里找不到。"


def rows(document: str, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The document's facts that hold in one version of it, as rows of the `facts` table: id, kind, address, data, quote."""
    return [_row(fact) for fact in _facts().get(document, ()) if fact.holds_in(texts)]


@lru_cache(maxsize=1)
def _facts() -> dict[str, tuple[Fact, ...]]:
    return load(Problems())


def _row(fact: Fact) -> dict[str, Any]:
    words = {
        "from" if name == "start" else name: value
        for name in ("what", "who", "means", "period", "amount", "multiple", "start", "until", "consequence", "rule", "meaning", "note")
        if (value := getattr(fact, name))
    }
    values = {name: found for name in ("period", "amount", "multiple") if (found := measure(getattr(fact, name)))}
    data = {**words, "values": values} if values else words
    also = [{"at": p.at, "quote": p.quote} for p in fact.passages[1:]]
    if also:
        data["also"] = also
    return {"id": fact.id, "kind": fact.kind, "address": fact.at, "data": data, "quote": fact.passages[0].quote}
