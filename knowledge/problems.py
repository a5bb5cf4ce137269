"""What is wrong with content, collected and reported together, in Chinese, with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One fault. `line` counts from 1; `remedy` says what the editor can do."""

    file: Path
    line: int
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" + (f" → {self.remedy}" if self.remedy else "")


@dataclass
class Problems:
    """A collector: loading goes on after a fault and reports all of them."""

    found: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        self.found.append(problem)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)
