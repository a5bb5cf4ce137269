"""docs/performance.md: tables of what was measured, each part between marks that its run replaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from experiments.bench_service import Point
    from experiments.load import Load
    from experiments.processes import Grown

_HEAD = """# Performance

Every number here was written by a run of `python -m experiments.bench_service`; nothing is entered by hand. Clients run on the measured
machine. What a machine does changes from hour to hour: compare the lines of one table with each other.
"""
_TITLES = {"load": "Load", "soak": "Soak"}


def processor() -> str:
    """The processor's name."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor")


def show(console: Console, name: str, points: Sequence[Point]) -> None:
    """A subject's points on the console."""
    drawn = Table("clients", "messages/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms/message", "not answered", title=name)
    for point in points:
        drawn.add_row(*_cells(point))
    console.print(drawn)


def _cells(point: Point) -> list[str]:
    found = point.load
    numbers = [f"{found.rate:.1f}", f"{found.p50:.1f}", f"{found.p95:.1f}", f"{found.p99:.1f}"]
    return [str(point.clients), *numbers, f"{point.cpu * 1000:.1f}", f"{found.failed} of {found.messages}"]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def comparison(measured: Sequence[tuple[str, float, float, Sequence[Point]]], training: Mapping[str, Any], core_hour: float, seconds: float) -> str:
    """The tables of all subjects: (name, seconds to ready, MB, points)."""
    rows = [[name, *_cells(point)] for name, _, _, points in measured for point in points]
    head = ["", "clients", "messages/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms a message", "not answered"]
    starts = [[name, f"{ready:.0f}", f"{size:.0f}", *_cost(points, core_hour)] for name, ready, size, points in measured]
    usual = (
        f"Usual Rasa: JiebaTokenizer, CountVectors on words and characters, DIET ({training['epochs']} epochs), RulePolicy with a rule and a response "
        f"a topic, no action server, in memory. Training on all utterances would take hours, so that it learnt {training['per_topic']} a topic at most "
        f"({training['utterances']} utterances of {training['topics']} topics, {training['seconds']:.0f} s). Only the time that a message takes is "
        "compared; how well questions are recognised is in experiments/results.md. The assistant: all stores and servers as deployed.\n"
        "Bare Rasa: one intent, one response, the keyword classifier; the least that a Rasa can do. With stores: the same bot by Rasa's own means as a "
        "service of several servers needs it, conversations in PostgreSQL, the lock in Redis, the response from an action server.\n"
    )
    cost = (
        f"Ready: seconds until all servers answer, with library and model current (bare Rasa: with its training). Memory: of all processes after the load "
        f"(shared pages once). Cost: a million messages at the processor time that one took at the highest rate, at {core_hour:.2f} yuan for a core for "
        "an hour (`--core-hour`; put in your own price); without idle time, disks and network.\n"
    )
    return "\n".join(
        [
            f"{seconds:g} s a point.\n",
            _table(head, rows),
            usual,
            _table(["", "ready after s", "memory MB", "core-hours a million messages", "yuan a million messages"], starts),
            cost,
        ]
    )


def _cost(points: Sequence[Point], core_hour: float) -> list[str]:
    best = max(points, key=lambda point: point.load.rate)
    hours = best.cpu * 1e6 / 3600
    return [f"{hours:.1f}", f"{hours * core_hour:.2f}"]


def soaked(minutes: float, most: float, found: Load, grown: Mapping[str, Grown]) -> str:
    """The tables of a soak."""
    rows = [[name, f"{g.first:.0f}", f"{g.last:.0f}", f"{g.most:.0f}", f"{g.slope:+.1f}"] for name, g in grown.items()]
    said = (
        f"{minutes:g} minutes at half of capacity ({most:.1f} messages a second): {found.messages} messages, {found.failed} not answered, "
        f"{found.rate:.1f} a second, p50 {found.p50:.1f} ms, p95 {found.p95:.1f} ms, p99 {found.p99:.1f} ms.\n"
    )
    table = _table(["process", "MB at first", "MB at last", "MB at most", "MB an hour"], rows)
    return f"{said}\n{table.rstrip()}\n\nMemory without pages of files, which the system takes and gives back. MB an hour: slope of the second half."


def write(path: Path, part: str, text: str) -> None:
    """Put a part in its place; the others stay."""
    page = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    section = f"{begin}\n{text.strip()}\n{end}"
    if begin in page and end in page:
        before, rest = page.split(begin, 1)
        page = before + section + rest.split(end, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n## {_TITLES[part]}\n\n{section}\n"
    path.write_text(page, encoding="utf-8")
