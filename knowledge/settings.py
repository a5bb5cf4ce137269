"""Where the library lives. Every setting has a default that works and one environment variable."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from knowledge import environment
from knowledge.environment import Variable, address, database, path

ROOT = environment.ROOT
SOURCES = ROOT / "knowledge" / "sources"
TOPICS = ROOT / "knowledge" / "topics"
UTTERANCES = ROOT / "data" / "nlu"

_LIBRARY = Variable("KNOWLEDGE_DB_URL", database, "sqlite:///var/knowledge.db", secret=True)
_FEEDBACK = Variable("FEEDBACK_DB_URL", database, "sqlite:///var/feedback.db", secret=True)
_HELD = Variable("KNOWLEDGE_HELD", path, "knowledge/sources")
_ARTICLES = Variable("ARTICLE_BASE_URL", address, note="none: relative links")

VARIABLES = (_LIBRARY, _FEEDBACK, _HELD, _ARTICLES)


def database_url() -> str:
    """SQLAlchemy URL of the library (`KNOWLEDGE_DB_URL`)."""
    return _LIBRARY.get()


def feedback_url() -> str:
    """SQLAlchemy URL of the feedback table (`FEEDBACK_DB_URL`)."""
    return _FEEDBACK.get()


def held_folder() -> Path:
    """Where documents added by `import` are kept (`KNOWLEDGE_HELD`; default: the sources folder itself)."""
    return _HELD.get()


def article_base(values: Mapping[str, str] | None = None) -> str:
    """What stands before the address of an article's page (`ARTICLE_BASE_URL`); empty for relative links."""
    return _ARTICLES.get(values)
