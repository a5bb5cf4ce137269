"""Session tokens: issued and signed here, so that nobody can choose or guess another person's session.

A token is `<session id>.<issued>.<signature>`: 128 random bits, seconds since 1970, HMAC-SHA256 of both.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import logging
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.channels.web.settings import SECRET
from knowledge.feedback import mark_of

logger = logging.getLogger(__name__)
_AHEAD = 300  # seconds by which another server's clock may be fast


class InvalidToken(Exception):
    """Not a token of ours."""


class ExpiredToken(Exception):
    """Ours, but too long unused."""


@dataclass(frozen=True)
class Session:
    """One conversation. `sender` is its name towards Rasa."""

    id: str
    issued: int

    @property
    def sender(self) -> str:
        return f"web-{self.id}"

    @property
    def mark(self) -> str:
        """A short name for the log and the feedback table that does not lead back to the session."""
        return mark_of(self.id)


class Signer:
    """Issues and reads tokens. `lifetime` in seconds; `now` gives the time."""

    def __init__(self, secret: bytes, lifetime: int, now: Callable[[], float] = time.time) -> None:
        self._secret, self._lifetime, self._now = secret, lifetime, now

    def issue(self, session_id: str | None = None) -> str:
        """A token for a new session, or a fresh one for a session that lives."""
        body = f"{session_id or secrets.token_hex(16)}.{int(self._now())}"
        return f"{body}.{self._signature(body)}"

    def read(self, token: str) -> Session:
        """The session of a token. Raises InvalidToken or ExpiredToken."""
        body, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(errors="replace"), self._signature(body).encode()):
            raise InvalidToken
        session_id, _, issued = body.partition(".")
        session = Session(session_id, int(issued))
        age = self._now() - session.issued
        if age > self._lifetime or age < -_AHEAD:
            raise ExpiredToken
        return session

    def renewed(self, session: Session) -> str | None:
        """A fresh token once half the lifetime has passed, else None."""
        return self.issue(session.id) if self._now() - session.issued > self._lifetime / 2 else None

    def _signature(self, body: str) -> str:
        digest = hmac.new(self._secret, body.encode(errors="replace"), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def load_secret(path: Path) -> bytes:
    """`WEB_SECRET`, else the secret kept at `path` (made on first use, readable by its owner only). Raises SettingError."""
    given = SECRET.get()
    if given:
        return given.encode()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):  # another process was first; its secret counts
            os.link(fresh, path)
        fresh.unlink()
    if path.stat().st_mode & 0o077:
        logger.warning("%s could be read by others; now it cannot", path)
        path.chmod(0o600)
    return path.read_bytes().strip()
