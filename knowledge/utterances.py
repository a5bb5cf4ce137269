"""What people say for each topic: the files below data/nlu, read and checked for being in step with the topics.

A file holds Rasa's own training-data form, of which only the plainest part is used: blocks of an intent, the topic and the writer that its
utterances belong to, and the utterances, one a line. Reading that part directly takes seconds where a reader of the whole format takes minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.problems import Problem, Problems
from knowledge.topics import Topic
from knowledge.yaml_faults import fault

INTENTS = {"answer": "ask", "refuse": "refuse", "chat": "chat", "check": "start_check"}
"""Kind of topic -> the intent of its utterances."""
FEWEST = 10  # utterances a topic


@dataclass(frozen=True)
class Utterance:
    """One thing said. topic and writer are None for the acts that are known by their form (data/nlu/dialogue.yml).

    elliptical: it is said in the middle of a conversation and leaves out what it is about.
    """

    text: str
    intent: str
    topic: str | None
    writer: str | None
    path: Path
    elliptical: bool = False


def load(paths: Iterable[Path], problems: Problems) -> list[Utterance]:
    """The utterances of these files, in order. Faulty files are reported and left out."""
    found: list[Utterance] = []
    for path in paths:
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            found += list(_read(data, path))
        except yaml.MarkedYAMLError as error:
            bad = fault(error, path.read_text(encoding="utf-8"))
            problems.add(Problem(path, bad.line, f"YAML 写法有误：{bad.what}", bad.remedy))
        except (KeyError, TypeError, ValueError) as error:
            what = f"缺少字段 {error}" if isinstance(error, KeyError) else str(error)
            problems.add(Problem(path, 1, what, "对照 docs/content.zh.md 的格式补改。"))
    return found


def _read(data: Any, path: Path) -> Iterator[Utterance]:
    if not isinstance(data, dict) or not isinstance(data.get("nlu"), list):
        raise ValueError("文件应有 nlu 列表")
    for block in data["nlu"]:
        about = block.get("metadata") or {}
        if about.get("elliptical", True) is not True:
            raise ValueError("elliptical 只能写 true，不是接着问的话就不写")
        if not isinstance(block["examples"], str):
            raise ValueError("examples 应为多行文字")
        for line in block["examples"].splitlines():
            if not line.startswith("- ") or not line[2:].strip():
                raise ValueError(f"说法应写成“- 文字”：{line[:30]}")
            yield Utterance(line[2:].strip(), block["intent"], about.get("topic"), about.get("writer"), path, about.get("elliptical", False))


def check(said: Sequence[Utterance], topics: Mapping[str, tuple[Topic, Path]], problems: Problems) -> None:
    """Report utterances without a topic, topics with too few utterances, wrong intents, and the same words said for two topics."""
    counts = dict.fromkeys(topics, 0)
    heard: dict[str, Utterance] = {}
    golden = {question: topic.id for topic, _ in topics.values() for question in topic.golden}
    for utterance in said:
        if utterance.topic is None:
            continue
        report = _reporter(utterance, problems)
        if utterance.topic not in topics:
            report(f"没有 {utterance.topic} 这个主题。", "改正 topic，或补上主题文件。")
            continue
        counts[utterance.topic] += not utterance.elliptical
        kind = topics[utterance.topic][0].kind
        if utterance.intent != INTENTS[kind]:
            report(f"intent 应为 {INTENTS[kind]}，而不是 {utterance.intent}。", "改正 intent。")
        if not utterance.writer:
            report("没有写明 writer。", "补上写作者的记号。")
        if utterance.text in golden:
            report(f"“{utterance.text[:20]}”是 {golden[utterance.text]} 的检验问题，不能作训练用。", "删去这一句。")
        other = heard.setdefault(utterance.text, utterance)
        if other.topic != utterance.topic:
            report(f"“{utterance.text[:20]}”也写在 {other.topic} 里。", "只留一处。")
    for topic_id, count in counts.items():
        if count < FEWEST:
            what = f"{topic_id} 只有 {count} 句说法，少于 {FEWEST} 句。"
            problems.add(Problem(topics[topic_id][1], 1, what, f"在 data/nlu 下补写 {topic_id} 的说法。"))


def _reporter(utterance: Utterance, problems: Problems) -> Any:
    def report(what: str, remedy: str) -> None:
        lines = utterance.path.read_text(encoding="utf-8").splitlines()
        line = next((n for n, text in enumerate(lines, 1) if text.strip() == f"- {utterance.text}"), 1)
        problems.add(Problem(utterance.path, line, what, remedy))

    return report
