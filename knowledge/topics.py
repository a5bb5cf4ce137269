"""Topics: one YAML file per question that the library answers (or refuses), read and checked for form.

The format is described for editors in docs/content.zh.md. Whether a topic says only what its provisions say is
checked by `knowledge.content_check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from knowledge.problems import Problem, Problems
from knowledge.yaml_faults import fault

KINDS = ("answer", "refuse", "chat", "check")
REASONS = ("not_held", "out_of_scope", "harmful", "unclear")
ASPECTS = [
    "meaning",
    "permission",
    "who",
    "how",
    "documents",
    "deadline",
    "amount",
    "term",
    "liability",
    "remedy",
    "effect",
    "condition",
    "authority",
    "target",
]
HEADINGS = ["条件", "办理步骤", "所需材料", "期限", "金额", "例外", "后果", "说明", "注意", "数据"]
_FIELDS = {
    "id", "kind", "title", "question", "aspect", "answer", "grounds", "sections", "unsettled", "related", "golden",
    "reason", "governed_by", "next", "only_with", "review", "area",
}  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """A provision that the topic rests on and the passage of it that says so, letter for letter."""

    at: str
    quote: str


@dataclass(frozen=True)
class Statement:
    """One line of a section, with the addresses of the grounds that carry it."""

    text: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    heading: str
    items: tuple[Statement, ...]


@dataclass(frozen=True)
class Topic:
    """One topic. kind `answer` has grounds; `refuse` has a reason; `chat` has only words; `check` starts a guided check
    of the same id (knowledge/checks)."""

    id: str
    kind: str
    area: str
    title: str
    question: str
    aspect: str
    answer: str
    grounds: tuple[Ground, ...] = ()
    sections: tuple[Section, ...] = ()
    unsettled: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    golden: tuple[str, ...] = ()
    reason: str | None = None
    governed_by: str | None = None
    next: str | None = None
    only_with: str | None = None
    """Regular expression of the words without which the topic is never meant (美国 for the law of the United States)."""
    review: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_data(cls, data: dict[str, Any], area: str) -> Topic:
        """Build from a topic file's content. Raises KeyError, TypeError or ValueError with the field's name."""
        unknown = set(data) - _FIELDS
        if unknown:
            raise ValueError(f"不认识的字段：{'、'.join(sorted(unknown))}")
        for name, allowed in (("kind", KINDS), ("aspect", ASPECTS)):
            if data[name] not in allowed:
                raise ValueError(f"{name} 应为 {'、'.join(allowed)} 之一，而不是 {data[name]!r}")
        if data["kind"] == "refuse" and data.get("reason") not in REASONS:
            raise ValueError(f"reason 应为 {'、'.join(REASONS)} 之一")
        return cls(
            id=_text(data, "id"),
            kind=data["kind"],
            area=data.get("area") or area,
            title=_text(data, "title"),
            question=_text(data, "question"),
            aspect=data["aspect"],
            answer=_text(data, "answer"),
            grounds=tuple(Ground(_text(g, "at"), _text(g, "quote")) for g in data.get("grounds") or ()),
            sections=tuple(
                Section(_text(s, "heading"), tuple(Statement(_text(i, "text"), tuple(_strings(i, "by"))) for i in s["items"]))
                for s in data.get("sections") or ()
            ),
            unsettled=tuple(_strings(data, "unsettled")),
            related=tuple(_strings(data, "related")),
            golden=tuple(_strings(data, "golden")),
            reason=data.get("reason"),
            governed_by=data.get("governed_by"),
            next=data.get("next"),
            only_with=re.compile(data["only_with"]).pattern if data.get("only_with") else None,
            review={"on" if key is True else str(key): str(value) for key, value in (data.get("review") or {}).items()},  # YAML reads `on` as true
        )


def _text(data: dict[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} 应为非空文字，而不是 {value!r}")
    return value.strip()


def _strings(data: dict[str, Any], name: str) -> Iterable[str]:
    values = data.get(name) or ()
    if isinstance(values, str) or not all(isinstance(v, str) and v.strip() for v in values):
        raise ValueError(f"{name} 应为文字的列表")
    return [v.strip() for v in values]


def load(folder: Path, problems: Problems) -> dict[str, tuple[Topic, Path]]:
    """Every topic below `folder`, by id, with its file. Faulty files are reported and left out."""
    loaded: dict[str, tuple[Topic, Path]] = {}
    for path in sorted(folder.glob("*/*.yml")):
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            topic = Topic.from_data(data, path.parent.name)
        except yaml.MarkedYAMLError as error:
            bad = fault(error, path.read_text(encoding="utf-8"))
            problems.add(Problem(path, bad.line, f"YAML 写法有误：{bad.what}", bad.remedy))
            continue
        except (KeyError, TypeError, ValueError) as error:
            what = f"缺少字段 {error}" if isinstance(error, KeyError) else str(error)
            problems.add(Problem(path, _line_of(path, what.partition(" ")[0]), what, "对照 docs/content.zh.md 的格式补改。"))
            continue
        if topic.id != path.stem:
            problems.add(Problem(path, 1, f"id {topic.id} 与文件名不同。", f"把文件改名为 {topic.id}.yml。"))
        if topic.id in loaded:
            problems.add(Problem(path, 1, f"id {topic.id} 已用于 {loaded[topic.id][1]}。", "换一个 id。"))
            continue
        loaded[topic.id] = (topic, path)
    return loaded


def _line_of(path: Path, field: str) -> int:
    """The line on which a field stands; the first where it stands nowhere."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.split(":")[0].strip(" -") == field), 1)
