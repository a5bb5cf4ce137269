"""Build the library's database from the catalogue, the texts and the topics: all of it, or one document added to it."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, create_engine, delete, func, insert, inspect, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from knowledge import coverage, deadlines, fact_gaps, model, rows, statute_facts
from knowledge.catalogue import Document, Version, sha256
from knowledge.catalogue import load_all as load_catalogues
from knowledge.check_faults import check_checks
from knowledge.content_check import check_topics
from knowledge.policy import parse_policy
from knowledge.problems import Problem, Problems
from knowledge.references import find_references
from knowledge.search_index import index_row
from knowledge.settings import SOURCES, TOPICS, database_url, held_folder
from knowledge.statute import parse_statute
from knowledge.structure import Node
from knowledge.topics import Topic
from knowledge.topics import load as load_topics
from knowledge.versions import applying, statuses

Step = Callable[[int, int, str], None]
"""Called as the work goes on: done, total, what is being written."""


class ContentError(Exception):
    """The content has faults; `problems` lists all of them. Nothing was written."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def parse(document: Document, version: Version) -> Node:
    """The tree of one version of a document."""
    parser = parse_policy if document.kind == "policy" else parse_statute
    return parser(document.id, version.text())


class OwnTexts(Mapping[str, str]):
    """Address -> own text (heading and text), in the version of each document that applies on a day, or `back` versions before it.

    A document is parsed when an address of it is asked for, so that a check of the topics costs nothing for laws without topics.
    """

    def __init__(self, content: Content, day: datetime.date, back: int = 0) -> None:
        self._content, self._day, self._back = content, day, back
        self._texts: dict[str, dict[str, str]] = {}
        self._documents = {document.id: document for document in content.documents}

    def of(self, document_id: str) -> dict[str, str]:
        """The own texts of one document; empty when it is not held."""
        if document_id not in self._texts:
            document = self._documents.get(document_id)
            nodes = self._content.applying(document, self._day, self._back).walk() if document else ()
            self._texts[document_id] = {node.address: node.heading + node.text for node in nodes}
        return self._texts[document_id]

    def __getitem__(self, address: str) -> str:
        return self.of(address.split("/", maxsplit=1)[0])[address]

    def __iter__(self) -> Iterator[str]:
        for document_id in self._documents:
            yield from self.of(document_id)

    def __len__(self) -> int:
        return sum(len(self.of(document_id)) for document_id in self._documents)


class Content:
    """Everything read from files, before it is written to the database."""

    def __init__(self, sources: Path = SOURCES, topics: Path = TOPICS) -> None:
        self.problems, self.outdated = Problems(), Problems()
        self.documents = load_catalogues(_folders(sources), self.problems)
        self._trees: dict[tuple[str, int], Node] = {}
        self._topics_folder = topics
        self.complete = topics == TOPICS  # periods and guided checks belong to the project's own topics

    @cached_property
    def topics(self) -> dict[str, tuple[Topic, Path]]:
        """Every topic with its file, by id; read when first asked for, its faults added to `problems`."""
        return load_topics(self._topics_folder, self.problems)

    def tree(self, document: Document, index: int) -> Node:
        """The tree of a document's version, parsed once."""
        key = document.id, index
        if key not in self._trees:
            self._trees[key] = parse(document, document.versions[index])
        return self._trees[key]

    def applying(self, document: Document, on: datetime.date | None = None, back: int = 0) -> Node:
        """The tree of the version that applies on the day (default: today), or so many versions before it, as far as there are some."""
        index = applying(statuses(document.versions, on or datetime.date.today()))
        return self.tree(document, max(index - back, 0))

    def own_texts(self, on: datetime.date | None = None) -> OwnTexts:
        """The own texts of the versions that apply on the day (default: today)."""
        return OwnTexts(self, on or datetime.date.today())

    def rests_on(self, document_id: str) -> bool:
        """Does any topic, period, fact or guided check name an address of the document?"""
        package = Path(__file__).parent
        files = [*self._topics_folder.glob("*/*.yml"), *package.glob("*.yml"), *package.glob("checks/*.yml"), *package.glob("facts/*.yml")]
        return any(f"{document_id}/" in path.read_text(encoding="utf-8") for path in files)

    def check(self) -> Problems:
        """All problems of the content, found together.

        What an earlier text of the documents bears out is no fault but overtaken by an amendment: it goes to `outdated`, for review, and is
        held back when it is asked for (`knowledge.amended`).
        """
        self.topics  # noqa: B018  read first: what is faulty in them is added to the problems
        found = self._found(0)
        most = max((applying(statuses(d.versions, datetime.date.today())) for d in self.documents), default=0)
        for back in range(1, most + 1):
            if found:
                earlier = set(map(str, self._found(back)))
                self.outdated.found += [problem for problem in found if str(problem) not in earlier]
                found = [problem for problem in found if str(problem) in earlier]
        self.problems.found += found
        return self.problems

    def _found(self, back: int) -> list[Problem]:
        """The problems that show against the texts that apply today, or against those so many versions before."""
        texts, problems = OwnTexts(self, datetime.date.today(), back), Problems()
        check_topics(self.topics, texts, problems)
        if self.complete:
            deadlines.check(texts, self.topics, problems)
            check_checks(texts, self.topics, problems)
            facts = statute_facts.check(texts, problems)
            fact_gaps.check({address: text for id_ in facts for address, text in texts.of(id_).items()}, facts, problems)
            areas = {topic.area for topic, _ in self.topics.values()}
            laws = [self.applying(d, back=back) for d in self.documents if d.kind == "statute" and d.id in areas]
            coverage.check(laws, [topic for topic, _ in self.topics.values()], problems)
        return list(problems)


