"""Where the annexes begin: 附件一, 附表, or what stands behind the last article without being a sentence of it."""

from __future__ import annotations

from knowledge.intake.block import TEXT
from knowledge.intake.lines import Line, Log
from knowledge.printed import ARTICLE, END, is_annex, item_mark, number


def split_annexes(lines: list[Line], log: Log) -> tuple[list[Line], list[list[Line]]]:
    """(body, annexes): each annex a list of lines, its heading first.

    An annex opens with its printed word (附件一, 附表：), or where the articles begin again at the first, or, behind the last article, with a
    line that is no sentence.
    """
    articles = [n for n, line in enumerate(lines) if line.kind == TEXT and ARTICLE.match(line.text)]
    if not articles:
        return lines, []
    start = _first(lines, articles, log)
    if start is None:
        return lines, []
    annexes: list[list[Line]] = []
    for line in lines[start:]:
        opens = line.kind == TEXT and is_annex(line.text)
        if opens or not annexes:
            annexes.append([])
        annexes[-1].append(line)
    return lines[:start], annexes


def _first(lines: list[Line], articles: list[int], log: Log) -> int | None:
    restart = _restart(lines, articles)
    limit = restart if restart is not None else len(lines)
    for n in range(articles[0] + 1, limit):
        if lines[n].kind == TEXT and is_annex(lines[n].text):
            return n
    if restart is not None:
        log.doubts.append(f"条号从头重新编起，从“{lines[restart].text[:20]}”起按附件收录")
        return restart
    for n in range(articles[-1] + 1, len(lines)):
        line = lines[n]
        if line.kind != TEXT:
            log.doubts.append("最后一条之后有表格，按附件收录")
            return n
        if not END.search(line.text) and not item_mark(line.text) and len(line.text) <= 40:
            log.doubts.append(f"最后一条之后的“{line.text[:20]}”起不是条文，按附件收录")
            return n
    return None


def _restart(lines: list[Line], articles: list[int]) -> int | None:
    """The line at which another text begins inside this one: above an 第一条 that follows a higher number."""
    seen = 0
    for n in articles:
        match = ARTICLE.match(lines[n].text)
        assert match is not None
        try:
            value = number(match[2])
        except ValueError:
            continue
        if value == 1 and seen > 2:
            start = n
            while start - 1 > 0 and not END.search(lines[start - 1].text) and not ARTICLE.match(lines[start - 1].text):
                start -= 1
            return start
        seen = max(seen, value)
    return None
