"""Many people asking at once: latencies and rates of a service, from threads that keep their connections."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_TURNS = 3  # messages of a conversation, after which the client begins another one


@dataclass(frozen=True)
class Load:
    """One measured point: milliseconds, messages a second, and how many messages got no answer."""

    p50: float
    p95: float
    p99: float
    rate: float
    messages: int
    failed: int


class _Client:
    """One person after the other, at one of several addresses of Rasa's REST channel."""

    def __init__(self, url: str, messages: Sequence[str], first: int, step: int) -> None:
        self._parts, self._messages, self._turn, self._step = urlsplit(url), messages, first, step
        self._connection = http.client.HTTPConnection(self._parts.netloc, timeout=60)
        self._sender, self._said = "", _TURNS

    def ask(self) -> tuple[float, bool]:
        """Seconds of one message, and whether an answer came."""
        if self._said == _TURNS:
            self._sender, self._said = uuid.uuid4().hex, 0
        message = self._messages[self._turn % len(self._messages)]
        self._turn, self._said = self._turn + self._step, self._said + 1
        body = json.dumps({"sender": self._sender, "message": message}).encode()
        start = time.perf_counter()
        try:
            self._connection.request("POST", self._parts.path, body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            said = json.loads(response.read())
            answered = response.status == 200 and bool(said) and not any(_unavailable(part) for part in said)
        except (OSError, http.client.HTTPException, ValueError):
            self._connection.close()
            answered = False
        return time.perf_counter() - start, answered


def _unavailable(part: dict[str, object]) -> bool:
    custom = part.get("custom")
    return isinstance(custom, dict) and custom.get("title") == "暂时无法回答"


def load(urls: Sequence[str], messages: Sequence[str], clients: int, seconds: float, rate: float = 0.0) -> Load:
    """Ask for about `seconds` from `clients` threads, spread over the addresses; `rate`: messages a second of all together, 0: as fast as they can."""
    until = time.perf_counter() + seconds
    found: list[list[tuple[float, bool]]] = [[] for _ in range(clients)]
    pause = clients / rate if rate else 0.0

    def live(number: int) -> None:
        client = _Client(urls[number % len(urls)], messages, number, clients)
        due = time.perf_counter() + pause * number / clients
        while time.perf_counter() < until:
            if pause:
                time.sleep(max(0.0, due - time.perf_counter()))
                due += pause
            found[number].append(client.ask())

    start = time.perf_counter()
    threads = [threading.Thread(target=live, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start
    asked = [one for part in found for one in part]
    taken = sorted(took * 1000 for took, _ in asked)
    served = sum(answered for _, answered in asked)
    p95, p99 = (taken[min(len(taken) - 1, int(len(taken) * part))] for part in (0.95, 0.99))
    return Load(statistics.median(taken), p95, p99, served / elapsed, len(asked), len(asked) - served)
