"""A provision as people read it: the whole article it stands in, where it stands, its version and its neighbours."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from knowledge.library import DocumentVersion, Library, Provision
from knowledge.queries import mark_of
from knowledge.snapshot import snapshot

STATUS = {
    "in_force": "现行有效",
    "not_yet_in_force": "尚未施行",
    "superseded": "已被修改",
    "repealed": "已废止",
    "policy": "政策文件",
}
_READABLE = ("article", "chapter", "section", "subsection", "box", "table", "glossary", "term", "preamble", "notice", "history", "document")
_QUESTIONS = 6


@dataclass(frozen=True)
class Reading:
    """What is read at an address. `root` is the whole article (or section, box, table); `focus` the provision asked for;
    `units` the root and everything below it in printed order, each with its depth below the root."""

    document: DocumentVersion
    versions: tuple[DocumentVersion, ...]
    root: Provision
    focus: Provision
    units: tuple[tuple[int, Provision], ...]
    trail: tuple[Provision, ...]
    previous: Provision | None
    next: Provision | None
    refers: tuple[tuple[str, Provision | None, str], ...]
    """(printed words, provision or None when not held, title) of what it refers to."""
    referred_by: tuple[Provision, ...]
    questions: tuple[str, ...]


def address_path(address: str, on: datetime.date | None = None) -> str:
    """The permanent path of a provision's page: /laws/patent-law/50."""
    return "/laws/" + quote(address) + (f"?on={on.isoformat()}" if on else "")


