"""The catalogue of held documents: `sources/catalogue.yml` and, beside it, one entry per imported document.

An entry records where a text came from, its versions and its known defects; the text itself stands in the file it
names, one printed unit a line.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.problems import Problem, Problems

STATUSES = ("in_force", "not_yet_in_force", "superseded", "repealed", "policy")


@dataclass(frozen=True)
class Version:
    """One text of a document. `effective` is None where the library does not say from when it applies."""

    file: Path
    adopted: datetime.date
    effective: datetime.date | None
    status: str
    history: tuple[dict[str, Any], ...]
    sha256: str

    def text(self) -> str:
        """The source text, UTF-8."""
        return self.file.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Document:
    """One catalogue entry. kind: statute or policy."""

    id: str
    kind: str
    title: str
    short_title: str
    aliases: tuple[str, ...]
    number: str | None
    issuer: str
    versions: tuple[Version, ...]
    defects: tuple[dict[str, Any], ...]
    source: dict[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name people use for it, the official title first."""
        return tuple(dict.fromkeys((self.title, self.short_title, *self.aliases)))


def _date(value: Any) -> datetime.date | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))


def sha256(path: Path) -> str:
    """Hex digest of the file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load(folder: Path, problems: Problems) -> list[Document]:
    """Read `catalogue.yml` and every `*.catalogue.yml` in `folder`, in that order.

    Faults (unreadable file, missing text, changed hash, alias that fits two documents) go to `problems`; an entry with
    a fault that makes it unusable is left out.
    """
    documents: list[Document] = []
    for path in [folder / "catalogue.yml", *sorted(folder.glob("*.catalogue.yml"))]:
        try:
            entries = yaml.safe_load(path.read_text(encoding="utf-8"))["documents"]
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            problems.add(Problem(path, 1, f"目录文件无法读取：{error}", "按 sources/README.md 的格式改正。"))
            continue
        for entry in entries:
            try:
                documents.append(_document(entry, folder, path, problems))
            except (KeyError, ValueError, TypeError, OSError) as error:
                problems.add(Problem(path, 1, f"条目 {entry.get('id', '?')} 有误：{error!r}", "补全字段或改正日期、文件名。"))
    _check_names(documents, folder, problems)
    return documents


def _document(entry: dict[str, Any], folder: Path, path: Path, problems: Problems) -> Document:
    versions = []
    source = entry.get("source") or {}
    for raw in entry["versions"]:
        file = folder / raw["file"]
        digest = sha256(file)
        expected = raw.get("sha256") or source.get("sha256")
        if expected and expected != digest:
            problems.add(Problem(file, 1, "文本与目录登记的 sha256 不一致。", f"核对改动；确认无误后把目录中的 sha256 改为 {digest}。"))
        if raw["status"] not in STATUSES:
            raise ValueError(f"status {raw['status']}")
        adopted = _date(raw["adopted"])
        if adopted is None:
            raise ValueError("adopted 缺失")
        versions.append(Version(file, adopted, _date(raw.get("effective")), raw["status"], tuple(raw.get("history") or ()), digest))
    return Document(
        id=entry["id"],
        kind=entry["kind"],
        title=entry["title"],
        short_title=entry["short_title"],
        aliases=tuple(str(a) for a in entry.get("aliases") or ()),
        number=entry.get("number"),
        issuer=entry.get("issuer") or "",
        versions=tuple(sorted(versions, key=lambda v: v.adopted)),
        defects=tuple(entry.get("defects") or ()),
        source=source,
    )


def _check_names(documents: list[Document], folder: Path, problems: Problems) -> None:
    seen: dict[str, str] = {}
    for document in documents:
        for name in document.names:
            if seen.setdefault(name, document.id) != document.id:
                problems.add(Problem(folder / "catalogue.yml", 1, f"名称“{name}”同时指 {seen[name]} 和 {document.id}。", "删去其中一个别名。"))
