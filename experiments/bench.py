"""The assistant beside a bare Rasa, measured in one run: latency, throughput, start-up, memory, training.

    python -m experiments.bench [--seconds 20] [--clients 1 16] [--train]

The floor is a Rasa with one intent, one response and the keyword classifier. Machines are noisy: quote the ratios.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import socket
import statistics
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import cli, model, serve
from bot.settings import ROOT
from experiments import bare_rasa
from knowledge.library import Library


@dataclass(frozen=True)
class Load:
    """Latencies in milliseconds and messages a second of one run."""

    p50: float
    p95: float
    rate: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(url: str, message: str, sender: str | None = None) -> float:
    """Seconds of one message; in a conversation of its own without a sender."""
    body = json.dumps({"sender": sender or uuid.uuid4().hex, "message": message}).encode()
    start = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"}), timeout=60) as response:
        assert json.load(response), "no reply"
    return time.perf_counter() - start


def load(url: str, messages: list[str], clients: int, seconds: float) -> Load:
    """Ask in turn from `clients` threads for about `seconds`."""
    until = time.perf_counter() + seconds

    def client(number: int) -> list[float]:
        taken = []
        turn = number
        while time.perf_counter() < until:
            taken.append(ask(url, messages[turn % len(messages)]))
            turn += clients
        return taken

    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        taken = sorted(t for part in pool.map(client, range(clients)) for t in part)
    elapsed = time.perf_counter() - start
    return Load(statistics.median(taken) * 1000, taken[int(len(taken) * 0.95)] * 1000, len(taken) / elapsed)


def memory(pid: int) -> float:
    """Resident megabytes of a process and its children."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(fields["Pid"]) == pid or int(fields["PPid"]) == pid:
            total += int(fields.get("VmRSS", "0 kB").split()[0]) / 1024
    return total


@contextmanager
def assistant() -> Iterator[tuple[str, list[serve.Service], float]]:
    """The assistant on free ports; its URL, its processes and the seconds until it was ready."""
    ports = {"RASA_PORT": str(free_port()), "ACTION_PORT": str(free_port())}
    os.environ.update(ports)
    start = time.perf_counter()
    with serve.running(say=lambda _: None) as started:
        yield f"http://127.0.0.1:{ports['RASA_PORT']}/webhooks/rest/webhook", started, time.perf_counter() - start


def growth(url: str, messages: list[str], turns: int = 300, around: int = 10) -> tuple[float, float]:
    """Median milliseconds of the turns 3 to 12 and of the last ten in one conversation of `turns` turns."""
    sender = uuid.uuid4().hex
    taken = [ask(url, messages[n % len(messages)], sender) * 1000 for n in range(turns)]
    return statistics.median(taken[2 : 2 + around]), statistics.median(taken[-around:])


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 16])
    parser.add_argument("--train", action="store_true", help="time a training too (minutes)")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    cli.prepare()
    if arguments.train:
        console.print(f"training: {timed(lambda: model.train(ROOT / 'var' / 'bench-model.tar.gz')):.0f} s")
    questions = [t.golden[0] for t in Library.open().topics() if t.golden][::7]
    drawn = Table("", "clients", "p50 ms", "p95 ms", "messages/s", title="one run")
    results: dict[tuple[str, int], Load] = {}
    with bare_rasa.bare() as (bare, _), assistant() as (url, started, ready):
        for clients in arguments.clients:
            for name, address, messages in (("bare Rasa", bare, ["hello"]), ("assistant", url, questions)):
                load(address, messages, clients, 2)
                found = results[name, clients] = load(address, messages, clients, arguments.seconds)
                drawn.add_row(name, str(clients), f"{found.p50:.1f}", f"{found.p95:.1f}", f"{found.rate:.1f}")
        console.print(drawn)
        for clients in arguments.clients:
            ours, theirs = results["assistant", clients], results["bare Rasa", clients]
            console.print(
                f"{clients} clients: p50 ratio {ours.p50 / theirs.p50:.2f}, p95 ratio {ours.p95 / theirs.p95:.2f}, throughput ratio {ours.rate / theirs.rate:.2f}"
            )
        early, late = growth(url, questions)
        console.print(f"turn 3 to 12 of a conversation {early:.1f} ms, turn 291 to 300 {late:.1f} ms: ratio {late / early:.2f}")
        console.print(
            f"ready after {ready:.1f} s with everything current; memory MB: "
            + ", ".join(f"{s.name} {memory(s.process.pid):.0f}" for s in started if s.process)
        )


if __name__ == "__main__":
    main()
