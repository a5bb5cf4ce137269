"""The table of contents: found, left out of the text, and compared with the headings that follow it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.intake.lines import Line, Log
from knowledge.numerals import to_chinese
from knowledge.printed import ARTICLE, CONTENTS, END, PROLOGUE, SUPPLEMENT, bare, heading_match, is_annex, number

_LEADER = re.compile(r"(?:[\s.．·…‥⋯_-]{2,}|[\t\u3000 ])[（(]?\d{1,4}[）)]?$|[.．·…‥⋯_]{2,}$")
Entry = tuple[str, int, str]
"""Unit (编, 章 …; '' without number), number, words without spaces."""


def entry(text: str) -> Entry | None:
    """A heading as an entry to compare: 第一章　总　则……1 -> (章, 1, 总则). None when the line is no heading."""
    text = _LEADER.sub("", text.strip()).strip()
    if match := heading_match(text):
        return bare(match[3]), number(match[2]), bare(match[5])
    if SUPPLEMENT.match(text) or PROLOGUE.match(text):
        return "", 0, bare(text)
    return None


def take_out(lines: list[Line], log: Log) -> tuple[list[Line], list[Line]]:
    """(contents, the rest). `lines` begin with the contents or with the first heading of the body."""
    marked = bool(lines) and bool(CONTENTS.match(lines[0].text))
    first_article = next((n for n, line in enumerate(lines) if ARTICLE.match(line.text)), len(lines))
    entries = [(n, found) for n, line in enumerate(lines) if n < first_article and (found := entry(line.text))]
    start = _second_round(entries)
    if start is None:
        if not marked:
            return [], lines
        if entries and first_article < len(lines):
            start = _chain_before(lines, entries, first_article)
        else:
            start = 1
        log.doubts.append("有目录，但正文里没有同样的标题，请核对章节")
    while start > 1 and _is_preamble(lines[start - 1].text):
        start -= 1
    contents, rest = lines[:start], lines[start:]
    _compare([e for line in contents if (e := entry(line.text))], [e for line in rest if (e := entry(line.text))], log)
    return contents, rest


def _is_preamble(text: str) -> bool:
    """A sentence between the contents and the first heading: it belongs to the body."""
    return bool(END.search(text)) and entry(text) is None and not _LEADER.search(text)


def _second_round(entries: Sequence[tuple[int, Entry]]) -> int | None:
    """Index of the line at which the headings begin again."""
    if not entries:
        return None
    first = entries[0][1]
    return next((n for n, found in entries[1:] if found[:2] == first[:2] and (found[0] or found[2] == first[2])), None)


def _chain_before(lines: list[Line], entries: Sequence[tuple[int, Entry]], first_article: int) -> int:
    """Start of the unbroken run of headings that ends right above the first article: one of each unit."""
    start, units = first_article, set()
    for n, found in reversed(entries):
        if n != start - 1 or found[0] in units:
            break
        units.add(found[0])
        start = n
    return max(start, 1)


def _compare(contents: list[Entry], body: list[Entry], log: Log) -> None:
    body = [e for e in body if e[0] != "条"]
    if not contents:
        return
    missing = [e for e in contents if e not in body]
    extra = [e for e in body if e not in contents and e[0] in {c[0] for c in contents}]
    if contents == body or (not missing and not extra):
        log.notes.append(f"目录{len(contents)}项已略去，与正文标题一致")
        return
    if missing:
        log.doubts.append("目录里有而正文里没有：" + "、".join(map(_print, missing[:8])))
    if extra:
        log.doubts.append("正文里有而目录里没有：" + "、".join(map(_print, extra[:8])))


def _print(found: Entry) -> str:
    unit, value, words = found
    return (f"第{to_chinese(value)}{unit} " if unit else "") + words


def opens_body(line: Line) -> bool:
    """Can the body, or the contents before it, begin with this line?"""
    text = line.text
    return bool(CONTENTS.match(text) or entry(text) or ARTICLE.match(text)) and not is_annex(text)
