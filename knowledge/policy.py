"""Parse a policy document (纲要, 规划, 行动方案, 工作指引) into its tree.

The source file has one printed paragraph a line. Four pairs of lines that are ours, not the document's, mark what cannot be
told from the words alone: `[[notice]]` (发文通知 and the like), `[[box]]` (专栏), `[[table]]` (its title, then tab-separated rows with
the header row first, then its footnotes) and `[[glossary]]` (名词解释), each closed by `[[/…]]`.

Addresses follow the printed numbers:

    ip-powerhouse-outline/2          二、            …/s3       （三） where （N） runs through the whole document
    ip-quality-guidance-2021/3/4     三、（四）       where （N） starts again in a part
    chongqing-ip-14th-plan/c5/s1     第五章第一节     …/box8     专栏8        …/term/专利导航   an entry of 名词解释
    …/indicators, …/indicators/1     the table of indicators and its first row (…/indicators/1-1: an unnumbered row below it)
    …/p1                             the first paragraph below any of these; 前言 is …/preamble, a notice …/notice
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from knowledge.numerals import to_chinese, to_int
from knowledge.structure import Node

_NUMBER = "[一二三四五六七八九十百]+"
_MARKER = re.compile(r"^\[\[(/?)(notice|box|table|glossary)\]\]$")
_HEADINGS = (  # kind, pattern (marker, number, words); outermost first
    ("chapter", re.compile(rf"^(第({_NUMBER})章\s*)(.*)$")),
    ("section", re.compile(rf"^(第({_NUMBER})节\s*)(.*)$")),
    ("section", re.compile(rf"^(({_NUMBER})、)(.*)$")),
    ("subsection", re.compile(rf"^(（({_NUMBER})）)(.*)$")),
)
_CHAPTER, _SECTION, _PART, _SUBSECTION = range(4)
_RUN_IN = re.compile(r"^([^。]*。)(.+)$")
_BOX = re.compile(r"^(专栏\s*(\d+)[.．]?\s*)(.*)$")
_ROW = re.compile(r"^((\d+)(?:[.．]\s*|\t)|\t)")
_FOOTNOTE = re.compile(r"^((?:注：)?(?:([①-⑳])[①-⑳]*|(\d+)[.．]))")
_TERM = re.compile(r"^((\d+)[.．]\s*)([^：]+：)(.+)$")
_DASH = "——"
_WITHIN = re.compile(rf"第(?:{_NUMBER}段|[\d-]+项)$|注\d+$")


@dataclass
class _Draft:
    """A node while its children are still being read. rank: its place in _HEADINGS, -1 for the document."""

    node: Node
    rank: int = -1
    children: list[_Draft] = field(default_factory=list)

    @property
    def paragraphs(self) -> int:
        """How many paragraphs of text it has so far, a run-in one included."""
        return bool(self.node.text) + sum(child.node.kind in ("paragraph", "item") for child in self.children)

    def freeze(self) -> Node:
        """The finished node. A paragraph that has no fellow goes by the name of the unit it stands in."""
        children = tuple(child.freeze() for child in self.children)
        if self.paragraphs == 1:
            children = tuple(replace(c, label=self.node.label) if c.kind in ("paragraph", "item") else c for c in children)
        return replace(self.node, children=children)


def source_lines(text: str) -> list[str]:
    """The lines of a source file that the document itself has: our markers and empty lines left out."""
    return [line for line in text.splitlines() if line.strip() and not _MARKER.match(line)]


def printed_section(node: Node) -> str:
    """Where the node stands, as printed: （八）, 专栏1, 第五章第一节, 一、（三）, 一、规划背景, a table's title; '' for title, notice and 前言."""
    place = node.address.split("/")[1:2]
    if not place or place[0].startswith(("notice", "preamble")):
        return ""
    return _WITHIN.sub("", node.label)


def parse_policy(document_id: str, text: str) -> Node:
    """Read a policy document's source file into its tree.

    The first line that is neither notice nor heading is the title: it heads the document where it comes first, and the 前言
    where a notice stands before it. Never fails on odd text: a line that fits nothing else is a paragraph of the unit it is in.
    """
    reader = _Reader(document_id, _restarts(text))
    for line in text.splitlines():
        if line.strip():
            reader.read(line)
    reader.close()
    return reader.root.freeze()


def _restarts(text: str) -> bool:
    """Does the （一） numbering start again in a later part?"""
    pattern = _HEADINGS[_SUBSECTION][1]
    numbers = Counter(match[2] for line in text.splitlines() if (match := pattern.match(line)))
    return any(count > 1 for count in numbers.values())


