"""The service under load, beside a bare Rasa (with and without stores) and Rasa's usual pipeline: rates, latencies, start-up, memory, cost; in one run, written down.

    python -m experiments.bench_service [--seconds 15] [--clients 1 4 16 64] [--workers 1 2] [--core-hour 0.30] [--epochs 30] [--per-topic 3]
    python -m experiments.bench_service --soak 60      # an hour at half of what it can do, with the memory of every process

The service is the whole of it as deployed (PostgreSQL, Redis, one action server for every two Rasa servers); clients ask the Rasa servers
directly, as a balancer does. They run on the same machine and take their share of it. `--core-hour`: the price of a processor core for an
hour, in yuan. Results go to docs/performance.md (`--into`), every run replacing its own part.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot import cli, serve
from bot.settings import ROOT
from experiments import bare_rasa, performance, usual_rasa
from experiments.load import Load, load
from experiments.processes import Watch, cpu_seconds, megabytes, own_megabytes
from knowledge.library import Library
from tests.topology.running import running

WARMING = 2.0
"""Seconds of load before each point that are not counted."""


@dataclass(frozen=True)
class Subject:
    """What is measured: addresses of REST channels, what to say, its processes by name, seconds from nothing to ready."""

    name: str
    urls: list[str]
    messages: list[str]
    pids: dict[str, int]
    ready: float


@contextlib.contextmanager
def service(workers: int, messages: list[str]) -> Iterator[Subject]:
    """The whole service with so many Rasa servers."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        marks: list[float] = []
        with running(Path(name) / "run", rasa=workers, actions=-(-workers // 2), say=lambda _: marks.append(time.perf_counter())) as made:
            ready = marks[-1] - marks[0]  # without the databases' own creation and the library's building
            urls = [f"{worker.home}/webhooks/rest/webhook" for worker in made.rasa]
            named = [(f"Rasa {n + 1}", worker) for n, worker in enumerate(made.rasa)]
            named += [(f"actions {n + 1}", worker) for n, worker in enumerate(made.actions)]
            pids = {title: worker.process.pid for title, worker in named if worker.process is not None}
            pids["nginx"] = made.front.process.pid
            pids |= _children({"PostgreSQL": "postgres", "Redis": "redis-server"})
            yield Subject(f"assistant, {workers} Rasa", urls, messages, pids, ready)


def _children(programs: dict[str, str]) -> dict[str, int]:
    """Our own child processes that run these programs, by title."""
    found: dict[str, int] = {}
    listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())], stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in listed.splitlines():
        pid, program = line.split(None, 1)
        found |= {title: int(pid) for title, wanted in programs.items() if program.strip() == wanted}
    return found


@contextlib.contextmanager
def bare() -> Iterator[Subject]:
    """A Rasa with one intent and one response."""
    start = time.perf_counter()
    with bare_rasa.bare() as (url, services):
        yield Subject("bare Rasa", [url], ["hello"], _pids(services), time.perf_counter() - start)


@contextlib.contextmanager
def bare_with_stores() -> Iterator[Subject]:
    """The same with Rasa's own stores in PostgreSQL and Redis, and an action server."""
    start = time.perf_counter()
    with bare_rasa.with_stores() as (url, services):
        ready = time.perf_counter() - start
        pids = _pids(services) | _children({"PostgreSQL": "postgres", "Redis": "redis-server"})
        yield Subject("bare Rasa with stores", [url], ["hello"], pids, ready)


def _pids(services: list[serve.Service]) -> dict[str, int]:
    return {service.name: service.process.pid for service in services if service.process is not None}


@contextlib.contextmanager
def usual(messages: list[str]) -> Iterator[Subject]:
    """Rasa's usual pipeline, trained."""
    with usual_rasa.running() as (url, process, ready):
        assert process.process is not None
        yield Subject("usual Rasa", [url], messages, {"Rasa": process.process.pid}, ready)


@dataclass(frozen=True)
class Point:
    """One subject at one number of clients; cpu: seconds of processor time a message, of all its processes."""

    clients: int
    load: Load
    cpu: float


def measure(subject: Subject, clients: list[int], seconds: float) -> list[Point]:
    """Every number of clients in turn."""
    points = []
    for count in clients:
        load(subject.urls, subject.messages, count, WARMING)
        before = sum(map(cpu_seconds, subject.pids.values()))
        found = load(subject.urls, subject.messages, count, seconds)
        used = sum(map(cpu_seconds, subject.pids.values())) - before
        points.append(Point(count, found, used / max(1, found.messages - found.failed)))
    return points


def questions() -> list[str]:
    """What is asked: a golden question of every seventh topic, and looking up."""
    found = [topic.golden[0] for topic in Library.open().topics() if topic.golden][::7]
    return [text for n, question in enumerate(found) for text in ((question, "专利法第五十条第二款") if n % 5 == 0 else (question,))]


def compare(given: argparse.Namespace, console: Console) -> str:
    """Measure all subjects; gives the part of the page."""
    messages, training = questions(), usual_rasa.train(given.epochs, given.per_topic)
    measured: list[tuple[str, float, float, list[Point]]] = []
    subjects = [bare(), bare_with_stores(), usual(messages), *(service(count, messages) for count in given.workers)]
    for made in subjects:
        with made as subject:
            points = measure(subject, given.clients, given.seconds)
            measured.append((subject.name, subject.ready, sum(map(megabytes, subject.pids.values())), points))
            performance.show(console, subject.name, points)
    return performance.comparison(measured, training, given.core_hour, given.seconds)


def soak(given: argparse.Namespace, console: Console) -> str:
    """Half of capacity for so many minutes; gives the part of the page."""
    with service(max(given.workers), questions()) as subject:
        most = load(subject.urls, subject.messages, 16, max(3.0, given.seconds)).rate
        pause = min(30.0, given.soak * 60 / 20)
        last: dict[str, float] = {}

        def tell(seconds: float) -> None:
            now = {name: own_megabytes(pid) for name, pid in subject.pids.items()}
            console.print(f"{seconds:6.0f} s  " + "  ".join(f"{name} {size:.0f}{size - last.get(name, size):+.1f}" for name, size in now.items()))
            last.update(now)

        with Watch(subject.pids, pause, tell) as watch:
            found = load(subject.urls, subject.messages, 16, given.soak * 60, rate=most / 2)
        return performance.soaked(given.soak, most, found, {name: watch.grown(name) for name in subject.pids})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15, help="of each point")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="Rasa servers")
    parser.add_argument("--core-hour", type=float, default=0.30, help="yuan for a core for an hour")
    parser.add_argument("--epochs", type=int, default=30, help="of DIET in the usual pipeline")
    parser.add_argument("--per-topic", type=int, default=3, help="utterances of a topic that the usual pipeline learns")
    parser.add_argument("--soak", type=float, default=0, metavar="MINUTES")
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "performance.md")
    given = parser.parse_args()
    console = Console(highlight=False, width=120)
    cli.prepare()
    part, text = ("soak", soak(given, console)) if given.soak else ("load", compare(given, console))
    machine = f"{datetime.date.today()}, {len(os.sched_getaffinity(0))} cores ({performance.processor()})"
    performance.write(given.into, part, f"Measured {machine}.\n\n{text}")
    console.print(text)
    console.print(json.dumps({"written": str(given.into), "part": part}))


if __name__ == "__main__":
    main()
