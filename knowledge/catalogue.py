"""The catalogue of held documents: `sources/catalogue.yml` and, beside it, one entry per imported document.

An entry records where a text came from, its versions and its known defects; the text itself stands in the file it
names, one printed unit a line.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from knowledge.problems import Problem, Problems
from knowledge.versions import start

STATUSES = ("in_force", "not_yet_in_force", "superseded", "repealed", "policy")


@dataclass(frozen=True)
class Version:
    """One text of a document. `effective` is None where the library does not say from when it applies.

    adopted_note: None where the text gives the day `adopted`; not_before, not_after or file_name where it is only a bound or a hint, so
    that displays must say 日期未载明. source, defects, number (文号): of this version; those of the entry where it has none of its own.
    """

    file: Path
    adopted: datetime.date
    effective: datetime.date | None
    status: str
    history: tuple[dict[str, Any], ...]
    sha256: str
    adopted_note: str | None = None
    source: dict[str, Any] = field(default_factory=dict)
    defects: tuple[dict[str, Any], ...] = ()
    number: str | None = None

    def text(self) -> str:
        """The source text, UTF-8."""
        return self.file.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Document:
    """A document with all its versions, oldest first. kind: statute or policy."""

    id: str
    kind: str
    title: str
    short_title: str
    aliases: tuple[str, ...]
    number: str | None
    issuer: str
    versions: tuple[Version, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name people use for it, the official title first."""
        return tuple(dict.fromkeys((self.title, self.short_title, *self.aliases)))


def _date(value: Any) -> datetime.date | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))


State = tuple[int, int, int]
_digests: dict[Path, tuple[State, str]] = {}
_read: dict[Path, tuple[dict[Path, State], list[Document], list[Problem]]] = {}


def _state(path: Path) -> State:
    """What changes when a file is written: its time, size and place on the disk. (0, 0, 0) for a missing one."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino


def sha256(path: Path) -> str:
    """Hex digest of the file; reckoned anew when the file has changed."""
    state = _state(path)
    held = _digests.get(path)
    if held is None or held[0] != state:
        held = _digests[path] = (state, hashlib.sha256(path.read_bytes()).hexdigest())
    return held[1]


def load(folder: Path, problems: Problems) -> list[Document]:
    """Read `catalogue.yml` and every `*.catalogue.yml` in `folder`. See `load_all`."""
    return load_all([folder], problems)


def load_all(folders: Iterable[Path], problems: Problems) -> list[Document]:
    """Read the catalogues of all folders: each one's `catalogue.yml`, then its `*.catalogue.yml`, entries of one id merged.

    Faults (unreadable file, missing text, changed hash, alias that fits two documents) go to `problems`; an entry with
    a fault that makes it unusable is left out.
    """
    documents: list[Document] = []
    folders = list(dict.fromkeys(folders))
    for n, folder in enumerate(folders):
        main = [folder / "catalogue.yml"] if n == 0 or (folder / "catalogue.yml").exists() else []
        for path in [*main, *sorted(folder.glob("*.catalogue.yml"))]:
            documents += _entries(path, problems)
    merged = _merge(documents, folders[0] / "catalogue.yml", problems)
    _check_names(merged, folders[0], problems)
    return merged


def _entries(path: Path, problems: Problems) -> list[Document]:
    """The documents of one catalogue file. Read again only when it or a text that it names has changed: an import of many files loads
    every catalogue many times."""
    held = _read.get(path)
    if held is None or any(_state(file) != state for file, state in held[0].items()):
        own = Problems()
        documents = _parsed(path, own)
        files = [path, *(version.file for document in documents for version in document.versions)]
        held = _read[path] = ({file: _state(file) for file in files}, documents, list(own))
        if own:  # a fault may lie in a file that is not there yet
            del _read[path]
    for problem in held[2]:
        problems.add(problem)
    return held[1]


def _parsed(path: Path, problems: Problems) -> list[Document]:
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["documents"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        problems.add(Problem(path, 1, f"目录文件无法读取：{error}", "按 sources/README.md 的格式改正。"))
        return []
    found: list[Document] = []
    for entry in entries:
        try:
            found.append(_document(entry, path, problems))
        except (KeyError, ValueError, TypeError, OSError) as error:
            problems.add(Problem(path, 1, f"条目 {entry.get('id', '?')} 有误：{error!r}", "补全字段或改正日期、文件名。"))
    return found


def _merge(entries: list[Document], path: Path, problems: Problems) -> list[Document]:
    """One document an id: the first entry gives its names, every entry its versions."""
    merged: dict[str, Document] = {}
    for entry in entries:
        held = merged.setdefault(entry.id, entry)
        if held is entry:
            continue
        if held.title != entry.title:
            problems.add(Problem(path, 1, f"{entry.id} 同时是《{held.title}》和《{entry.title}》。", "给其中一份换一个 id。"))
            continue
        merged[entry.id] = replace(held, versions=tuple(sorted((*held.versions, *entry.versions), key=start)))
    for document in merged.values():
        days = [version.adopted for version in document.versions]
        if len(set(days)) < len(days):
            problems.add(Problem(path, 1, f"{document.id} 有两个版本的通过日期相同。", "删去重复的版本，或改正 adopted。"))
    return list(merged.values())


def _document(entry: dict[str, Any], path: Path, problems: Problems) -> Document:
    versions = []
    for raw in entry["versions"]:
        file = path.parent / raw["file"]
        digest = sha256(file)
        source = raw.get("source") or entry.get("source") or {}
        expected = raw.get("sha256") or (entry.get("source") or {}).get("sha256")
        if expected and expected != digest:
            problems.add(Problem(file, 1, "文本与目录登记的 sha256 不一致。", f"核对改动；确认无误后把目录中的 sha256 改为 {digest}。"))
        if raw["status"] not in STATUSES:
            raise ValueError(f"status {raw['status']}")
        adopted = _date(raw["adopted"])
        if adopted is None:
            raise ValueError("adopted 缺失")
        history, defects = tuple(raw.get("history") or ()), tuple(raw.get("defects") or entry.get("defects") or ())
        note = raw.get("adopted_note")
        versions.append(Version(file, adopted, _date(raw.get("effective")), raw["status"], history, digest, note, source, defects, raw.get("number")))
    return Document(
        id=entry["id"],
        kind=entry["kind"],
        title=entry["title"],
        short_title=entry["short_title"],
        aliases=tuple(str(a) for a in entry.get("aliases") or ()),
        number=entry.get("number"),
        issuer=entry.get("issuer") or "",
        versions=tuple(sorted(versions, key=start)),
    )


def _check_names(documents: list[Document], folder: Path, problems: Problems) -> None:
    seen: dict[str, str] = {}
    for document in documents:
        for name in document.names:
            if seen.setdefault(name, document.id) != document.id:
                problems.add(Problem(folder / "catalogue.yml", 1, f"名称“{name}”同时指 {seen[name]} 和 {document.id}。", "删去其中一个别名。"))
