"""What an editor decides on a cluster, written into YAML files that git shows: utterances of a topic, questions that stay out of scope,
topics that are missing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.desk.privacy import without_marks
from bot.desk.review.queue import fold
from bot.settings import ROOT
from knowledge.problems import Problems
from knowledge.settings import TOPICS, UTTERANCES
from knowledge.topics import load
from knowledge.utterances import INTENTS

DECISIONS = ROOT / "knowledge" / "review"
BATCH = "review-"
_HEADS = {
    "foreign.yml": "# 复核后认定不在范围内的问话和理由（python -m bot review foreign 写入）。\n",
    "missing.yml": "# 缺主题的问话，待编辑补写（python -m bot review missing 写入）。写好主题后删去那一条。\n",
}
_LINE = re.compile(r"^\s*- (.+?)\s*$", re.M)


class CannotDecide(ValueError):
    """The decision cannot be written; the message says why, in Chinese."""


@dataclass(frozen=True)
class Places:
    """Where decisions are written."""

    utterances: Path = UTTERANCES
    topics: Path = TOPICS
    decisions: Path = DECISIONS


@dataclass(frozen=True)
class Assigned:
    """file: what was changed; added: the new utterances; left_out: (question, why not)."""

    file: Path
    added: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def decided(places: Places = Places()) -> Iterator[str]:
    """Every question that was decided on."""
    for name in _HEADS:
        for entry in _entries(places.decisions / name):
            yield from entry["questions"]
    for path in places.utterances.glob("**/*.yml"):
        text = path.read_text(encoding="utf-8")
        if f"writer: {BATCH}" in text:
            for block in yaml.load(text, Loader=yaml.CSafeLoader)["nlu"]:
                if str((block.get("metadata") or {}).get("writer", "")).startswith(BATCH):
                    yield from (line[2:] for line in block["examples"].splitlines())


def assign(questions: Sequence[str], topic_id: str, batch: str, places: Places = Places()) -> Assigned:
    """Add the questions to the topic's utterances as written by `batch`. Raises CannotDecide where there is no such topic or nothing to add."""
    topics = load(places.topics, Problems())
    if topic_id not in topics:
        near = [id_ for id_ in topics if topic_id in id_][:5]
        raise CannotDecide(f"没有 {topic_id} 这个主题。" + (f"是不是：{'、'.join(near)}？" if near else ""))
    topic = topics[topic_id][0]
    golden = {fold(question): t.id for t, _ in topics.values() for question in t.golden}
    known = {fold(line): path.stem for path in sorted(places.utterances.glob("**/*.yml")) for line in _LINE.findall(path.read_text(encoding="utf-8"))}
    added: dict[str, str] = {}
    left_out: list[tuple[str, str]] = []
    for question in questions:
        text = without_marks(" ".join(question.split()))
        key = fold(text)
        if key in golden:
            left_out.append((question, f"是 {golden[key]} 的检验问题，不能作训练用"))
        elif key in known:
            left_out.append((question, f"已写在 {known[key]} 里"))
        elif key:
            added.setdefault(key, text)
    path = next(places.utterances.glob(f"*/{topic_id}.yml"), places.utterances / topic.area / f"{topic_id}.yml")
    if added:
        _add(path, INTENTS[topic.kind], topic_id, batch, list(added.values()))
    return Assigned(path, tuple(added.values()), tuple(left_out))


def _add(path: Path, intent: str, topic: str, writer: str, texts: Iterable[str]) -> None:
    """Append to the file's last block where it is this writer's own, else as a block of its own."""
    before = path.read_text(encoding="utf-8").rstrip("\n") if path.exists() else 'version: "3.1"\n\nnlu:'
    last = before.rfind("\n  - intent:")
    about = f"    metadata: {{topic: {topic}, writer: {writer}}}"
    own = last >= 0 and about in before[last:].splitlines()
    head = "" if own else f"\n  - intent: {intent}\n{about}\n    examples: |"
    lines = "".join(f"\n      - {text}" for text in texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{head}{lines}\n", encoding="utf-8")


def foreign(questions: Sequence[str], reason: str, places: Places = Places(), today: datetime.date | None = None) -> Path:
    """Note that the questions stay out of scope, and why. Gives the file."""
    return _note("foreign.yml", {"reason": reason}, questions, places, today)


def missing(questions: Sequence[str], note: str, near: Sequence[str], places: Places = Places(), today: datetime.date | None = None) -> Path:
    """Note that a topic is missing. near: topics that come nearest. Gives the file."""
    return _note("missing.yml", {"note": note, "near": list(near)}, questions, places, today)


def _note(name: str, about: dict[str, Any], questions: Sequence[str], places: Places, today: datetime.date | None) -> Path:
    path = places.decisions / name
    entry = {"on": today or datetime.date.today(), **about, "questions": [" ".join(q.split()) for q in questions]}
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n" if path.exists() else _HEADS[name]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(before + yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")
    return path


def _entries(path: Path) -> list[dict[str, Any]]:
    return (yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []) if path.exists() else []
