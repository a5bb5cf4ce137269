"""The library's tables (SQLAlchemy 1.4, 2.0 style; SQLite and PostgreSQL)."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False, doc="statute or policy"),
    Column("title", String(200), nullable=False),
    Column("short_title", String(100), nullable=False),
    Column("number", String(100), doc="文号"),
    Column("issuer", String(200)),
    Column("aliases", JSON, nullable=False),
    Column("position", Integer, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False),
    Column("number", String(100), doc="文号 of this version, where it differs from the document's"),
    Column("adopted", Date, nullable=False, doc="day adopted or last amended"),
    Column("adopted_note", String(20), doc="not null: `adopted` is only a bound (not_before, not_after) or a hint (file_name)"),
    Column("effective", Date, doc="first day of force; null where the library does not say"),
    Column("status", String(20), nullable=False, doc="as the catalogue records it; see versions.status_on"),
    Column("history", JSON, nullable=False),
    Column("source", JSON, nullable=False),
    Column("defects", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("ix_versions_document", "document_id"),
)

provisions = Table(
    "provisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("address", String(200), nullable=False, doc="document/article/paragraph/item/subitem"),
    Column("parent", String(200), doc="address of the unit above"),
    Column("position", Integer, nullable=False, doc="printed order within the version"),
    Column("kind", String(16), nullable=False),
    Column("label", String(300), nullable=False, doc="printed name within the document"),
    Column("article", Integer, doc="条; 之一 is kept in the address"),
    Column("paragraph", Integer),
    Column("item", Integer),
    Column("section", String(200), doc="printed section of a policy document"),
    Column("marker", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False, doc="own text letter for letter"),
    Column("full_text", Text, nullable=False, doc="own text and everything below"),
    Index("ix_provisions_address", "version_id", "address", unique=True),
    Index("ix_provisions_order", "version_id", "position", unique=True),
    Index("ix_provisions_parent", "version_id", "parent"),
)

references = Table(
    "provision_references",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("source", String(200), nullable=False, doc="address of the provision that refers"),
    Column("printed", String(200), nullable=False, doc="the words of the reference, letter for letter"),
    Column("target", String(200), doc="address referred to; null when the document is not held"),
    Column("target_title", String(200), nullable=False),
    Column("held", Boolean, nullable=False),
    Index("ix_references_source", "version_id", "source"),
    Index("ix_references_target", "target"),
)

facts = Table(
    "facts",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("address", String(200), nullable=False),
    Column("data", JSON, nullable=False),
    Column("quote", Text, nullable=False),
    Index("ix_facts_address", "address"),
    Index("ix_facts_kind", "kind"),
)

search_index = Table(
    "search_index",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("digest", String(64), nullable=False, doc="of the units and the way of counting: equal digests, equal counts"),
    Column("counts", LargeBinary, nullable=False, doc="terms of the version's searchable units, see knowledge.search_index"),
)

topics = Table(
    "topics",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("area", String(64), nullable=False),
    Column("question", String(200), nullable=False),
    Column("data", JSON, nullable=False, doc="the topic file's content"),
    Index("ix_topics_area", "area"),
)

meta = Table("meta", metadata, Column("key", String(50), primary_key=True), Column("value", Text, nullable=False))
