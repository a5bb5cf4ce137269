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
        untitled = len(annexes) == 1 and len(annexes[0]) <= 3 and not is_annex(annexes[0][0].text)
        if not annexes or (opens and not untitled):
            annexes.append([])
        annexes[-1].append(line)
    return lines[:start], annexes


def _first(lines: list[Line], articles: list[int], log: Log) -> int | None:
    restart = _restart(lines, articles)
    if restart is not None and not is_annex(lines[restart].text):
        log.doubts.append(f"条号从头重新编起，从“{lines[restart].text[:20]}”起按附件收录；如果是另一部法规，请另存为一个文件再导入")
    end = restart if restart is not None else len(lines)
    last = max(n for n in articles if n < end)
    for n in range(last + 1, end):
        line = lines[n]
        if line.kind != TEXT:
            log.doubts.append("最后一条之后有表格，按附件收录")
            return n
        if is_annex(line.text):
            return n
        goes_on = not END.search(lines[n - 1].text)  # a wrapped line
        if not END.search(line.text) and not goes_on and not item_mark(line.text) and len(line.text) <= 40:
            if not any(is_annex(after.text) for after in lines[n + 1 : n + 4]):
                log.doubts.append(f"最后一条之后的“{line.text[:20]}”起不是条文，按附件收录")
            return n
    return restart


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
            while start - 1 > 0 and not ARTICLE.match(lines[start - 1].text) and not END.search(lines[start - 1].text):
                start -= 1
            annex = next((k for k in range(n - 1, max(n - 12, 0), -1) if is_annex(lines[k].text)), None)
            return start if annex is None else min(start, annex)
        seen = max(seen, value)
    return None
