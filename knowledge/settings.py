"""Where the library lives. Every setting has a default that works and one environment variable."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "knowledge" / "sources"
TOPICS = ROOT / "knowledge" / "topics"
UTTERANCES = ROOT / "data" / "nlu"


def database_url() -> str:
    """SQLAlchemy URL of the library (`KNOWLEDGE_DB_URL`; default: the embedded `var/knowledge.db`)."""
    return os.environ.get("KNOWLEDGE_DB_URL") or f"sqlite:///{ROOT / 'var' / 'knowledge.db'}"


def feedback_url() -> str:
    """SQLAlchemy URL of the feedback table (`FEEDBACK_DB_URL`; default: the embedded `var/feedback.db`)."""
    return os.environ.get("FEEDBACK_DB_URL", "").strip() or f"sqlite:///{ROOT / 'var' / 'feedback.db'}"


def held_folder() -> Path:
    """Where documents added by `import` are kept (`KNOWLEDGE_HELD`; default: the sources folder itself)."""
    return Path(os.environ.get("KNOWLEDGE_HELD") or SOURCES)
