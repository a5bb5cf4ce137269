"""From printed paragraphs to lines that each hold one unit: page numbers out, units on one line parted, wrapped lines joined."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from knowledge.intake.block import BLANK, FOOTNOTE, TEXT, Block
from knowledge.printed import ARTICLE, CONTENTS, END, NUMBER, SPACE, SUPPLEMENT, bare, heading_match, is_annex, item_mark, number

_PAGE = re.compile(r"^(?:[-—–·•]+\s*\d{1,4}\s*[-—–·•]+|第\s*\d+\s*页.{0,12}|\d+\s*/\s*\d+)$")
_DIGITS = re.compile(r"^\d{1,4}$")
_WEB = re.compile(
    r"^(?:(?:[【\[]?(?:打印(?:本页)?|关闭(?:窗口)?|字体|字号|大|中|小|返回顶部|分享到?|扫一扫|下载|首页)[】\]|｜:：/、 \u3000]*){2,}"
    r"|.{0,20}(?:责任编辑|浏览次数|阅读次数)[:：].{0,20})$"
)
_WEB_ABOVE = re.compile(r"^正\s*文[:：]?$|^(?:来源|信息来源|发布时间|发布日期|发布机构|编辑|作者|索引号|文章来源)[:：].{0,60}$")
_INSIDE = re.compile(rf"第{SPACE}*({NUMBER}){SPACE}*(分编|编|章|节|条)(?:{SPACE}*之{SPACE}*({NUMBER}))?(?={SPACE})")
_INSIDE_UNSPACED = re.compile(rf"(?<=[。；！？])()第({NUMBER})(条)(?:之({NUMBER}))?(?![之的规第款项、，和与或至以及所中条])")
_INLINE_ITEM = re.compile(r"(?<=[：:；;。])[ \u3000]*[（(]([一二三四五六七八九十]{1,3})[）)]")
_DIGIT_SPACE = re.compile(r"(?<=\d) +(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff]) +(?=\d)(?!\d{4}年)")
"""Spaces beside digits (2035 年), except the one that parts two events of a history (通过 2001年)."""
_NEARLY = 0.7  # of the page's width: a wrapped line is about as long, words and punctuation are not parted
_OPENERS, _CLOSERS = "（(《〈“‘【「『", "）)》〉”’】」』"


@dataclass(frozen=True)
class Line:
    """One line. gap: an empty line stands before it; indented, soft, kind: as in Block."""

    text: str
    kind: str = TEXT
    gap: bool = False
    indented: bool = False
    soft: bool = False


@dataclass
class Log:
    """What was done to the text and what a person should look at. `removed`: printed lines that were left out, with the reason."""

    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    spaces: int = 0


def to_lines(blocks: Iterable[Block], log: Log) -> list[Line]:
    """The lines of a file in printed order; page numbers and what web pages print around a text are taken out and logged."""
    lines: list[Line] = []
    gap = False
    blocks = list(blocks)
    articles = [n for n, block in enumerate(blocks) if ARTICLE.match(block.text.strip())] or [len(blocks)]
    for n, block in enumerate(blocks):
        text = block.text.strip()
        if block.kind == BLANK or not text:
            gap = True
            continue
        if block.kind == FOOTNOTE:
            continue
        page = _PAGE.match(text) or (n < articles[-1] and _DIGITS.match(text))
        web = _WEB.match(text) or (n < articles[0] and _WEB_ABOVE.match(text))
        reason = "页码" if page else "网页栏目" if web else ""
        if block.kind == TEXT and reason:
            log.removed.append((text, reason))
            continue
        if block.kind == TEXT:
            text, count = _DIGIT_SPACE.subn("", text)
            log.spaces += count
        lines.append(Line(text, block.kind, gap, block.indented, block.soft))
        gap = False
    return lines


# several units on one line


def part_units(lines: list[Line], log: Log) -> list[Line]:
    """Begin a new line at every heading, article and （一） that stands inside a line and continues the count."""
    counter = _Counter()
    unspaced = not any(match[2] == "条" for line in lines for match in _INSIDE.finditer(line.text))
    out: list[Line] = []
    units = items = 0
    for line in lines:
        if line.kind != TEXT:
            out.append(line)
            continue
        pieces = _pieces(line.text, counter, unspaced)
        units += len(pieces) - 1
        for n, piece in enumerate(pieces):
            parts = _inline_items(piece)
            items += len(parts) - 1
            out += [replace(line, text=part, gap=line.gap and n == 0 and k == 0) for k, part in enumerate(parts)]
    if units:
        log.notes.append(f"{units}处连排的章、条已分行")
    if items:
        log.notes.append(f"{items}处连排的项已分行")
    return out


class _Counter:
    """The last number of each unit, to tell the next article from a reference."""

    def __init__(self) -> None:
        self.last: dict[str, tuple[int, int]] = {}

    def expects(self, unit: str, value: int, inserted: int) -> bool:
        last, last_inserted = self.last.get(unit, (0, 0))
        if unit != "条":
            return value in (last + 1, 1)
        return (value, inserted) in ((last + 1, 0), (last, last_inserted + 1))

    def read(self, unit: str, value: int, inserted: int) -> None:
        self.last[unit] = (value, inserted)


def _pieces(text: str, counter: _Counter, unspaced: bool) -> list[str]:
    start, cuts = 0, [0]
    pattern = _INSIDE_UNSPACED if unspaced else _INSIDE
    for match in pattern.finditer(text):
        value, unit, inserted = match.groups()[-3:]
        try:
            key = (number(value), number(inserted) if inserted else 0)
        except ValueError:
            continue
        before = text[start : match.start()].rstrip(" \u3000\t")
        if match.start() == 0:
            counter.read(unit, *key)
            continue
        opens = bool(END.search(before)) or _heads(before) or (key == (1, 0) and before.endswith(("）", ")")))
        if opens and counter.expects(unit, *key):
            counter.read(unit, *key)
            cuts.append(match.start())
            start = match.start()
    return [text[a:b].strip() for a, b in zip(cuts, [*cuts[1:], len(text)])]


def _heads(text: str) -> bool:
    return bool(heading_match(text) or SUPPLEMENT.match(text) or CONTENTS.match(text)) and len(bare(text)) > 1


def _inline_items(text: str) -> list[str]:
    """The pieces of 下列情形：（一）…；（二）…。 where the numbers run from one and a list is introduced; else the text as it is."""
    cuts, expected = [0], 1
    for match in _INLINE_ITEM.finditer(text):
        if number(match[1]) != expected or (expected == 1 and text[match.start() - 1] not in "：:"):
            continue
        cuts.append(match.end() - len(match[0].lstrip(" \u3000")))
        expected += 1
    if expected <= 2:
        return [text]
    return [text[a:b].strip() for a, b in zip(cuts, [*cuts[1:], len(text)])]


# wrapped lines


def join_wrapped(lines: list[Line], log: Log) -> list[Line]:
    """Join the lines of one unit. A file whose lines are cut at the page's width is recognised by how often a full line breaks off."""
    full = _page_width(lines) * _NEARLY
    pairs = [(a.text, b.text) for a, b in zip(lines, lines[1:]) if a.kind == b.kind == TEXT]
    broken = sum(len(above) >= full and _breaks_off(above) and not _begins(below) for above, below in pairs)
    wrapped = broken >= 4 and broken * 8 >= len(lines)
    by_indent = wrapped and _indent_tells(lines)
    width = max((len(line.text) for line in lines), default=0)
    out: list[Line] = []
    joined = tail = 0
    for line in lines:
        above = out[-1] if out else None
        if above is not None and above.kind == line.kind == TEXT and _continues(above, line, wrapped, by_indent):
            out[-1] = replace(above, text=above.text + _glue(above.text, line.text) + line.text)
            joined += 1
        else:
            if wrapped and not by_indent and not line.gap and tail >= width - 1 and above and END.search(above.text) and not _begins(line.text):
                log.doubts.append(f"一行恰好排满并以句号结束，看不出下一行是否另起一款：“{line.text[:20]}…”")
            out.append(line)
        tail = len(line.text)
    if joined:
        log.notes.append(f"{joined}处断行已接合" + ("（原文按页宽折行）" if wrapped else ""))
    return out