class _Reader:
    """Keeps the chain of open headings and the open marked block."""

    def __init__(self, document_id: str, restarts: bool) -> None:
        self.id = document_id
        self.restarts = restarts
        self.root = _Draft(Node("document", document_id, ""))
        self.chain: list[_Draft] = [self.root]
        self.box: _Draft | None = None
        self.block = ""
        self.lines: list[str] = []
        self.titled = False
        self.used: Counter[str] = Counter()

    # lines

    def read(self, line: str) -> None:
        if match := _MARKER.match(line):
            self._marker(match[2], bool(match[1]))
        elif self.block:
            self.lines.append(line)
        elif self.box is not None:
            self._paragraph(self.box, line)
        elif not self._heading(line):
            self._running_text(line)

    def close(self) -> None:
        """End of file: finish a block that was left open."""
        self._finish()

    def _marker(self, name: str, closing: bool) -> None:
        self._finish()
        if name == "box":
            self.box = None if closing else self._add(self.chain[-1], Node("box", f"{self.id}/box", "专栏"))
        elif not closing:
            self.block = name

    def _finish(self) -> None:
        """Turn the lines of the open block into nodes. A notice or a glossary stands outside every heading and box."""
        name, lines, self.block, self.lines = self.block, self.lines, "", []
        if name in ("notice", "glossary"):
            self.box, self.chain = None, [self.root]
        if name and lines:
            {"notice": self._notice, "table": self._table, "glossary": self._glossary}[name](lines)

    def _heading(self, line: str) -> bool:
        for rank, (kind, pattern) in enumerate(_HEADINGS):
            if match := pattern.match(line):
                marker, number, words = match.groups()
                try:
                    value = to_int(number)
                except ValueError:  # 百十、 is no number
                    continue
                self.titled = True
                self._open(rank, kind, marker, value, words)
                return True
        return False

    def _open(self, rank: int, kind: str, marker: str, value: int, words: str) -> None:
        while self.chain[-1].rank >= rank:
            self.chain.pop()
        above = self.chain[-1]
        text = ""
        if rank == _SUBSECTION:
            if run_in := _RUN_IN.match(words):
                words, text = run_in.groups()
            address, label = self._subsection(above, marker, value)
        else:
            letter = {_CHAPTER: "c", _SECTION: "s"}.get(rank, "")
            address = f"{above.node.address}/{letter}{value}"
            label = above.node.label + (f"{marker}{words}" if rank == _PART else marker.strip())
        self.chain.append(self._add(above, Node(kind, address, label, marker, words, text), rank))

    def _subsection(self, above: _Draft, marker: str, value: int) -> tuple[str, str]:
        if not self.restarts or above is self.root:
            return f"{self.id}/s{value}", marker
        name = above.node.marker if above.rank == _PART else above.node.label
        return f"{above.node.address}/{value}", name + marker

    def _running_text(self, line: str) -> None:
        if not self.titled:
            self.titled = True
            if not self.root.children:
                self.root.node = replace(self.root.node, heading=line)
            else:
                preamble = self._preamble()
                preamble.node = replace(preamble.node, heading=line)
            return
        self._paragraph(self._preamble() if self.chain[-1] is self.root else self.chain[-1], line)

    # units

    def _add(self, parent: _Draft, node: Node, rank: int = -1) -> _Draft:
        draft = _Draft(replace(node, address=self._unique(node.address)), rank)
        parent.children.append(draft)
        return draft

    def _unique(self, address: str) -> str:
        self.used[address] += 1
        return address if self.used[address] == 1 else f"{address}-{self.used[address]}"

    def _preamble(self) -> _Draft:
        last = self.root.children[-1] if self.root.children else None
        if last is not None and last.node.kind == "preamble":
            return last
        return self._add(self.root, Node("preamble", f"{self.id}/preamble", "前言"))

    def _paragraph(self, parent: _Draft, line: str) -> None:
        if parent is self.box and not parent.node.own and not parent.children:
            self._box_title(parent, line)
            return
        number = parent.paragraphs + 1
        marker = _DASH if line.startswith(_DASH) else ""
        label = f"{parent.node.label}第{to_chinese(number)}段"
        node = Node("item" if marker else "paragraph", f"{parent.node.address}/p{number}", label, marker, text=line[len(marker) :])
        self._add(parent, node)

    def _box_title(self, box: _Draft, line: str) -> None:
        match = _BOX.match(line)
        marker, number, words = match.groups() if match else ("", "", line)
        address = self._unique(f"{self.id}/box{number}") if number else box.node.address
        box.node = Node("box", address, f"专栏{number}" if number else words, marker, words)

    def _notice(self, lines: list[str]) -> None:
        notice = self._add(self.root, Node("notice", f"{self.id}/notice", "发文说明"))
        for line in lines:
            self._paragraph(notice, line)

    def _table(self, lines: list[str]) -> None:
        parent = self.box or self.chain[-1]
        first = next((index for index, line in enumerate(lines) if "\t" in line), len(lines))
        title = "\n".join(lines[:first])
        label = title or parent.node.label
        name = "indicators" if "指标" in (title or parent.node.heading) else "table"
        table = self._add(parent, Node("table", f"{self.id}/{name}", label, heading=title))
        address = table.node.address
        number, below = 0, 0
        for index, line in enumerate(lines[first:]):
            if index == 0:
                self._add(table, Node("row", f"{address}/header", label, text=line))
            elif "\t" in line:
                match = _ROW.match(line)
                marker = match[1] if match else ""
                below = below + 1 if marker == "\t" else 0
                number = int(match[2]) if match and match[2] else number if below else number + 1
                key = f"{number}-{below}" if below else str(number)
                self._add(table, Node("row", f"{address}/{key}", f"{label}第{key}项", marker, text=line[len(marker) :]))
            else:
                self._footnote(table, line)

    def _footnote(self, table: _Draft, line: str) -> None:
        match = _FOOTNOTE.match(line)
        marker = match[1] if match else ""
        printed = (match[2] or match[3]) if match else ""
        number = to_int(printed) if printed else len(table.children)
        node = Node("footnote", f"{table.node.address}/note{number}", f"{table.node.label}注{number}", marker, text=line[len(marker) :])
        self._add(table, node)

    def _glossary(self, lines: list[str]) -> None:
        first = next((index for index, line in enumerate(lines) if _TERM.match(line)), len(lines))
        above, title = "".join(f"{line}\n" for line in lines[: max(first - 1, 0)]), lines[first - 1] if first else ""
        glossary = self._add(self.root, Node("glossary", f"{self.id}/term", title or "名词解释", above, title))
        for line in lines[first:]:
            if match := _TERM.match(line):
                marker, number, words, text = match.groups()
                name = re.sub(r"\W", "", words)
                label = f"{glossary.node.label}第{number}项"
                self._add(glossary, Node("term", f"{self.id}/term/{name}", label, marker, words, text))
            else:
                self._paragraph(glossary, line)
