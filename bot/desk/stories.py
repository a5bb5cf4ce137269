"""Files of conversations held with the assistant, and where each parts from what it expects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.desk.replay import Turn, Written, read, replay
from bot.settings import ROOT

CONVERSATIONS = ROOT / "tests" / "conversations"


@dataclass(frozen=True)
class Held:
    """One conversation as it went. turns: those that were answered; unanswered: why the next one was not, or empty."""

    name: str
    written: tuple[str, ...]
    turns: tuple[Turn, ...]
    unanswered: str = ""

    @property
    def parts_at(self) -> int | None:
        """The number of the first turn (from 1) that is not answered as expected; None where all are."""
        first = next((n for n, turn in enumerate(self.turns, 1) if turn.lacks), None)
        return first or (len(self.turns) + 1 if self.unanswered else None)

    @property
    def difference(self) -> str:
        """What is missing there, in one line; empty where nothing is."""
        if self.parts_at is None:
            return ""
        return self.unanswered if self.parts_at > len(self.turns) else "；".join(self.turns[self.parts_at - 1].lacks)


@dataclass(frozen=True)
class HeldFile:
    """One file's conversations."""

    path: Path
    conversations: tuple[Held, ...]

    @property
    def parted(self) -> tuple[Held, ...]:
        """Those that part from what they expect."""
        return tuple(held for held in self.conversations if held.parts_at is not None)


def hold(path: Path, begin: Callable[[], Callable[[str], dict[str, Any]]]) -> HeldFile:
    """Hold every conversation of a file. begin: see `replay.replay`. Raises replay.NotAFile."""
    return HeldFile(path, tuple(_held(written, begin) for written in read(path)))


def _held(written: Written, begin: Callable[[], Callable[[str], dict[str, Any]]]) -> Held:
    said, turns = tuple(turn["user"] for turn in written.turns), []
    try:
        for turn in replay([written], begin, {}):
            turns.append(turn)
    except RuntimeError as error:  # not answered, or not once: what comes after it would mean nothing
        return Held(written.name, said, tuple(turns), str(error))
    return Held(written.name, said, tuple(turns))