def _folders(sources: Path) -> list[Path]:
    return list(dict.fromkeys((sources, held_folder() if sources == SOURCES else sources)))


def fingerprint(sources: Path = SOURCES, topics: Path = TOPICS) -> str:
    """Hex digest of everything the database is built from, this package's code included."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    own = [(package, "*.py"), (package / "intake", "*.py"), (package, "*.yml"), (package / "facts", "*.yml")]
    folders = [*own, *((folder, "*") for folder in _folders(sources)), (topics, "*/*.yml")]
    for folder, pattern in folders:
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                digest.update(f"{path.name}\0{sha256(path)}".encode())
    return digest.hexdigest()


def is_current(engine: Engine, sources: Path = SOURCES, topics: Path = TOPICS) -> bool:
    """Was the database built from the content as it stands now?"""
    try:
        with engine.connect() as connection:
            value = connection.execute(select(model.meta.c.value).where(model.meta.c.key == "fingerprint")).scalar()
    except SQLAlchemyError:
        return False
    return bool(value == fingerprint(sources, topics))


def build(url: str | None = None, sources: Path = SOURCES, topics: Path = TOPICS, step: Step | None = None) -> dict[str, int]:
    """Write the library to the database at `url` (default: the configured one), replacing what is there.

    One transaction: a reader sees the old library or the new one. Raises ContentError, with nothing written, when the
    content has faults. Returns how many documents, provisions, references, facts and topics were written.
    """
    content = Content(sources, topics)
    if content.check():
        raise ContentError(content.problems)
    engine = _engine(url)
    with engine.begin() as connection:
        counted = _counted(connection)
        _empty(connection)
        counts = dict.fromkeys(("documents", "provisions", "references", "facts"), 0)
        version_id = 1
        for position, document in enumerate(content.documents):
            if step:
                step(position, len(content.documents), document.title)
            for name, count in _write_document(connection, content, document, position, version_id, counted).items():
                counts[name] += count
            version_id += len(document.versions)
        counts["topics"] = _insert(connection, model.topics, [rows.topic_row(topic) for topic, _ in content.topics.values()])
        _mark(connection, fingerprint(sources, topics))
    engine.dispose()
    return counts


def add(content: Content, document_id: str, url: str | None = None, mark: str | None = None) -> dict[str, int]:
    """Write one document of `content`, new or changed, into a database that exists.

    Everything else stays, except that references of other laws to it are resolved and the catalogue order is renewed. One transaction.
    mark: the fingerprint to leave, when the database agrees with the files in everything else; without it the database is marked
    as stale, so that the next `build --if-stale` renews it. Whether the content is sound is for the caller to check.
    """
    position, document = next((n, d) for n, d in enumerate(content.documents) if d.id == document_id)
    engine = _engine(url)
    with engine.begin() as connection:
        _remove(connection, document_id)
        version_id = int(connection.execute(select(func.max(model.versions.c.id))).scalar() or 0) + 1
        counts = _write_document(connection, content, document, position, version_id)
        _resolve(connection, content, document)
        order = update(model.documents).where(model.documents.c.id == bindparam("of")).values(position=bindparam("place"))
        connection.execute(order, [{"of": d.id, "place": n} for n, d in enumerate(content.documents)])
        _mark(connection, mark or f"stale-{uuid.uuid4().hex}")
    engine.dispose()
    return counts


def has_tables(url: str | None = None) -> bool:
    """Does the database at `url` have the tables of this version, filled by a build?"""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return _as_now(connection) and connection.execute(select(model.meta.c.value)).first() is not None
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()


def _engine(url: str | None) -> Engine:
    url = url or database_url()
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return create_engine(url, future=True)


def _empty(connection: Connection) -> None:
    """Clear the tables; make them anew where they are missing or have other columns (built by an older version)."""
    if _as_now(connection):
        for table in reversed(model.metadata.sorted_tables):
            connection.execute(delete(table))
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")  # Python's driver does not open a transaction for DDL by itself
    model.metadata.drop_all(connection)
    model.metadata.create_all(connection)


def _as_now(connection: Connection) -> bool:
    found = inspect(connection)
    existing = set(found.get_table_names())
    return all(
        table.name in existing and {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys())
        for table in model.metadata.sorted_tables
    )


def _remove(connection: Connection, document_id: str) -> None:
    ids = select(model.versions.c.id).where(model.versions.c.document_id == document_id).scalar_subquery()
    for table in (model.provisions, model.references, model.facts, model.search_index):
        connection.execute(delete(table).where(table.c.version_id.in_(ids)))
    connection.execute(delete(model.versions).where(model.versions.c.document_id == document_id))
    connection.execute(delete(model.documents).where(model.documents.c.id == document_id))


def _counted(connection: Connection) -> dict[str, bytes]:
    """The packed counts that the database holds, by digest."""
    table = model.search_index.c
    return {row.digest: row.counts for row in connection.execute(select(table.digest, table.counts))} if _as_now(connection) else {}


def _write_document(
    connection: Connection, content: Content, document: Document, position: int, first_version: int, counted: Mapping[str, bytes] | None = None
) -> dict[str, int]:
    connection.execute(insert(model.documents), [rows.document_row(document, position)])
    counts = {"documents": 1, "provisions": 0, "references": 0, "facts": 0}
    for index, version in enumerate(document.versions):
        tree, version_id = content.tree(document, index), first_version + index
        connection.execute(insert(model.versions), [rows.version_row(document, version, version_id)])
        counts["provisions"] += _insert(connection, model.provisions, rows.provision_rows(tree, version_id))
        _insert(connection, model.search_index, [index_row(tree, document.kind == "policy", version_id, counted)])
        counts["references"] += _insert(connection, model.references, _reference_rows(content, document, index, version_id))
        counts["facts"] += _insert(connection, model.facts, rows.fact_rows(document, tree, version_id))
    return counts


def _reference_rows(content: Content, document: Document, index: int, version_id: int) -> list[dict[str, Any]]:
    if document.kind != "statute":
        return []
    found = find_references(document, content.tree(document, index), content.documents)
    return [{"version_id": version_id, **asdict(reference)} for reference in found]


def _resolve(connection: Connection, content: Content, document: Document) -> None:
    """Read again the references of every law that named `document` while it was not held."""
    table, versions = model.references, model.versions
    query = (
        select(versions.c.id, versions.c.document_id, versions.c.adopted)
        .join(table, table.c.version_id == versions.c.id)
        .where(table.c.held.is_(False), table.c.target_title.in_(document.names))
        .distinct()
    )
    by_id = {d.id: d for d in content.documents}
    for version_id, id_, adopted in connection.execute(query).all():
        other = by_id.get(id_)
        index = next((n for n, version in enumerate(other.versions) if version.adopted == adopted), None) if other else None
        if other is None or index is None:  # gone from the files since the last build
            continue
        connection.execute(delete(table).where(table.c.version_id == version_id))
        _insert(connection, table, _reference_rows(content, other, index, version_id))


def _insert(connection: Connection, table: Any, found: list[dict[str, Any]]) -> int:
    if found:
        connection.execute(insert(table), found)
    return len(found)


def _mark(connection: Connection, mark: str) -> None:
    connection.execute(delete(model.meta).where(model.meta.c.key == "fingerprint"))
    connection.execute(insert(model.meta), [{"key": "fingerprint", "value": mark}])
