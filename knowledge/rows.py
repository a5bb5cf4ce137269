"""The rows of the library's tables, from parsed content."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from knowledge import policy_facts, statute_facts
from knowledge.catalogue import Document, Version
from knowledge.locator import locate
from knowledge.structure import Node, full_text
from knowledge.topics import Topic


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


def document_row(document: Document, position: int) -> dict[str, Any]:
    """The row of a document; `position` is its place in the catalogue."""
    names = ("id", "kind", "title", "short_title", "number", "issuer")
    return {**{name: getattr(document, name) for name in names}, "aliases": list(document.aliases), "position": position}


def version_row(document: Document, version: Version, version_id: int) -> dict[str, Any]:
    """The row of one version."""
    return {
        "id": version_id,
        "document_id": document.id,
        "number": version.number,
        "adopted": version.adopted,
        "adopted_note": version.adopted_note,
        "effective": version.effective,
        "status": version.status,
        "history": _plain(version.history),
        "source": _plain(version.source),
        "defects": _plain(version.defects),
        "sha256": version.sha256,
    }


def fact_rows(document: Document, tree: Node, version_id: int) -> list[dict[str, Any]]:
    """The structured facts of one version."""
    if document.kind == "policy":
        found = policy_facts.facts(tree)
    else:
        found = statute_facts.rows(document.id, {node.address: node.heading + node.text for node in tree.walk()})
    return [{"version_id": version_id, **_plain(fact)} for fact in found]


def topic_row(topic: Topic) -> dict[str, Any]:
    """The row of a topic."""
    return {"id": topic.id, "kind": topic.kind, "area": topic.area, "question": topic.question, "data": asdict(topic)}


def _plain(value: Any) -> Any:
    """As JSON keeps it: tuples as lists, dates as ISO text."""
    return json.loads(json.dumps(value, default=str, ensure_ascii=False))
