"""What rests on the provisions that a new text changes: topics with their golden questions, facts, periods and guided checks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge import statute_facts
from knowledge.amended import grounds_of
from knowledge.build import Content
from knowledge.checks import checks
from knowledge.deadlines import rules
from knowledge.diff import Comparison
from knowledge.problems import Problems
from knowledge.settings import ROOT
from knowledge.structure import Node
from knowledge.topics import Ground

FILE = ROOT / "knowledge" / "review" / "amended.yml"
_HEAD = "# 法律修改后待复核的内容（python -m knowledge diff 旧 新 --mark 写入）。复核完一项，改好主题的 review.on，再从这里删去它。\n"
KINDS = {"topic": "主题", "fact": "事实", "period": "期限", "check": "引导检查"}


@dataclass(frozen=True)
class Affected:
    """One piece of content. kind: topic, fact, period or check; at: the changed articles that it rests on; broken: passages that no longer
    stand letter for letter; golden: the questions to be asked again."""

    kind: str
    id: str
    at: tuple[str, ...]
    broken: tuple[str, ...]
    golden: tuple[str, ...] = ()


def affected(content: Content, document: str, result: Comparison, new: Node) -> list[Affected]:
    """Everything that rests on articles of the document that the comparison shows as changed, renumbered, moved or removed."""
    touched = {f"{document}/{change.old.key}" for change in result.changes if change.old is not None}
    texts = {f"{document}/{node.address.partition('/')[2]}": node.heading + node.text for node in new.walk()}
    found = [_look("topic", t.id, t.grounds, touched, texts, t.golden) for t, _ in content.topics.values()]
    found += [_look("fact", f.id, f.passages, touched, texts) for f in statute_facts.load(Problems()).get(document, ())]
    found += [_look("period", rule.id, (Ground(rule.at, rule.quote),), touched, texts) for rule in rules()]
    found += [_look("check", check.id, grounds_of(check), touched, texts) for check in checks().values()]
    return [item for item in found if item is not None]


def _look(
    kind: str, id_: str, grounds: Iterable[Ground], touched: set[str], texts: Mapping[str, str], golden: tuple[str, ...] = ()
) -> Affected | None:
    resting = [ground for ground in grounds if "/".join(ground.at.split("/")[:2]) in touched]
    if not resting:
        return None
    articles = dict.fromkeys("/".join(ground.at.split("/")[:2]) for ground in resting)
    broken = dict.fromkeys(ground.at for ground in resting if ground.quote not in texts.get(ground.at, ""))
    return Affected(kind, id_, tuple(articles), tuple(broken), golden)


def mark(document: str, names: tuple[str, str], found: Iterable[Affected], path: Path = FILE, today: datetime.date | None = None) -> Path:
    """Note what is to be reviewed, in a file that git shows. names: of the old and the new text."""
    entry: dict[str, Any] = {"on": today or datetime.date.today(), "document": document, "from": names[0], "to": names[1]}
    for kind in KINDS:
        entry[kind] = [
            {"id": a.id, "at": list(a.at), "broken": list(a.broken), **({"golden": list(a.golden)} if a.golden else {})}
            for a in found
            if a.kind == kind
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n" if path.exists() else _HEAD
    path.write_text(before + yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")
    return path
