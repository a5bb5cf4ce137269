"""Statutes that number their articles 一、二、三 instead of 第一条, 第二条 (many of the 1950s to 1980s, and later ones of the courts).

The numbers alone do not say whether a text is a statute in articles or a notice in points, so that a text is read in this way only when the
person who imports it says so (`--numbered`).
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.intake.block import TEXT
from knowledge.intake.lines import Line
from knowledge.intake.refusal import Refusal
from knowledge.printed import ARTICLE, is_annex, item_mark

FEWEST = 3
OPTION = "--numbered"


def numbered_lines(lines: Sequence[Line]) -> list[int]:
    """Indexes of the lines that open 一、二、三 …, counted from one without a gap, up to the annexes; empty when there are too few."""
    found: list[int] = []
    for index, line in enumerate(lines):
        if found and line.kind == TEXT and is_annex(line.text):
            break
        mark = item_mark(line.text) if line.kind == TEXT else None
        if mark and mark.style == "一、" and mark.number == len(found) + 1:
            found.append(index)
    return found if len(found) >= FEWEST else []


def split_numbered(lines: list[Line]) -> tuple[list[Line], list[Line], list[list[Line]]]:
    """(front, body, annexes) of a text in 一、二、三. Raises Refusal when it is none."""
    if any(ARTICLE.match(line.text) for line in lines):
        raise Refusal("正文用“第…条”编号", f"去掉 {OPTION} 再导入")
    opening = numbered_lines(lines)
    if not opening:
        raise Refusal(f"正文没有从“一、”起连续编到“三、”以上，不能用 {OPTION} 按编号收录")
    end = next((n for n in range(opening[-1] + 1, len(lines)) if lines[n].kind != TEXT or is_annex(lines[n].text)), len(lines))
    annexes: list[list[Line]] = []
    for line in lines[end:]:
        if not annexes or (line.kind == TEXT and is_annex(line.text)):
            annexes.append([])
        annexes[-1].append(line)
    return lines[: opening[0]], lines[opening[0] : end], annexes
