"""Settings of the web channel. Each has a default that works and one environment variable."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.settings import ROOT

T = TypeVar("T")

FILES = ROOT / "bot" / "web"
"""The widget's modules, styles and pictures."""


@dataclass(frozen=True)
class Rate:
    """So many (`count`) in so many `seconds`."""

    count: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> Rate:
        """From `30/60` (thirty in sixty seconds). Raises ValueError."""
        count, _, seconds = text.partition("/")
        rate = cls(int(count), float(seconds))
        if rate.count < 1 or rate.seconds <= 0:
            raise ValueError(f"速率应写成“次数/秒数”，比如 30/60，而不是 {text!r}")
        return rate


@dataclass(frozen=True)
class WebSettings:
    """What an operator may set; the name of the environment variable stands behind each."""

    origins: tuple[str, ...] = ()
    """WEB_ORIGINS: other sites that embed the widget, separated by commas (https://www.example.gov.cn). Our own needs no entry."""
    frame_ancestors: str = "'self'"
    """WEB_FRAME_ANCESTORS: who may show our pages in a frame, as in Content-Security-Policy."""
    proxies: int = 0
    """WEB_PROXIES: how many proxies of our own stand in front; so many entries of X-Forwarded-For are trusted."""
    log_text: bool = False
    """WEB_LOG_TEXT: 1 writes what people ask into the log."""
    session_seconds: int = 12 * 3600
    """WEB_SESSION_HOURS: how long a session lives after its last use."""
    body_bytes: int = 16 * 1024
    """WEB_BODY_BYTES: largest request body."""
    history_bytes: int = 64 * 1024 * 1024
    """WEB_HISTORY_MB: memory for what is given back on reload; the sessions longest unused go first."""
    per_session: Rate = Rate(20, 60)
    """WEB_RATE_SESSION: messages of one session."""
    per_address: Rate = Rate(120, 60)
    """WEB_RATE_ADDRESS: messages from one network address."""
    new_sessions: Rate = Rate(60, 600)
    """WEB_RATE_SESSIONS: new sessions for one network address."""
    reading: Rate = Rate(600, 60)
    """WEB_RATE_READING: articles and histories read from one network address."""
    start_topics: tuple[str, ...] = ()
    """WEB_START_TOPICS: topic ids whose questions are offered at the start (default: a choice over all texts)."""

    @classmethod
    def from_environment(cls) -> WebSettings:
        """Read the environment. Raises ValueError with the variable's name when a value cannot be used."""
        default = cls()
        return cls(
            origins=_read("WEB_ORIGINS", _words, default.origins),
            frame_ancestors=_read("WEB_FRAME_ANCESTORS", str, default.frame_ancestors),
            proxies=_read("WEB_PROXIES", int, default.proxies),
            log_text=_read("WEB_LOG_TEXT", lambda text: text == "1", default.log_text),
            session_seconds=_read("WEB_SESSION_HOURS", lambda text: int(float(text) * 3600), default.session_seconds),
            body_bytes=_read("WEB_BODY_BYTES", int, default.body_bytes),
            history_bytes=_read("WEB_HISTORY_MB", lambda text: int(float(text) * 1024 * 1024), default.history_bytes),
            per_session=_read("WEB_RATE_SESSION", Rate.parse, default.per_session),
            per_address=_read("WEB_RATE_ADDRESS", Rate.parse, default.per_address),
            new_sessions=_read("WEB_RATE_SESSIONS", Rate.parse, default.new_sessions),
            reading=_read("WEB_RATE_READING", Rate.parse, default.reading),
            start_topics=_read("WEB_START_TOPICS", _words, default.start_topics),
        )


def _read(name: str, convert: Callable[[str], T], otherwise: T) -> T:
    text = os.environ.get(name, "").strip()
    if not text:
        return otherwise
    try:
        return convert(text)
    except ValueError as error:
        raise ValueError(f"环境变量 {name} 的值不能用：{error}") from None


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())


def secret_file() -> Path:
    """Where a secret of our own making is kept when `WEB_SECRET` is not set."""
    return ROOT / "var" / "web.secret"
