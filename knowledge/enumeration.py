"""The inside of an article: unnumbered paragraphs (款), items (项) and sub-items (目), from its lines.

A list is recognised by the order of its numbers, not by the form of its markers: most texts print （一） and below it 1.,
older ones 一、 or 1．, and a line between two members of one list belongs to the member before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from knowledge.numerals import to_chinese
from knowledge.printed import ItemMark, item_mark
from knowledge.structure import Node

_FIRST_STYLES = ("（一）", "㈠")
"""Markers that make an item wherever they stand; the others must begin at one and go on."""


@dataclass
class Draft:
    """A node while its children are still being read."""

    node: Node
    children: list[Draft | Node] = field(default_factory=list)

    def freeze(self) -> Node:
        """The finished node with its children."""
        return replace(self.node, children=tuple(child.freeze() if isinstance(child, Draft) else child for child in self.children))

    def count(self, kind: str) -> int:
        """How many children of this kind it has so far."""
        return sum((child.node if isinstance(child, Draft) else child).kind == kind for child in self.children)


def unique(address: str, used: Counter[str]) -> str:
    """The address, with ~2, ~3 … behind it where the same one was given before."""
    used[address] += 1
    return address if used[address] == 1 else f"{address}~{used[address]}"


@dataclass
class _Level:
    """One open list: the style of its markers, the number reached, and the member being read."""

    style: str
    number: int
    draft: Draft


def read_article(article: Node, lines: Sequence[str]) -> Node:
    """The article with its paragraphs and everything below, from its lines (the first without 第…条)."""
    reader = _ArticleReader(article, lines)
    for index in range(len(lines)):
        reader.read(index)
    children = tuple(draft.freeze() for draft in reader.paragraphs)
    if len(children) == 1:  # lawyers do not say 第七条第一款 where there is no second
        children = (replace(children[0], label=article.label),)
    return replace(article, children=children)


class _ArticleReader:
    def __init__(self, article: Node, lines: Sequence[str]) -> None:
        self.article = article
        self.lines = lines
        self.marks = [item_mark(line) for line in lines]
        self.paragraphs: list[Draft] = []
        self.open: list[_Level] = []
        self.used: Counter[str] = Counter()

    def read(self, index: int) -> None:
        line, mark = self.lines[index], self.marks[index]
        if "\t" in line and self.paragraphs:
            self._row(line)
        elif mark is not None and self._is_item(mark, index):
            self._item(mark)
        elif self._goes_on(index):
            self._continuation(line)
        else:
            self._paragraph(line)

    def _is_item(self, mark: ItemMark, index: int) -> bool:
        if mark.style in _FIRST_STYLES or any(level.style == mark.style for level in self.open):
            return True
        if mark.number != 1:
            return False
        following = [m for m in self.marks[index + 1 :] if m is not None and m.style == mark.style]
        return bool(following) and following[0].number == 2

    def _goes_on(self, index: int) -> bool:
        """Is a line without a number followed by the next member of a list that is open? If so, close the lists below that one."""
        for later in filter(None, self.marks[index + 1 :]):
            for depth, level in enumerate(self.open):
                if later.style != level.style:
                    continue
                if later.number == level.number + 1:
                    del self.open[depth + 1 :]
                    return True
                return False
        return False

    # units

    def _draft(self, node: Node) -> Draft:
        return Draft(replace(node, address=unique(node.address, self.used)))

    def _below(self, parent: Draft, node: Node) -> Draft:
        draft = self._draft(node)
        parent.children.append(draft)
        return draft

    def _paragraph(self, text: str) -> None:
        number = len(self.paragraphs) + 1
        label = f"{self.article.label}第{to_chinese(number)}款"
        self.paragraphs.append(self._draft(Node("paragraph", f"{self.article.address}/{number}", label, text=text)))
        self.open = []

    def _item(self, mark: ItemMark) -> None:
        depth = next((n for n, level in enumerate(self.open) if level.style == mark.style), len(self.open))
        del self.open[depth:]
        if not self.paragraphs:  # an article that begins with its items
            self._paragraph("")
        parent = self.open[-1].draft if self.open else self.paragraphs[-1]
        above = parent.node.label
        name = {0: f"第{to_chinese(mark.number)}项", 1: f"第{to_chinese(mark.number)}目"}.get(depth, mark.marker.strip())
        node = Node("item" if depth == 0 else "subitem", f"{parent.node.address}/{mark.number}", above + name, mark.marker, text=mark.text)
        self.open.append(_Level(mark.style, mark.number, self._below(parent, node)))

    def _continuation(self, text: str) -> None:
        member = self.open[-1].draft
        number = member.count("continuation") + 2
        self._below(member, Node("continuation", f"{member.node.address}/p{number}", member.node.label, text=text))

    def _row(self, line: str) -> None:
        parent = self.open[-1].draft if self.open else self.paragraphs[-1]
        number = parent.count("row") + 1
        self._below(parent, Node("row", f"{parent.node.address}/r{number}", parent.node.label, text=line))
