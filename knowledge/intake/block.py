"""What every reader of files hands on: printed lines in order, without layout."""

from __future__ import annotations

from dataclasses import dataclass, field

TEXT, ROW, FOOTNOTE, TITLE, BLANK = "text", "row", "footnote", "title", "blank"


@dataclass(frozen=True)
class Block:
    """One printed paragraph, table row (cells tab-separated) or footnote; BLANK is an empty line, TITLE a line marked as the title.

    indented: the line is set in like the first line of a paragraph (matters where lines are wrapped). soft: a line break within
    one paragraph of Word stands before it.
    """

    text: str
    kind: str = TEXT
    indented: bool = False
    soft: bool = False


@dataclass
class Reading:
    """A file's blocks, the notes of what its reader did that a person should know, and what it could not read."""

    blocks: list[Block]
    form: str
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    pictures: int = 0
