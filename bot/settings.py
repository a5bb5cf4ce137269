"""Settings of the assistant's processes. Each has a default that works and one environment variable."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models" / "assistant.tar.gz"


def host() -> str:
    """Address to listen on (`RASA_HOST`)."""
    return os.environ.get("RASA_HOST", "127.0.0.1")


def rasa_port() -> int:
    """Port of the Rasa server (`RASA_PORT`)."""
    return int(os.environ.get("RASA_PORT", "5005"))


def action_port() -> int:
    """Port of the action server (`ACTION_PORT`)."""
    return int(os.environ.get("ACTION_PORT", "5055"))


def conversations_url() -> str:
    """SQLAlchemy URL of the conversation store (`CONVERSATIONS_DB_URL`)."""
    return os.environ.get("CONVERSATIONS_DB_URL") or f"sqlite:///{ROOT / 'var' / 'conversations.db'}"


def child_environment() -> dict[str, str]:
    """Environment of the processes we start: quiet, offline, and with the action server's address."""
    environment = dict(os.environ)
    environment.setdefault("ACTION_SERVER_URL", f"http://127.0.0.1:{action_port()}/webhook")
    environment["CONVERSATIONS_DB_URL"] = conversations_url()
    environment.setdefault("PYTHONWARNINGS", "ignore")
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    environment.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    environment.setdefault("RASA_TELEMETRY_ENABLED", "false")
    environment.setdefault("SANIC_BACKLOG", "1024")  # many callbacks or visitors at once
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return environment
