"""Write one text of a document as JSON, for programs that want the whole of it at once. Akoma Ntoso: `knowledge.akn`."""

from __future__ import annotations

import json
from typing import Any

from knowledge.build import Content
from knowledge.edition import Edition
from knowledge.references import find_references
from knowledge.structure import Node

SCHEMA = "ip-law-document/1"


def to_json(edition: Edition, content: Content) -> bytes:
    """The document with this version's history, source, defects, tree and references, UTF-8, two spaces a level.

    Joining marker, heading and text of every node in order gives the source text back (an article continues on its first
    paragraph's line).
    """
    document, version = edition.document, edition.version
    assert document is not None and version is not None
    references = find_references(document, edition.tree, content.documents) if document.kind == "statute" else []
    data = {
        "schema": SCHEMA,
        "id": document.id,
        "kind": document.kind,
        "title": document.title,
        "short_title": document.short_title,
        "aliases": document.aliases,
        "number": version.number or document.number,
        "issuer": document.issuer or None,
        "version": {
            "adopted": version.adopted,
            "adopted_note": version.adopted_note,
            "effective": version.effective,
            "status": edition.status,
            "history": version.history,
            "sha256": version.sha256,
            "source": version.source,
            "defects": version.defects,
        },
        "tree": _node(edition.tree),
        "references": [{"from": r.source, "words": r.printed, "to": r.target, "title": r.target_title} for r in references],
    }
    return (json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def _node(node: Node) -> dict[str, Any]:
    own = {"kind": node.kind, "address": node.address, "label": node.label, "marker": node.marker, "heading": node.heading, "text": node.text}
    return {
        **{k: v for k, v in own.items() if v or k in ("kind", "address")},
        **({"children": [_node(c) for c in node.children]} if node.children else {}),
    }
