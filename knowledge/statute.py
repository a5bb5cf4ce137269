"""Parse a statute's text (法律, 行政法规, 规章, 司法解释) into its tree.

The source file has one printed unit a line. Four pairs of lines that are ours, not the document's, mark what cannot be told
from the words alone: `[[notice]]` (an order or announcement printed before the title), `[[annex]]` (one annex, table rows
tab-separated), `[[footnote]]`, and `[[numbered]]` (articles printed 一、二、三 instead of 第一条), each closed by `[[/…]]`.

Addresses: `patent-law/24/1/6` (article, paragraph, item), `…/120-1` (第一百二十条之一), `…/p1/u2/c3/s4` (编, 分编, 章, 节), `…/supplement`
(an unnumbered 附则), `…/annex1/p2`, `…/history-1`, `…/number-1`, `…/preamble-1`, `…/note1`. A unit whose number is printed twice gets `~2`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from knowledge.enumeration import Draft, read_article, unique
from knowledge.numerals import to_chinese
from knowledge.printed import ANNEX_NAME, ARTICLE, ARTICLE_HEADING, END, PROLOGUE, SUPPLEMENT, bare, heading_match, is_annex, item_mark, number
from knowledge.structure import Node

_HEADINGS = (  # kind, printed unit, address letter; outermost first
    ("part", "编", "p"),
    ("subpart", "分编", "u"),
    ("chapter", "章", "c"),
    ("section", "节", "s"),
)
_RANK = {kind: rank for rank, (kind, _, _) in enumerate(_HEADINGS)}
_KIND = {unit: kind for kind, unit, _ in _HEADINGS}
_UNIT = {kind: unit for kind, unit, _ in _HEADINGS}
_LETTER = {kind: letter for kind, _, letter in _HEADINGS}
_BLOCK = re.compile(r"^\[\[(/?)(notice|annex|footnote|numbered)\]\]$")
_DATED = re.compile(r"^[（(].*[）)]$|^(?:根据)?\d{4}年\d{1,2}月\d{1,2}日.*(?:通过|公布|发布|批准|修正|修订|施行)[）)]?$")
NUMBER_LINE = re.compile(
    r"^.{0,30}?(?:令|公告)?\s*(?:第\s*[〇零一二三四五六七八九十百千\d]+\s*号|[〔\[（(【]\s*\d{4}\s*[〕\]）)】]\s*第?\s*\d+\s*号)$"
)
"""A line that is a document number: 法释〔2022〕7号, 国家知识产权局令第80号."""


def article_label(key: str) -> str:
    """第一百二十条之一 for `120-1`."""
    main, _, inserted = key.partition("-")
    return f"第{to_chinese(int(main))}条" + (f"之{to_chinese(int(inserted))}" if inserted else "")


def source_lines(text: str) -> list[str]:
    """The lines of a source file that the document itself has: our markers left out."""
    return [line for line in text.splitlines() if line and not _BLOCK.match(line)]


def parse_statute(document_id: str, text: str) -> Node:
    """Read a statute's source file into its tree; the document node's heading is the title.

    Never fails on odd text and loses nothing: what stands before the first article becomes `history` and `preamble` nodes, and a
    line that fits nothing else is a paragraph of the article it stands in. Whether the result makes sense is for
    `knowledge.intake` to judge.
    """
    lines = [line for line in text.splitlines() if line]
    reader = _Reader(document_id, lines)
    for index, line in enumerate(lines):
        reader.read(index, line)
    reader.close()
    return reader.root.freeze()


def run_in_headings(lines: Sequence[str]) -> frozenset[int]:
    """Indexes of lines 一、… that head a group of articles (as in judicial interpretations), not items of one.

    Each has an article right below it. They are headings when the first of them stands before the first article, or when two and more run
    from one: of a list within an article only the last member can stand above the next article.
    """
    first = next((n for n, line in enumerate(lines) if ARTICLE.match(line)), len(lines))
    found = [
        n
        for n, line in enumerate(lines[:-1])
        if len(line) <= 60 and (mark := item_mark(line)) and mark.style == "一、" and not END.search(line) and ARTICLE.match(lines[n + 1])
    ]
    numbers = [mark.number for n in found if (mark := item_mark(lines[n]))]
    return frozenset(found) if found and (found[0] < first or (len(found) > 1 and numbers == list(range(1, len(found) + 1)))) else frozenset()


def articles_have_names(lines: Sequence[str]) -> bool:
    """Is 第一条（目的和依据） the form of this text's articles, so that the brackets hold a name and not text?"""
    articles = [match[5] for line in lines if (match := ARTICLE.match(line))]
    named = sum(bool(ARTICLE_HEADING.match(rest)) for rest in articles)
    return named >= 3 and named * 5 >= len(articles) * 3


