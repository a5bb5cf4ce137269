"""Build the library's database from the catalogue, the texts and the topics."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, delete, insert
from sqlalchemy.engine import Connection, Engine

from knowledge import deadlines, model
from knowledge.catalogue import Document, Version
from knowledge.catalogue import load as load_catalogue
from knowledge.checks import check_checks
from knowledge.content_check import check_topics
from knowledge.locator import locate
from knowledge.policy import parse_policy
from knowledge.problems import Problems
from knowledge.references import find_references
from knowledge.settings import SOURCES, TOPICS, database_url, held_folder
from knowledge.statute import parse_statute
from knowledge.structure import Node, full_text
from knowledge.topics import Topic
from knowledge.topics import load as load_topics


class ContentError(Exception):
    """The content has faults; `problems` lists all of them. Nothing was written."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def parse(document: Document, version: Version) -> Node:
    """The tree of one version of a document."""
    parser = parse_policy if document.kind == "policy" else parse_statute
    return parser(document.id, version.text())


class Content:
    """Everything read from files, before it is written to the database."""

    def __init__(self, sources: Path = SOURCES, topics: Path = TOPICS) -> None:
        self.problems = Problems()
        folders = dict.fromkeys((sources, held_folder() if sources == SOURCES else sources))
        self.documents = [d for folder in folders for d in load_catalogue(folder, self.problems)]
        self.trees = {(d.id, i): parse(d, v) for d in self.documents for i, v in enumerate(d.versions)}
        self.topics = load_topics(topics, self.problems)
        self.complete = topics == TOPICS  # periods and guided checks belong to the project's own topics

    def own_texts(self) -> dict[str, str]:
        """Address -> own text (heading and text), over the newest version of every document."""
        texts: dict[str, str] = {}
        for document in self.documents:
            for index in range(len(document.versions)):
                for node in self.trees[document.id, index].walk():
                    texts[node.address] = node.heading + node.text
        return texts

    def check(self) -> Problems:
        """All problems of the content, found together."""
        texts = self.own_texts()
        check_topics(self.topics, texts, self.problems)
        if self.complete:
            deadlines.check(texts, self.topics, self.problems)
            check_checks(texts, self.topics, self.problems)
        return self.problems


def fingerprint(sources: Path = SOURCES, topics: Path = TOPICS) -> str:
    """Hex digest of everything the database is built from, this package's code included."""
    digest = hashlib.sha256()
    folders = [(Path(__file__).parent, "*.py"), (sources, "*"), (held_folder(), "*"), (topics, "*/*.yml")]
    for folder, pattern in dict.fromkeys(folders):
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                digest.update(str(path.name).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def build(url: str | None = None, sources: Path = SOURCES, topics: Path = TOPICS) -> dict[str, int]:
    """Write the library to the database at `url` (default: the configured one), replacing what is there.

    One transaction: a reader sees the old library or the new one. Raises ContentError, with nothing written, when the
    content has faults. Returns how many documents, provisions and topics were written.
    """
    content = Content(sources, topics)
    if content.check():
        raise ContentError(content.problems)
    url = url or database_url()
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, future=True)
    model.metadata.create_all(engine)
    with engine.begin() as connection:
        for table in reversed(model.metadata.sorted_tables):
            connection.execute(delete(table))
        counts = _write(connection, content)
        mark = {"key": "fingerprint", "value": fingerprint(sources, topics)}
        connection.execute(insert(model.meta), [mark])
    engine.dispose()
    return counts


def is_current(engine: Engine, sources: Path = SOURCES, topics: Path = TOPICS) -> bool:
    """Was the database built from the content as it stands now?"""
    from sqlalchemy import select
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.connect() as connection:
            value = connection.execute(select(model.meta.c.value).where(model.meta.c.key == "fingerprint")).scalar()
    except SQLAlchemyError:
        return False
    return bool(value == fingerprint(sources, topics))


def _write(connection: Connection, content: Content) -> dict[str, int]:
    provisions: list[dict[str, Any]] = []
    references: list[dict[str, Any]] = []
    version_id = 0
    for position, document in enumerate(content.documents):
        connection.execute(insert(model.documents), [_document_row(document, position)])
        for index, version in enumerate(document.versions):
            version_id += 1
            tree = content.trees[document.id, index]
            connection.execute(insert(model.versions), [_version_row(document, version, version_id)])
            provisions += provision_rows(tree, version_id)
            if document.kind == "statute":
                references += [{"version_id": version_id, **asdict(r)} for r in find_references(document, tree, content.documents)]
    for table, rows in ((model.provisions, provisions), (model.references, references)):
        if rows:
            connection.execute(insert(table), rows)
    rows = [_topic_row(topic) for topic, _ in content.topics.values()]
    if rows:
        connection.execute(insert(model.topics), rows)
    return {"documents": len(content.documents), "provisions": len(provisions), "references": len(references), "topics": len(rows)}


def provision_rows(tree: Node, version_id: int) -> list[dict[str, Any]]:
    """One row a node, in printed order."""
    parents = {child.address: node.address for node in tree.walk() for child in node.children}
    return [
        {
            "version_id": version_id,
            "address": node.address,
            "parent": parents.get(node.address),
            "position": position,
            "kind": node.kind,
            "label": node.label,
            "marker": node.marker,
            "heading": node.heading,
            "text": node.text,
            "full_text": full_text(node) if node.kind != "document" else "",
            **locate(node),
        }
        for position, node in enumerate(tree.walk())
    ]


def _document_row(document: Document, position: int) -> dict[str, Any]:
    names = ("id", "kind", "title", "short_title", "number", "issuer")
    return {**{name: getattr(document, name) for name in names}, "aliases": list(document.aliases), "position": position}


def _version_row(document: Document, version: Version, version_id: int) -> dict[str, Any]:
    return {
        "id": version_id,
        "document_id": document.id,
        "adopted": version.adopted,
        "effective": version.effective,
        "status": version.status,
        "history": json.loads(json.dumps(version.history, default=str)),
        "defects": json.loads(json.dumps(document.defects, default=str)),
        "sha256": version.sha256,
    }


def _topic_row(topic: Topic) -> dict[str, Any]:
    return {"id": topic.id, "kind": topic.kind, "area": topic.area, "question": topic.question, "data": asdict(topic)}
