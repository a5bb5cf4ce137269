"""Take a statute in: read a .docx, .txt or .md, report what was recognised and what is doubtful, keep it, or refuse it with the reason.

file -> block (word, plain) -> lines -> canonical, front, contents, annexes -> read -> judge, review -> store
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from knowledge.build import Content, ContentError
from knowledge.intake.read import ReadStatute, read_statute
from knowledge.intake.refusal import Refusal
from knowledge.intake.store import Plan, Wishes, keep, plan

__all__ = ["ContentError", "Imported", "Plan", "ReadStatute", "Refusal", "Wishes", "import_file", "read_statute"]


@dataclass(frozen=True)
class Imported:
    """An import that was done. counts: rows written, empty when the database was left alone or the text was held already."""

    statute: ReadStatute
    plan: Plan
    counts: dict[str, int]


def import_file(
    path: Path, wishes: Wishes | None = None, adopted: datetime.date | None = None, rebuild: bool = True, numbered: bool = False
) -> Imported:
    """Read a file and keep it. adopted, numbered: see `read_statute`. rebuild: write the database too.

    Raises Refusal when the file is no statute or cannot be kept as wished, ContentError when the library's content would contradict
    it; nothing is changed then.
    """
    statute = read_statute(path, adopted, numbered)
    content = Content()
    made = plan(statute, path, wishes or Wishes(), content)
    if made.action == "same":
        return Imported(statute, made, {})
    return Imported(statute, made, keep(made, statute, content, rebuild))
