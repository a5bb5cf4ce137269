"""Reading the library: documents, provisions and topics as of a day.

Every query takes the day it is asked for (today by default), so that a text adopted but not yet in force and a superseded
one stand beside the one in force and are never mixed up.
"""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Engine, Row

from knowledge.current import Kept
from knowledge.engine import reading_engine
from knowledge.model import documents, facts, provisions, references, topics
from knowledge.names import NameFinder
from knowledge.queries import AT, PROVISION, VERSION, VERSIONS, VERSIONS_OF, fetch
from knowledge.settings import database_url
from knowledge.topics import Topic
from knowledge.versions import applying, statuses


@dataclass(frozen=True)
class DocumentVersion:
    """A document in one of its versions. `status` is as of the day asked for.

    adopted_note: None where the text gives the day `adopted`; otherwise that day is only a bound (not_before, not_after) or a hint
    (file_name) and displays must say 印发日期未载明.
    """

    id: str
    kind: str
    title: str
    short_title: str
    number: str | None
    version_id: int
    adopted: datetime.date
    effective: datetime.date | None
    status: str
    adopted_note: str | None = None


@dataclass(frozen=True)
class Provision:
    """One stored unit of a text. `text` is its own, letter for letter; `full_text` includes what stands below it."""

    document: DocumentVersion
    address: str
    parent: str | None
    position: int
    kind: str
    label: str
    article: int | None
    paragraph: int | None
    item: int | None
    section: str | None
    marker: str
    heading: str
    text: str
    full_text: str

    @classmethod
    def of(cls, document: DocumentVersion, row: Row[Any]) -> Provision:
        """From a row of the `provisions` table."""
        return cls(document, *(getattr(row, name) for name in PROVISION))

    @property
    def full_label(self) -> str:
        """《中华人民共和国专利法》第五十条第一款."""
        return self.label if self.label.startswith("《") else f"《{self.document.title.strip('《》')}》{self.label}"

    @property
    def article_address(self) -> str:
        """Address of the article (or the policy section itself) that this stands in."""
        return "/".join(self.address.split("/")[:2]) if self.article is not None else self.address