def _page_width(lines: list[Line]) -> int:
    """The length that one line in twenty reaches: of wrapped text the width of the page, of any other that of a long paragraph."""
    return sorted((len(line.text) for line in lines), reverse=True)[len(lines) // 20] if lines else 0


def _breaks_off(text: str) -> bool:
    return not (END.search(text) or heading_match(text) or SUPPLEMENT.match(text) or is_annex(text) or ARTICLE.match(text + " ") and len(text) < 12)


def _begins(text: str) -> bool:
    return bool(heading_match(text) or ARTICLE.match(text) or item_mark(text) or SUPPLEMENT.match(text) or is_annex(text))


def _indent_tells(lines: list[Line]) -> bool:
    """Are the first lines of paragraphs indented and the others not?"""
    indented = sum(line.indented for line in lines)
    return len(lines) // 20 < indented < len(lines) * 4 // 5 and sum(_begins(line.text) and line.indented for line in lines) * 2 > indented


def _continues(above: Line, line: Line, wrapped: bool, by_indent: bool) -> bool:
    if _begins(line.text) and not (wrapped and _false_item(above.text, line.text)):
        return False
    if not _breaks_off(above.text):
        return by_indent and not line.indented and not line.gap and bool(END.search(above.text))
    if by_indent:
        return not line.indented
    return wrapped or line.soft or above.text[-1] in "，、,—" or _open_bracket(above.text)


def _false_item(above: str, text: str) -> bool:
    """（一）项 at the beginning of a line that goes on from …第."""
    mark = item_mark(text)
    return mark is not None and not END.search(above) and (above.endswith(("第", "前款")) or mark.text[:1] in ("项", "款", "目", "至"))


def _open_bracket(text: str) -> bool:
    return any(text.count(o) > text.count(c) for o, c in zip(_OPENERS, _CLOSERS))


def _glue(above: str, below: str) -> str:
    """A space between two words of Latin letters; none within a number."""
    return " " if re.search(r"[A-Za-z]$", above) and re.match(r"[A-Za-z]", below) else ""
