"""A file of questions put to the assistant, and what has changed since the file was run last.

A file is a list of questions, one a line (each a conversation of its own; blank lines and lines that begin with # are passed over), or a
YAML file of conversations in the form of tests/conversations. The last run of each file is kept under var/replay.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.desk.expected import Point, faults, points
from bot.settings import ROOT
from knowledge.yaml_faults import fault

_LAST_RUNS = ROOT / "var" / "replay"
_COMPARED = {"kind": "种类", "topic": "主题", "reason": "拒答理由", "title": "标题", "summary": "结论", "citations": "依据"}


class NotAFile(ValueError):
    """The file cannot be read as questions; the message says why, in Chinese."""


@dataclass(frozen=True)
class Written:
    """One conversation of a file: its name and its turns."""

    name: str
    turns: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Turn:
    """One question as it was answered now. said: the whole conversation up to it; payload: the answer; before: the answer of the last run in
    short, or None; points: what the file expects of it."""

    conversation: str
    question: str
    said: str
    payload: Mapping[str, Any]
    before: Mapping[str, Any] | None
    points: tuple[Point, ...]

    @property
    def now(self) -> dict[str, Any]:
        """The answer in short, as it is kept and compared."""
        short = {name: self.payload.get(name) for name in _COMPARED}
        return short | {"citations": [citation["id"] for citation in self.payload["citations"]]}

    @property
    def lacks(self) -> list[str]:
        """What the file expects in vain."""
        return [str(point) for point in self.points if not point.met]

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """(what, before, now) of everything that differs from the last run."""
        if self.before is None:
            return []
        now = self.now
        return [(says, _shown(self.before.get(name)), _shown(now[name])) for name, says in _COMPARED.items() if self.before.get(name) != now[name]]


def _shown(value: Any) -> str:
    return ("、".join(value) if isinstance(value, list) else str(value or "")) or "无"


def read(path: Path) -> list[Written]:
    """The conversations of a file. Raises NotAFile."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotAFile(f"读不了 {path}：{error.strerror}") from None
    except UnicodeDecodeError:
        raise NotAFile(f"{path} 不是 UTF-8 文字") from None
    if path.suffix not in (".yml", ".yaml"):
        lines = [line.strip() for line in text.splitlines()]
        return [Written(line, ({"user": line},)) for line in lines if line and not line.startswith("#")]
    try:
        found = [item for data in yaml.safe_load_all(text) for item in (data if isinstance(data, list) else [data])]
        written = [Written(str(item["name"]), tuple({**turn, "user": str(turn["user"])} for turn in item["turns"])) for item in found]
    except yaml.MarkedYAMLError as error:
        bad = fault(error, text)
        raise NotAFile(f"{path} 不是对话文件，第 {bad.line} 行：{bad.what}，{bad.remedy}") from None
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise NotAFile(f"{path} 不是对话文件（每段要有 name 和 turns，每句要有 user）：{error}") from None
    misspelt = [f"“{w.name}”第 {n} 句：{wrong}" for w in written for n, turn in enumerate(w.turns, 1) for wrong in faults(turn)]
    if misspelt:
        raise NotAFile("\n".join([f"{path} 里有 {len(misspelt)} 处写得不对：", *misspelt]))
    return written


def replay(conversations: Iterable[Written], begin: Callable[[], Callable[[str], dict[str, Any]]], before: Mapping[str, Any]) -> Iterator[Turn]:
    """Put every turn. begin: starts a conversation and gives what answers its messages; before: the last run (see `last_run`)."""
    for written in conversations:
        say, heard = begin(), ""
        for turn in written.turns:
            payload = say(turn["user"])
            heard = f"{heard}\n{turn['user']}" if heard else turn["user"]
            yield Turn(written.name, turn["user"], heard, payload, before.get(heard), tuple(points(turn, payload)))


def last_run(path: Path, folder: Path = _LAST_RUNS) -> dict[str, Any]:
    """All that was said up to a turn -> the answer in short; empty where the file was never run."""
    kept = _place(path, folder)
    loaded: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    return loaded


def keep(path: Path, turns: Iterable[Turn], folder: Path = _LAST_RUNS) -> None:
    """Keep this run to be compared with."""
    run = {turn.said: turn.now for turn in turns}
    place = _place(path, folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_suffix(f".{os.getpid()}")
    half.write_text(json.dumps(run, ensure_ascii=False, indent=1), encoding="utf-8")
    half.replace(place)


def _place(path: Path, folder: Path) -> Path:
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:10]
    return folder / f"{path.stem}-{digest}.json"


def report(turns: list[Turn], first: bool, kept: bool = True) -> str:
    """What a lawyer wants to read of a run: the turns that have changed and those that miss what the file expects, then the counts."""
    blocks = []
    for turn in turns:
        if turn.changes or turn.lacks:
            where = "" if turn.conversation == turn.question else f"〔{turn.conversation}〕"
            lines = [f"{where}{turn.question}"]
            lines += [f"  {what}：{old}\n  {'→':>{len(what) + 1}}  {new}" for what, old, new in turn.changes]
            lines += [f"  不合预期：{fault}" for fault in turn.lacks]
            blocks.append("\n".join(lines))
    changed, failing, new = sum(bool(t.changes) for t in turns), sum(bool(t.lacks) for t in turns), sum(t.before is None for t in turns)
    counts = f"共 {len(turns)} 句"
    counts += (
        ("；第一次运行，已记下，下次运行时比较" if kept else "；第一次运行，没有记下")
        if first
        else f"；与上次相比：{changed} 句变了，{new} 句是新加的"
    )
    counts += f"；{failing} 句不合预期。" if failing else "。"
    return "\n\n".join([*blocks, counts])