class Library:
    """A read-only view of the database. Thread-safe; one per process is enough.

    kept: where documents and provisions that were read are kept; None: they are read every time.
    """

    def __init__(self, engine: Engine, kept: Kept | None = None) -> None:
        self.engine, self._kept = engine, kept

    @classmethod
    def open(cls, url: str | None = None, keep: bool = False) -> Library:
        """The library at `url` (default: the configured one). Nothing is read yet. keep: what is read is kept until the content changes."""
        engine = reading_engine(url or database_url())
        return cls(engine, Kept(engine) if keep else None)

    def forget(self) -> None:
        """Read everything anew from here on."""
        if self._kept is not None:
            self._kept.forget()

    # documents

    def documents(self, on: datetime.date | None = None) -> list[DocumentVersion]:
        """Every held document in the version that applies on the day (see `document`), in catalogue order."""
        return [_chosen(found) for found in self._versions(None, on).values()]

    def document(self, document_id: str, on: datetime.date | None = None) -> DocumentVersion | None:
        """The version that applies on the day; before the first one applies, that one; None if the document is not held."""
        found = self.versions(document_id, on)
        return _chosen(found) if found else None

    def versions(self, document_id: str, on: datetime.date | None = None) -> list[DocumentVersion]:
        """All versions, oldest first, each with its status on the day."""
        return self._versions(document_id, on).get(document_id, [])

    def names(self) -> NameFinder:
        """A finder of the names of all documents."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(documents)).all()
        return NameFinder([(r.id, r.title, (r.title, r.short_title, *r.aliases)) for r in rows])

    # provisions

    def provision(self, address: str, on: datetime.date | None = None) -> Provision | None:
        """The provision at an address, or None."""
        rows = self._read("at", AT, document=address.split("/", maxsplit=1)[0], at=address)
        if not rows:
            return None
        status = statuses(rows, on or datetime.date.today())
        index = applying(status)
        return Provision.of(_version(rows[index], status[index]), rows[index]) if rows[index].address is not None else None

    def provisions_of(self, document_id: str, kind: str, on: datetime.date | None = None) -> list[Provision]:
        """All units of one kind (article, chapter, box, row, term …) in printed order."""
        document = self.document(document_id, on)
        return self._rows(document, kind=kind) if document else []

    def children(self, address: str, on: datetime.date | None = None) -> list[Provision]:
        """The units directly below an address."""
        document = self.document(address.split("/", maxsplit=1)[0], on)
        return self._rows(document, parent=address) if document else []

    def articles_below(self, address: str, on: datetime.date | None = None) -> list[Provision]:
        """The articles of a chapter or section, in order."""
        document = self.document(address.split("/", maxsplit=1)[0], on)
        if document is None:
            return []
        found: list[Provision] = []
        for child in self._rows(document, parent=address):
            found += [child] if child.kind == "article" else self.articles_below(child.address, on)
        return found

    def neighbour(self, address: str, step: int, on: datetime.date | None = None) -> Provision | None:
        """The unit of the same kind `step` places further in printed order (articles, paragraphs within their article)."""
        here = self.provision(address, on)
        if here is None:
            return None
        siblings = self.provisions_of(here.document.id, "article", on) if here.kind == "article" else self.children(here.parent or "", on)
        siblings = [p for p in siblings if p.kind == here.kind]
        index = next((i for i, p in enumerate(siblings) if p.address == address), -1) + step
        return siblings[index] if 0 <= index < len(siblings) else None

    def units(self, document: DocumentVersion) -> list[Provision]:
        """Every unit of one version, in printed order."""
        return self._rows(document)

    def article_count(self, document_id: str, on: datetime.date | None = None) -> int:
        """How many articles the law has."""
        document = self.document(document_id, on)
        if document is None:
            return 0
        query = select(func.count()).select_from(provisions).where(provisions.c.version_id == document.version_id, provisions.c.kind == "article")
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    # references and facts

    def references_from(self, address: str, on: datetime.date | None = None) -> list[Row[Any]]:
        """Rows (source, printed, target, target_title, held) of what this provision and those below it refer to."""
        return self._references(references.c.source, address, on)

    def references_to(self, address: str, on: datetime.date | None = None) -> list[Row[Any]]:
        """Rows of what refers to this provision or to one below it."""
        return self._references(references.c.target, address, on)

    def facts(self, address: str | None = None, kind: str | None = None, on: datetime.date | None = None) -> list[Row[Any]]:
        """Structured facts (kind, address, data, quote) of the texts that apply on the day, narrowed by address or kind."""
        query = select(facts).where(facts.c.version_id.in_([d.version_id for d in self.documents(on)]))
        if address:
            query = query.where((facts.c.address == address) | facts.c.address.startswith(address + "/"))
        if kind:
            query = query.where(facts.c.kind == kind)
        with self.engine.connect() as connection:
            return list(connection.execute(query.order_by(facts.c.id)))

    # topics

    def topic(self, topic_id: str) -> Topic | None:
        """The topic with this id, or None."""
        with self.engine.connect() as connection:
            row = connection.execute(select(topics).where(topics.c.id == topic_id)).first()
        return _topic(row) if row else None

    def topics(self) -> list[Topic]:
        """Every topic, by id."""
        with self.engine.connect() as connection:
            return [_topic(row) for row in connection.execute(select(topics).order_by(topics.c.id))]

    # internals

    def _versions(self, document_id: str | None, on: datetime.date | None) -> dict[str, list[DocumentVersion]]:
        """Id -> versions with their statuses on the day, of one document or of all, in catalogue order."""
        rows = self._read("versions", VERSIONS) if document_id is None else self._read("versions", VERSIONS_OF, document=document_id)
        grouped: dict[str, list[Row[Any]]] = {}
        for row in rows:
            grouped.setdefault(row.document_id, []).append(row)
        day = on or datetime.date.today()
        return {id_: [_version(r, status) for r, status in zip(found, statuses(found, day))] for id_, found in grouped.items()}

    def _rows(self, document: DocumentVersion, **where: str) -> list[Provision]:
        """The units of a version whose columns have these values, in printed order."""
        chosen = (provisions.c[column] == value for column, value in where.items())
        query = select(provisions).where(provisions.c.version_id == document.version_id, *chosen).order_by(provisions.c.position)
        return [Provision.of(document, row) for row in self._read(("units", document.version_id, *where.items()), query)]

    def _read(self, name: Hashable, query: Any, **values: str) -> list[Row[Any]]:
        """The rows of a query, which goes by `name` and its values among what is kept."""
        if self._kept is None:
            return fetch(self.engine, query, values)
        return self._kept.rows((name, *values.values()), lambda: fetch(self.engine, query, values))

    def _references(self, column: Any, address: str, on: datetime.date | None) -> list[Row[Any]]:
        query = select(references).where((column == address) | column.startswith(address + "/")).order_by(references.c.id)
        current = {d.version_id for d in self.documents(on)}
        with self.engine.connect() as connection:
            return [row for row in connection.execute(query) if row.version_id in current]


def _chosen(found: Sequence[DocumentVersion]) -> DocumentVersion:
    return found[applying([version.status for version in found])]


def _version(row: Row[Any], status: str) -> DocumentVersion:
    return DocumentVersion(**{name: getattr(row, f"document_{name}") for name in VERSION}, status=status)


def _topic(row: Row[Any]) -> Topic:
    return Topic.from_data(row.data, row.area)


def quoted(provision: Provision, passages: Sequence[str] = ()) -> str:
    """What to show of a provision: all of it, or only its own text where that holds the passages and the whole is long."""
    own = provision.marker + provision.text if provision.kind in ("item", "subitem") else provision.heading + provision.text
    if len(provision.full_text) > 300 and own and passages and all(p in own for p in passages):
        return own
    return provision.full_text or own


@lru_cache(maxsize=1)
def default_library() -> Library:
    """The configured library, opened once a process, which keeps what it reads."""
    return Library.open(keep=True)
