"""What was asked and answered in a session, given back on reload and looked at for retries and feedback.

In memory by default; `History` is all that the channel knows, so that a store shared by several workers can take its place
(`redis_history`).
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from dataclasses import asdict, dataclass
from typing import Any, Protocol

MOST_TURNS = 100


@dataclass(frozen=True)
class Exchange:
    """One question and its answer. `id` is the client's message id, `at` seconds since 1970, `payload` the contract's answer."""

    id: str
    text: str
    at: float
    payload: dict[str, Any]
    verdict: str | None = None
    """What the person said of the answer: up, down or nothing."""


class History(Protocol):
    """Keeps the exchanges of sessions. A shared store raises StoreUnavailable (`bot.channels.web.shared`) while it does not answer."""

    async def all(self, session: str) -> list[Exchange]:
        """The session's exchanges, oldest first."""
        ...

    async def find(self, session: str, message: str) -> Exchange | None:
        """The exchange with this message id."""
        ...

    async def keep(self, session: str, exchange: Exchange) -> None:
        """Add an exchange, or replace the one with the same id."""
        ...

    async def forget(self, session: str) -> None:
        """Drop the session's exchanges."""
        ...


class MemoryHistory:
    """Compressed exchanges within a budget of `most_bytes`; the sessions longest unused go first."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._used = most_bytes, 0
        self._sessions: OrderedDict[str, OrderedDict[str, bytes]] = OrderedDict()

    async def all(self, session: str) -> list[Exchange]:
        return [unpack(packed) for packed in self._touch(session).values()]

    async def find(self, session: str, message: str) -> Exchange | None:
        packed = self._touch(session).get(message)
        return unpack(packed) if packed else None

    async def keep(self, session: str, exchange: Exchange) -> None:
        exchanges = self._sessions.setdefault(session, OrderedDict())
        self._sessions.move_to_end(session)
        packed = pack(exchange)
        self._used += len(packed) - len(exchanges.get(exchange.id, b""))
        exchanges[exchange.id] = packed
        while len(exchanges) > MOST_TURNS:
            self._used -= len(exchanges.popitem(last=False)[1])
        while self._used > self._most and len(self._sessions) > 1:
            await self.forget(next(iter(self._sessions)))

    async def forget(self, session: str) -> None:
        self._used -= sum(map(len, self._sessions.pop(session, OrderedDict()).values()))

    def _touch(self, session: str) -> OrderedDict[str, bytes]:
        if session in self._sessions:
            self._sessions.move_to_end(session)
        return self._sessions.get(session, OrderedDict())


def pack(exchange: Exchange) -> bytes:
    """Compressed JSON."""
    return zlib.compress(json.dumps(asdict(exchange), ensure_ascii=False).encode())


def unpack(packed: bytes) -> Exchange:
    """The exchange that was packed."""
    return Exchange(**json.loads(zlib.decompress(packed)))
