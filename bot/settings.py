"""Settings of the assistant's processes. Each has a default that works and one environment variable."""

from __future__ import annotations

import os
from collections.abc import Mapping

from knowledge import environment as project
from knowledge.environment import Variable, address, database, number, redis_address, whole

ROOT = project.ROOT
MODEL = ROOT / "models" / "assistant.tar.gz"

_port, _count = whole(1, 65535), whole(1, 64)

_HOST = Variable("RASA_HOST", str, "127.0.0.1")
_RASA_PORT = Variable("RASA_PORT", _port, "5005")
_WORKERS = Variable("SANIC_WORKERS", _count, "1")
_BACKLOG = Variable("SANIC_BACKLOG", whole(1, 65535), "1024")
_ANSWER = Variable("ANSWER_TIMEOUT", number(0, 600), "10")
_ACTION_HOST = Variable("SANIC_HOST", str, "127.0.0.1")
_ACTION_PORT = Variable("ACTION_PORT", _port, "5055")
_ACTION_WORKERS = Variable("ACTION_SERVER_SANIC_WORKERS", _count, "1")
_ACTION_URL = Variable("ACTION_SERVER_URL", address, note="the action server on this machine")
_CONVERSATIONS = Variable("CONVERSATIONS_DB_URL", database, "sqlite:///var/conversations.db", secret=True)
_POOL = Variable("CONVERSATIONS_DB_POOL", _count, "2")
_REDIS = Variable("REDIS_URL", redis_address, secret=True, note="none: everything in one process")
_RETENTION = Variable("RETENTION_DAYS", whole(0, 36500), "180")

VARIABLES = (
    _HOST,
    _RASA_PORT,
    _WORKERS,
    _BACKLOG,
    _ANSWER,
    _ACTION_HOST,
    _ACTION_PORT,
    _ACTION_WORKERS,
    _ACTION_URL,
    _CONVERSATIONS,
    _POOL,
    _REDIS,
    _RETENTION,
)


def host() -> str:
    """Address to listen on (`RASA_HOST`)."""
    return _HOST.get()


def rasa_port() -> int:
    """Port of the Rasa server (`RASA_PORT`)."""
    return _RASA_PORT.get()


def action_port() -> int:
    """Port of the action server (`ACTION_PORT`)."""
    return _ACTION_PORT.get()


def answer_timeout() -> float:
    """Seconds an answer may take before the person is told to try again (`ANSWER_TIMEOUT`)."""
    return _ANSWER.get()


def conversations_url() -> str:
    """SQLAlchemy URL of the conversation store (`CONVERSATIONS_DB_URL`)."""
    return _CONVERSATIONS.get()


def conversations_pool() -> int:
    """Connections to PostgreSQL that one worker keeps open for conversations (`CONVERSATIONS_DB_POOL`)."""
    return _POOL.get()


def redis_url(environment: Mapping[str, str] | None = None) -> str:
    """URL of the Redis in which workers share what one of them knows (`REDIS_URL`); empty where one process does everything."""
    return _REDIS.get(environment)


def retention_days() -> int:
    """Days that conversations and ratings are kept after their last event (`RETENTION_DAYS`); 0 keeps them for ever."""
    return _RETENTION.get()


def sharing_problem() -> str | None:
    """Why so many workers cannot share their state, in Chinese; None where they can."""
    if _WORKERS.get() > 1 and not redis_url():
        return "SANIC_WORKERS 大于 1 时还要设 REDIS_URL：几个进程要靠 Redis 共用会话锁、网页记录和限速。"
    return None


def child_environment() -> dict[str, str]:
    """Environment of the processes we start: quiet, offline, and with the action server's address. Raises SettingError."""
    environment = dict(os.environ)
    for variable in (_WORKERS, _BACKLOG, _ACTION_HOST, _ACTION_WORKERS):  # read by Rasa and its SDK, which have other defaults
        environment[variable.name], _ = variable.text()
    environment["ACTION_SERVER_URL"] = _ACTION_URL.get() or f"http://127.0.0.1:{action_port()}/webhook"
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # a question's products are too small to share: waiting threads double the cost
        environment.setdefault(threads, "1")
    environment.setdefault("PYTHONWARNINGS", "ignore")
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    environment.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    environment.setdefault("RASA_TELEMETRY_ENABLED", "false")
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return environment