class _Reader:
    """Keeps the open chain of headings, the lines of the open article, and the open block."""

    def __init__(self, document_id: str, lines: Sequence[str]) -> None:
        self.id = document_id
        self.root = Draft(Node("document", document_id, ""))
        self.headings: list[Draft] = []
        self.article: Draft | None = None
        self.article_lines: list[str] = []
        self.block = ""
        self.annex: Draft | None = None
        self.titled = False
        self.groups = run_in_headings(lines)
        self.named = articles_have_names(lines)
        self.used: Counter[str] = Counter()

    # lines

    def read(self, index: int, line: str) -> None:
        if match := _BLOCK.match(line):
            self._block("" if match[1] else match[2])
        elif self.block in ("notice", "footnote"):
            label = "发文说明" if self.block == "notice" else f"注{self.used['footnote'] + 1}"
            self._loose(self.block, label, line)
        elif self.annex is not None or self.block == "annex":
            self._annex_line(line)
        elif not self.titled:
            self._title(line)
        elif self.block == "numbered":
            self._numbered_line(line)
        elif match := heading_match(line):
            self._heading(match)
        elif SUPPLEMENT.match(line):
            self._supplement(line)
        elif index in self.groups:
            self._group(line)
        elif match := ARTICLE.match(line):
            self._article(match)
        elif self.article is None:
            self._before_articles(line)
        elif is_annex(line):
            self._annex_line(line)
        else:
            self.article_lines.append(line)

    def close(self) -> None:
        """End of the open article: read what stands inside it."""
        if self.article is not None:
            finished = read_article(self.article.node, self.article_lines)
            self.article.children = list(finished.children)
        self.article, self.article_lines = None, []

    def _block(self, name: str) -> None:
        """A marked block stands outside every article and heading."""
        self.close()
        self.block, self.annex, self.headings = name, None, []

    def _title(self, line: str) -> None:
        """The title heads the document; printed behind a notice it keeps its place as a node of its own."""
        self.titled = True
        if self.root.children:
            self._add(self.root, Node("title", f"{self.id}/title", "标题", heading=line))
        else:
            self.root.node = replace(self.root.node, heading=line)

    # headings

    def _heading(self, match: re.Match[str]) -> None:
        marker, printed, unit, _, words = match.groups()
        kind, value = _KIND[bare(unit)], number(printed)
        self._open(kind, f"{_LETTER[kind]}{value}", f"第{to_chinese(value)}{_UNIT[kind]}", marker, words)

    def _supplement(self, line: str) -> None:
        """附则 without a number stands at the level of the outermost headings."""
        outermost = next((kind for kind in _RANK if self.root.count(kind)), "chapter")
        self._open(outermost, "supplement", "附则", "", line)

    def _group(self, line: str) -> None:
        mark = item_mark(line)
        assert mark is not None
        self._open("chapter", f"c{mark.number}", line, mark.marker, mark.text)

    def _open(self, kind: str, key: str, label: str, marker: str, words: str) -> None:
        self.close()
        while self.headings and _RANK[self.headings[-1].node.kind] >= _RANK[kind]:
            self.headings.pop()
        above = self.headings[-1] if self.headings else self.root
        node = Node(kind, f"{above.node.address}/{key}", above.node.label + label, marker, words)
        self.headings.append(self._add(above, node))

    # units

    def _add(self, parent: Draft, node: Node) -> Draft:
        draft = Draft(replace(node, address=unique(node.address, self.used)))
        parent.children.append(draft)
        return draft

    def _article(self, match: re.Match[str]) -> None:
        self.close()
        marker, printed, inserted, _, rest = match.groups()
        key = str(number(printed)) + (f"-{number(inserted)}" if inserted else "")
        name = ARTICLE_HEADING.match(rest) if self.named else None
        node = Node("article", f"{self.id}/{key}", article_label(key), marker, name[1] if name else "")
        self.article = self._add(self.headings[-1] if self.headings else self.root, node)
        rest = rest[name.end() :] if name else rest
        self.article_lines = [rest] if rest else []

    def _numbered_line(self, line: str) -> None:
        """三、… is an article where it follows 二、; every other line belongs to the article it stands in."""
        mark = item_mark(line)
        if mark is None or mark.style != "一、" or mark.number != self.root.count("article") + 1:
            self.article_lines.append(line)
            return
        self.close()
        key = str(mark.number)
        self.article = self._add(self.root, Node("article", f"{self.id}/{key}", article_label(key), mark.marker))
        self.article_lines = [mark.text] if mark.text else []

    def _before_articles(self, line: str) -> None:
        if not self.headings and _DATED.match(line):
            self._loose("history", "题注", line)
        elif not self.headings and NUMBER_LINE.match(line):
            self._loose("number", "文号", line)
        elif PROLOGUE.match(line):
            self._loose("preamble", "序言", "", heading=line)
        else:
            self._loose("preamble", "序言", line)

    def _loose(self, kind: str, label: str, text: str, heading: str = "") -> None:
        """A line outside any article."""
        self.used[kind] += 1
        key = f"note{self.used[kind]}" if kind == "footnote" else f"{kind}-{self.used[kind]}"
        parent = self.root if not self.headings or kind in ("notice", "footnote") else self.headings[-1]
        self._add(parent, Node(kind, f"{self.id}/{key}", label, heading=heading, text=text))

    def _annex_line(self, line: str) -> None:
        opens = self.annex is None or (not self.block and is_annex(line))
        if opens:
            self.close()
            self.headings = []
            self.used["annex"] += 1
            titled = "\t" not in line
            name = ANNEX_NAME.match(line)
            label = bare(name[0] if name else line).rstrip("：:")[:60] if titled else "附件"
            self.annex = self._add(self.root, Node("annex", f"{self.id}/annex{self.used['annex']}", label, heading=line if titled else ""))
            if titled:
                return
        assert self.annex is not None
        kind, letter, word = ("row", "r", "行") if "\t" in line else ("paragraph", "p", "段")
        count = self.annex.count(kind) + 1
        above = self.annex.node
        self._add(self.annex, Node(kind, f"{above.address}/{letter}{count}", f"{above.label}第{to_chinese(count)}{word}", text=line))
