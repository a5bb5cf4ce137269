"""Parse a statute's text (法律, 行政法规, 部门规章) into its tree.

The rules are those of 《立法技术规范》 as printed in every statute: 编, 分编, 章, 节, 条, then unnumbered 款 (one line each),
（一） 项 and `1.` 目. An article inserted by an amendment is numbered 第一百二十条之一 and addressed `120-1`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from knowledge.numerals import NUMERAL, to_chinese, to_int
from knowledge.structure import Node

_SPACE = r"[ \t\u3000]"
_HEADINGS = (  # kind, printed unit, address letter; outermost first
    ("part", "编", "p"),
    ("subpart", "分编", "u"),
    ("chapter", "章", "c"),
    ("section", "节", "s"),
)
_HEADING = re.compile(rf"^(第({NUMERAL})(分编|编|章|节){_SPACE}*)(.*)$")
_ARTICLE = re.compile(rf"^(第({NUMERAL})条(?:之({NUMERAL}))?(?:{_SPACE}+|$))(.*)$")
_ITEM = re.compile(rf"^([（(]({NUMERAL})[）)]{_SPACE}*)(.*)$")
_SUBITEM = re.compile(rf"^((\d+)[.．、]{_SPACE}*)(.*)$")
_ANNEX = re.compile(r"^附(?:件|表|录|则表|图)?\s*[一二三四五六七八九十\d]*\s*[：:]?\s*(?:$|[^则])")
_RANK = {kind: rank for rank, (kind, _, _) in enumerate(_HEADINGS)}
_KIND = {unit: kind for kind, unit, _ in _HEADINGS}
_UNIT = {kind: unit for kind, unit, _ in _HEADINGS}
_LETTER = {kind: letter for kind, _, letter in _HEADINGS}


@dataclass
class _Draft:
    """A node while its children are still being read."""

    node: Node
    children: list[_Draft] = field(default_factory=list)

    def freeze(self) -> Node:
        children = tuple(child.freeze() for child in self.children)
        if self.node.kind == "article" and len(children) == 1:  # lawyers do not say 第七条第一款 where there is no second
            children = (replace(children[0], label=self.node.label),)
        return replace(self.node, children=children)


def article_label(number: str) -> str:
    """第一百二十条之一 for `120-1`."""
    main, _, inserted = number.partition("-")
    return f"第{to_chinese(int(main))}条" + (f"之{to_chinese(int(inserted))}" if inserted else "")


def parse_statute(document_id: str, text: str) -> Node:
    """Read a statute's source file: title, history in brackets, headings and articles, one unit a line.

    Returns the document node. Never fails on odd text: what stands before the first article becomes `notice` or
    `preamble` nodes and what stands behind an annex heading becomes `annex` nodes, so nothing is lost. Whether the result makes
    sense is for `knowledge.intake` to judge.
    """
    lines = text.splitlines()
    title = lines[0] if lines else ""
    root = _Draft(Node("document", document_id, "", heading=title))
    reader = _Reader(document_id, root)
    for line in lines[1:]:
        reader.read(line)
    return root.freeze()


class _Reader:
    """Keeps the open chain of headings, the open article, paragraph and item."""

    def __init__(self, document_id: str, root: _Draft) -> None:
        self.document_id = document_id
        self.root = root
        self.headings: list[_Draft] = []
        self.article: _Draft | None = None
        self.paragraph: _Draft | None = None
        self.item: _Draft | None = None
        self.annex = False
        self.loose = 0

    def read(self, line: str) -> None:
        if not self.annex and (match := _HEADING.match(line)):
            self._heading(match)
        elif not self.annex and (match := _ARTICLE.match(line)):
            self._article(match)
        elif self.article is None or self.annex or (_ANNEX.match(line) and len(line) < 40):
            self._loose(line)
        elif match := _ITEM.match(line):
            self._item(match)
        elif self.item is not None and (match := _SUBITEM.match(line)):
            self._subitem(match)
        else:
            self._paragraph(line)

    def _heading(self, match: re.Match[str]) -> None:
        marker, number, unit, words = match.groups()
        kind = _KIND[unit]
        while self.headings and _RANK[self.headings[-1].node.kind] >= _RANK[kind]:
            self.headings.pop()
        above = self.headings[-1].node if self.headings else None
        value = to_int(number)
        address = f"{above.address if above else self.document_id}/{_LETTER[kind]}{value}"
        label = (above.label if above else "") + f"第{to_chinese(value)}{_UNIT[kind]}"
        self._open(self.headings[-1] if self.headings else self.root, Node(kind, address, label, marker, words), self.headings)
        self.article = self.paragraph = self.item = None

    def _article(self, match: re.Match[str]) -> None:
        marker, number, inserted, rest = match.groups()
        key = str(to_int(number)) + (f"-{to_int(inserted)}" if inserted else "")
        node = Node("article", f"{self.document_id}/{key}", article_label(key), marker)
        self.article = _Draft(node)
        (self.headings[-1] if self.headings else self.root).children.append(self.article)
        self.paragraph = self.item = None
        if rest:
            self._paragraph(rest)

    def _paragraph(self, text: str) -> None:
        assert self.article is not None
        number = len(self.article.children) + 1
        parent = self.article.node
        label = f"{parent.label}第{to_chinese(number)}款"
        self.paragraph = _Draft(Node("paragraph", f"{parent.address}/{number}", label, text=text))
        self.article.children.append(self.paragraph)
        self.item = None

    def _item(self, match: re.Match[str]) -> None:
        if self.paragraph is None:  # an article that begins with its items
            self._paragraph("")
        assert self.paragraph is not None
        marker, number, text = match.groups()
        value, parent = to_int(number), self.paragraph.node
        label = f"{parent.label}第{to_chinese(value)}项"
        self.item = _Draft(Node("item", f"{parent.address}/{value}", label, marker, text=text))
        self.paragraph.children.append(self.item)

    def _subitem(self, match: re.Match[str]) -> None:
        assert self.item is not None
        marker, number, text = match.groups()
        parent = self.item.node
        label = f"{parent.label}第{to_chinese(int(number))}目"
        self.item.children.append(_Draft(Node("subitem", f"{parent.address}/{int(number)}", label, marker, text=text)))

    def _loose(self, line: str) -> None:
        """A line outside any article: history, preamble or annex."""
        if self.article is not None:
            self.annex = True
        self.loose += 1
        kind = "annex" if self.annex else "history" if line.startswith(("（", "(")) and not self.headings else "preamble"
        node = Node(kind, f"{self.document_id}/{kind}-{self.loose}", {"annex": "附件", "history": "题注"}.get(kind, "序言"), text=line)
        (self.root if self.annex or not self.headings else self.headings[-1]).children.append(_Draft(node))

    @staticmethod
    def _open(parent: _Draft, node: Node, stack: list[_Draft]) -> None:
        draft = _Draft(node)
        parent.children.append(draft)
        stack.append(draft)
