"""The library's frequent queries, composed once: composing one costs more than running it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Engine, Row

from knowledge.model import documents, meta, provisions, versions

VERSION = ("id", "kind", "title", "short_title", "number", "version_id", "adopted", "effective", "adopted_note")
PROVISION = ("address", "parent", "position", "kind", "label", "article", "paragraph", "item", "section", "marker", "heading", "text", "full_text")

_VERSION_COLUMNS = (
    *(documents.c[name].label(f"document_{name}") for name in VERSION[:4]),
    func.coalesce(versions.c.number, documents.c.number).label("document_number"),
    versions.c.id.label("document_version_id"),
    *(versions.c[name].label(f"document_{name}") for name in VERSION[6:]),
    versions.c.adopted,
    versions.c.effective,
    versions.c.status,
)
_STARTS = (func.coalesce(versions.c.effective, versions.c.adopted), versions.c.adopted)
_HELD = documents.join(versions, versions.c.document_id == documents.c.id)

MARK = select(meta.c.value).where(meta.c.key == "fingerprint")
VERSIONS = select(*_VERSION_COLUMNS).select_from(_HELD).order_by(documents.c.position, *_STARTS)
VERSIONS_OF = VERSIONS.where(documents.c.id == bindparam("document"))
AT = (
    select(*_VERSION_COLUMNS, *(provisions.c[name] for name in PROVISION))
    .select_from(_HELD.outerjoin(provisions, (provisions.c.version_id == versions.c.id) & (provisions.c.address == bindparam("at"))))
    .where(documents.c.id == bindparam("document"))
    .order_by(*_STARTS)
)
"""The provision at an address in every version of its document, oldest first; null columns where a version has no such provision."""


def fetch(engine: Engine, query: Any, values: Mapping[str, Any] | None = None) -> list[Row[Any]]:
    """The rows of a query."""
    with engine.connect() as connection:
        return list(connection.execute(query, dict(values or {})))


def mark_of(engine: Engine) -> str:
    """The fingerprint that the database was built with; it changes with every change of content."""
    with engine.connect() as connection:
        return str(connection.execute(MARK).scalar() or "")