def day_text(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def dates_text(document: DocumentVersion) -> str:
    """2024年1月2日文本，2024年2月1日起施行."""
    note = "不早于" if getattr(document, "adopted_note", None) == "not_before" else ""
    effective = f"，{day_text(document.effective)}起施行" if document.effective else ""
    return f"{note}{day_text(document.adopted)}文本{effective}"


def version_text(document: DocumentVersion) -> str:
    """2020年10月17日文本，现行有效."""
    return f"{dates_text(document)}，{STATUS[document.status]}"


def name_of(provision: Provision) -> str:
    """What a reader calls a unit: 第五十条, 第六章 专利实施的特别许可, （三）主要目标, 专栏1 商业秘密保护工程."""
    if provision.kind in ("article", "document", "history"):
        return provision.label or provision.heading or provision.document.title
    if provision.kind == "term":
        return provision.heading.rstrip("：")
    if provision.heading and provision.kind in _READABLE and provision.kind != "preamble":
        marker = " ".join(provision.marker.replace("附件", "").split()).rstrip(".")
        gap = " " if marker[-1:] not in ("）", "、") and marker else ""
        return f"{marker}{gap}{provision.heading.rstrip('。')}"
    return provision.label


class Shelf:
    """Reads from the library what the pages show. Thread-safe; the units of each version are kept while the library stands."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._lock = threading.Lock()
        self._mark = ""
        self._units: dict[int, dict[str, Provision]] = {}

    def units(self, document: DocumentVersion) -> dict[str, Provision]:
        """Every unit of a version by its address, in printed order."""
        mark = mark_of(self.library.engine)
        with self._lock:
            if mark != self._mark:
                self._mark, self._units = mark, {}
            if document.version_id not in self._units:
                self._units[document.version_id] = {p.address: p for p in self.library.units(document)}
            return self._units[document.version_id]

    def read(self, address: str, on: datetime.date | None = None) -> Reading | None:
        """What to show at an address as of a day; None when nothing stands there."""
        document = self.library.document(address.split("/", maxsplit=1)[0], on)
        units = self.units(document) if document else {}
        focus = units.get(address)
        if document is None or focus is None:
            return None
        root = focus
        while root.kind not in _READABLE and root.parent in units:
            root = units[root.parent or ""]
        same = [p for p in units.values() if p.kind == root.kind]
        place = same.index(root)
        return Reading(
            document=document,
            versions=tuple(self.library.versions(document.id, on)),
            root=root,
            focus=focus,
            units=tuple(_below(units, root)),
            trail=tuple(_above(units, root)),
            previous=same[place - 1] if place else None,
            next=same[place + 1] if place + 1 < len(same) else None,
            refers=tuple(self._refers(root, on)) if root.kind != "document" else (),
            referred_by=tuple(self._referred_by(root, on)) if root.kind != "document" else (),
            questions=tuple(self._questions(root)) if root.kind != "document" else (),
        )

    def _refers(self, root: Provision, on: datetime.date | None) -> list[tuple[str, Provision | None, str]]:
        found: dict[str, tuple[str, Provision | None, str]] = {}
        for row in self.library.references_from(root.address, on):
            target = self.library.provision(row.target, on) if row.held and row.target else None
            if target is None or not _within(target.address, root.address):
                found.setdefault(row.printed, (row.printed, target, row.target_title))
        return list(found.values())

    def _referred_by(self, root: Provision, on: datetime.date | None) -> list[Provision]:
        sources = (self.library.provision(row.source, on) for row in self.library.references_to(root.address, on))
        found = {p.address: p for p in sources if p and not _within(p.address, root.address)}
        return list(found.values())

    def _questions(self, root: Provision) -> list[str]:
        topics = snapshot(self.library).topics.values()
        first = [t for t in topics if t.kind == "answer" and t.grounds and _within(t.grounds[0].at, root.address)]
        also = [t for t in topics if t.kind == "answer" and t not in first and any(_within(g.at, root.address) for g in t.grounds)]
        return [t.question for t in (*first, *also)][:_QUESTIONS]


def _within(address: str, root: str) -> bool:
    return address == root or address.startswith(root + "/")


def _below(units: dict[str, Provision], root: Provision) -> list[tuple[int, Provision]]:
    depths = {root.address: 0}
    found = [(0, root)]
    for unit in units.values():
        if unit.parent in depths and unit.address not in depths:
            depths[unit.address] = depths[unit.parent] + 1
            found.append((depths[unit.address], unit))
    return found


def _above(units: dict[str, Provision], root: Provision) -> list[Provision]:
    trail: list[Provision] = []
    place = units.get(root.parent or "")
    while place is not None and place.kind != "document":
        trail.insert(0, place)
        place = units.get(place.parent or "")
    return trail


def as_json(reading: Reading, on: datetime.date | None = None) -> dict[str, Any]:
    """A reading for the widget's drawer."""

    def link(provision: Provision | None) -> dict[str, str] | None:
        return {"address": provision.address, "label": name_of(provision), "href": address_path(provision.address, on)} if provision else None

    document = reading.document
    return {
        "address": reading.root.address,
        "focus": reading.focus.address,
        "label": name_of(reading.root),
        "href": address_path(reading.root.address, on),
        "document": {
            "id": document.id,
            "title": document.title.strip("《》"),
            "number": document.number,
            "status": document.status,
            "version": version_text(document),
            "href": address_path(document.id, on),
        },
        "trail": [link(place) for place in reading.trail],
        "units": [
            {"address": unit.address, "kind": unit.kind, "depth": depth, "marker": unit.marker, "heading": unit.heading, "text": unit.text}
            for depth, unit in reading.units
        ],
        "previous": link(reading.previous),
        "next": link(reading.next),
        "versions": [_version(version, reading) for version in reading.versions],
        "refers": [{"printed": printed, "to": link(target), "title": title} for printed, target, title in reading.refers],
        "referred_by": [{**(link(source) or {}), "label": source.full_label} for source in reading.referred_by],
    }


def _version(version: DocumentVersion, reading: Reading) -> dict[str, Any]:
    href = address_path(reading.root.address, version.effective or version.adopted)
    return {"text": version_text(version), "href": href, "shown": version.version_id == reading.document.version_id}
