"""Settings of the web channel. Each has a default that works and one environment variable."""
# ruff: noqa: RUF009  what _setting gives is a dataclass field

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from bot.settings import ROOT
from knowledge.environment import SettingError, Variable, flag, number, whole, words

T = TypeVar("T")

FILES = ROOT / "bot" / "web"
"""The widget's modules, styles and pictures."""
_SHORTEST_SECRET = 16


@dataclass(frozen=True)
class Rate:
    """So many (`count`) in so many `seconds`."""

    count: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> Rate:
        """From `30/60` (thirty in sixty seconds). Raises ValueError."""
        count, _, seconds = text.partition("/")
        try:
            rate = cls(int(count), float(seconds))
        except ValueError:
            rate = cls(0, 0)
        if rate.count < 1 or not 0 < rate.seconds < 1e9:
            raise ValueError(f"应写成“次数/秒数”，比如 30/60，现在是“{text}”。")
        return rate


def _secret(text: str) -> str:
    if text and len(text) < _SHORTEST_SECRET:
        raise ValueError(f"至少要有 {_SHORTEST_SECRET} 个字符，现在有 {len(text)} 个。")
    return text


def _setting(variable: Variable[T]) -> T:
    """A field whose default and name are the variable's."""
    return field(default=variable.read(variable.default), metadata={"variable": variable})


LOG_TEXT = Variable("WEB_LOG_TEXT", flag, "0")


@dataclass(frozen=True)
class WebSettings:
    """What an operator may set."""

    origins: tuple[str, ...] = _setting(Variable("WEB_ORIGINS", words, note="none"))
    """Other sites that embed the widget, separated by commas (https://www.example.gov.cn). Our own needs no entry."""
    frame_ancestors: str = _setting(Variable("WEB_FRAME_ANCESTORS", str, "'self'"))
    """Who may show our pages in a frame, as in Content-Security-Policy."""
    proxies: int = _setting(Variable("WEB_PROXIES", whole(0, 9), "0"))
    """How many proxies of our own stand in front; so many entries of X-Forwarded-For are trusted."""
    log_text: bool = _setting(LOG_TEXT)
    """1 writes what people ask into the log."""
    session_hours: float = _setting(Variable("WEB_SESSION_HOURS", number(0, 8760), "12"))
    """How long a session lives after its last use."""
    body_bytes: int = _setting(Variable("WEB_BODY_BYTES", whole(1024, 10**7), "16384"))
    """Largest request body."""
    history_mb: float = _setting(Variable("WEB_HISTORY_MB", number(0, 10**5), "64"))
    """Memory for what is given back on reload, without Redis; the sessions longest unused go first."""
    per_session: Rate = _setting(Variable("WEB_RATE_SESSION", Rate.parse, "20/60"))
    """Messages of one session."""
    per_address: Rate = _setting(Variable("WEB_RATE_ADDRESS", Rate.parse, "120/60"))
    """Messages from one network address."""
    new_sessions: Rate = _setting(Variable("WEB_RATE_SESSIONS", Rate.parse, "60/600"))
    """New sessions for one network address."""
    reading: Rate = _setting(Variable("WEB_RATE_READING", Rate.parse, "600/60"))
    """Articles and histories read from one network address."""
    start_topics: tuple[str, ...] = _setting(Variable("WEB_START_TOPICS", words, note="a choice"))
    """Topic ids whose questions are offered at the start (default: a choice over all texts)."""

    @property
    def session_seconds(self) -> int:
        return int(self.session_hours * 3600)

    @property
    def history_bytes(self) -> int:
        return int(self.history_mb * 1024 * 1024)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> WebSettings:
        """Read the environment. Raises SettingError (a ValueError) with every variable that cannot be used."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for each in fields(cls):
            try:
                values[each.name] = each.metadata["variable"].get(environment)
            except SettingError as error:
                problems += error.problems
        if problems:
            raise SettingError(problems)
        return cls(**values)


SECRET = Variable("WEB_SECRET", _secret, secret=True, note="made and kept in `var/`")
"""Signs the session tokens; the same on every server."""

VARIABLES: tuple[Variable[Any], ...] = (*(each.metadata["variable"] for each in fields(WebSettings)), SECRET)


def secret_file() -> Path:
    """Where a secret of our own making is kept when `WEB_SECRET` is not set."""
    return ROOT / "var" / "web.secret"
