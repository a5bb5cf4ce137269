"""Conversations written to fit the context to (conversations/follow_ups): what people ask on, and the topic that is meant after the one before.

A file is a list of conversations, its first line the comment `# writer: …`. A turn has `user` (what is said) and `topics` (ids, the best first).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.problems import Problem, Problems
from knowledge.topics import Topic

_LINE = "line of the mapping"  # no key of a file can be this one


@dataclass(frozen=True)
class SaidTurn:
    """One message and the topics that answer it, the best first."""

    user: str
    topics: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class SaidConversation:
    """A conversation by one writer."""

    name: str
    writer: str
    turns: tuple[SaidTurn, ...]
    path: Path


def load(paths: Iterable[Path], problems: Problems) -> list[SaidConversation]:
    """The conversations of these files, in order. What is faulty is reported and left out."""
    found: list[SaidConversation] = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        first = text.partition("\n")[0]
        writer = first.removeprefix("# writer:").strip() if first.startswith("# writer:") else ""
        if not writer:
            problems.add(Problem(path, 1, "没有写明写作者。", "第一行写“# writer: 记号”。"))
        try:
            data = yaml.load(text, Loader=_Numbered)  # noqa: S506  a safe loader
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            problems.add(Problem(path, mark.line + 1 if mark else 1, f"YAML 写法有误：{error.problem}", "检查缩进、冒号和引号。"))
            continue
        if not isinstance(data, list):
            problems.add(Problem(path, 1, "文件应是一列对话。", "每段对话写 name 和 turns。"))
            continue
        found += _conversations(data, writer, path, problems)
    return found


class _Numbered(yaml.CSafeLoader):
    """Keeps the line on which each mapping begins."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    return {**loader.construct_mapping(node, deep=True), _LINE: node.start_mark.line + 1}


_Numbered.add_constructor("tag:yaml.org,2002:map", _mapping)


def _conversations(data: list[Any], writer: str, path: Path, problems: Problems) -> Iterator[SaidConversation]:
    for written in data:
        name = written.get("name") if isinstance(written, dict) else None
        turns = written.get("turns") if isinstance(written, dict) else None
        if not isinstance(name, str) or not isinstance(turns, list):
            line = written[_LINE] if isinstance(written, dict) else 1
            problems.add(Problem(path, line, "对话缺少 name 或 turns。", "每段对话写 name 和 turns。"))
            continue
        said = [turn for entry in turns if (turn := _turn(entry, name, path, problems))]
        if len(said) == len(turns):
            yield SaidConversation(name, writer, tuple(said), path)


def _turn(entry: Any, name: str, path: Path, problems: Problems) -> SaidTurn | None:
    user, topics = (entry.get("user"), entry.get("topics")) if isinstance(entry, dict) else (None, None)
    line = entry[_LINE] if isinstance(entry, dict) else 1
    if not (isinstance(user, str) and user.strip() and isinstance(topics, list) and topics and all(isinstance(t, str) for t in topics)):
        problems.add(Problem(path, line, f"“{name}”有一句缺少 user 或 topics。", "写成 {user: 说的话, topics: [主题]}；数字开头或有冒号的话加引号。"))
        return None
    return SaidTurn(user.strip(), tuple(topics), line)


def check(said: Iterable[SaidConversation], topics: Mapping[str, tuple[Topic, Path]], problems: Problems) -> None:
    """Report topics that do not exist, and golden questions, which are kept for testing."""
    golden = {question: topic.id for topic, _ in topics.values() for question in topic.golden}
    for conversation in said:
        for turn in conversation.turns:
            for topic in turn.topics:
                if topic not in topics:
                    problems.add(Problem(conversation.path, turn.line, f"没有 {topic} 这个主题。", "改正 topics，或补上主题文件。"))
            if turn.user in golden:
                what = f"“{turn.user[:20]}”是 {golden[turn.user]} 的检验问题，不能用来拟合。"
                problems.add(Problem(conversation.path, turn.line, what, "换一种说法。"))
