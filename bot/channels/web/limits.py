"""How much one session and one network address may ask: token buckets, in memory by default.

`Limiter` is all that the channel knows, so that a store shared by several workers can take its place (`redis_limits`).
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from bot.channels.web.settings import Rate

_MOST_KEYS = 50_000


class Limiter(Protocol):
    """Counts uses of a key."""

    async def take(self, key: str, rate: Rate) -> float:
        """Use the key once: 0 when it may go on, else the seconds to wait (and the use does not count)."""
        ...


class MemoryLimiter:
    """A bucket a key: `rate.count` at once, refilled evenly over `rate.seconds`. The keys longest unused are forgotten."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def take(self, key: str, rate: Rate) -> float:
        now = self._now()
        left, since = self._buckets.pop(key, (float(rate.count), now))
        left = min(float(rate.count), left + (now - since) * rate.count / rate.seconds)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        while len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) * rate.seconds / rate.count


def network_address(peer: str, forwarded: str, proxies: int) -> str:
    """Whom to count: the peer, or what the nearest `proxies` proxies of ours saw (X-Forwarded-For); IPv6 by its /64."""
    hops = [part.strip() for part in forwarded.split(",") if part.strip()]
    address = hops[-proxies] if 0 < proxies <= len(hops) else peer
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return peer
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False).network_address)
