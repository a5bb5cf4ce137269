"""The tree that every parsed text becomes, whatever kind of document it is.

A node's `marker`, `heading` and `text` hold its own letters exactly as the source file has them, so that writing
the tree out again gives the source back (see `source_text`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

INLINE_KINDS = frozenset({"article"})
"""Kinds whose first child continues on the same line (第五十条 + its first paragraph)."""


@dataclass(frozen=True)
class Node:
    """One unit of a text.

    kind: document, notice, history, part, subpart, chapter, section, preamble, article, paragraph, item, subitem, annex
        (statutes); subsection, box, table, row, footnote, glossary, term (policy documents).
    address: stable and URL-safe, e.g. `patent-law/24/1/2`.
    label: printed name within the document, e.g. 第二十四条第一款第二项.
    marker: the printed number with the white space behind it, e.g. `（二）` or `第二十四条 `.
    heading: a heading's words (chapters, sections, boxes).
    text: own text, letter for letter, without marker and without children.
    """

    kind: str
    address: str
    label: str
    marker: str = ""
    heading: str = ""
    text: str = ""
    children: tuple[Node, ...] = ()

    @property
    def own(self) -> str:
        """Own letters: marker, heading and text."""
        return self.marker + self.heading + self.text

    def walk(self) -> Iterator[Node]:
        """This node and everything below it, in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, address: str) -> Node | None:
        """The node with this address, or None."""
        return next((node for node in self.walk() if node.address == address), None)


def source_text(nodes: Iterator[Node] | list[Node]) -> str:
    """The source file that these nodes, in printed order, were read from (one line per unit)."""
    out: list[str] = []
    for node in nodes:
        out.append(node.own)
        out.append("" if node.kind in INLINE_KINDS and node.own else "\n" if node.own else "")
    return "".join(out)


def full_text(node: Node) -> str:
    """The node's text with everything below it, one unit a line, as a reader wants it quoted.

    The node's own marker is left out for an article or a paragraph (the label says it) and kept for an item.
    """
    lines: list[str] = []
    for part in node.walk():
        bare = part is node and part.kind in ("article", "paragraph")
        piece = part.heading + part.text if bare else part.own
        if piece.strip():
            lines.append(piece)
    return "\n".join(lines)
