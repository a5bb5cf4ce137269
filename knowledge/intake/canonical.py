"""Write every unit the one way in which the library keeps it: 第一条 + one space + text, 第一章 + one space + words.

Only white space changes. Spaced-out headings (总　　则) are closed up, as in every text of the library.
"""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.intake.block import TEXT
from knowledge.intake.lines import Line, Log
from knowledge.printed import (
    ARTICLE,
    ARTICLE_HEADING,
    END,
    SPACE,
    SUPPLEMENT,
    UNSPACED_ARTICLE,
    bare,
    heading_match,
    item_mark,
    number,
)
from knowledge.statute import articles_have_names

_SPREAD = re.compile(rf"(?<=[\u4e00-\u9fff]){SPACE}+(?=[\u4e00-\u9fff])")
_REFERS = re.compile(r"^(?:的|规定|第|、|，|款(?!项)|项(?!目))")
"""What stands behind 第五条 in a reference and never at the beginning of an article."""
_MAY_REFER = re.compile(r"^(?:所|中|和|与|或|至|以及|及|之)")
"""What stands behind it in a reference (第五条所列, 第五条中的) and at the beginning of an article (第五条所有权, 第五条中国公民)."""


def canonical(lines: list[Line], log: Log) -> list[Line]:
    """The lines with markers and headings in their one form; a marker that stands alone takes the line below it."""
    return _take_next([_close_up(line, log) for line in lines])


def part_articles(lines: list[Line], log: Log) -> list[Line]:
    """Part the marker of an article from its text where nothing stands between them and the numbers run on."""
    spaced = sum(bool(ARTICLE.match(line.text)) for line in lines)
    out: list[Line] = []
    last, last_inserted, added, doubtful = 0, 0, 0, []
    for line in lines:
        match = ARTICLE.match(line.text)
        loose = None if match or line.kind != TEXT else UNSPACED_ARTICLE.match(line.text)
        try:
            ended = not out or bool(END.search(out[-1].text) or heading_match(out[-1].text))
            if loose and not _REFERS.match(loose[5]) and (ended or not _MAY_REFER.match(loose[5])):
                value, inserted = number(loose[2]), number(loose[3]) if loose[3] else 0
                follows = (value, inserted) in ((last + 1, 0), (last, last_inserted + 1))
                if follows or (not spaced and last < value <= last + 10):
                    added += 1
                    if spaced > added * 4:
                        doubtful.append(loose[1])
                    line = replace(line, text=f"{loose[1]} {loose[5]}")
                    match = ARTICLE.match(line.text)
            if match:
                last, last_inserted = number(match[2]), number(match[3]) if match[3] else 0
        except ValueError:
            pass
        out.append(line)
    if doubtful and spaced > added * 4:
        log.doubts.append(f"{'、'.join(doubtful[:5])}与正文之间没有空格（别的条都有），按条文收录，请核对是不是引用")
    return out


def _close_up(line: Line, log: Log) -> Line:
    if line.kind != TEXT:
        return line
    text = line.text
    if match := heading_match(text):
        words = _SPREAD.sub("", match[5].strip()) if _spread_out(match[5]) else re.sub(rf"{SPACE}+", " ", match[5].strip())
        text = f"{bare(match[1])} {words}".strip()
    elif SUPPLEMENT.match(text):
        text = bare(text)
    elif match := ARTICLE.match(text):
        colon = "：" if "：" in match[4] else ":" if ":" in match[4] else ""
        text = f"{bare(match[1]).rstrip('：:')}{colon} {match[5].strip()}".strip()
    elif mark := item_mark(text):
        text = _item_marker(mark.marker) + mark.text.lstrip()
    log.spaces += text != line.text
    return replace(line, text=text)


def _spread_out(words: str) -> bool:
    """Is 总　　则 a word pulled apart for print, and not several words? True when white space parts single characters."""
    return all(len(piece) == 1 for piece in words.split()) or len(bare(words)) <= 3


def _item_marker(marker: str) -> str:
    closed = bare(marker)
    return closed + (" " if re.fullmatch(r"\d+[.、]", closed) and marker.rstrip() != marker else "")


def _take_next(lines: list[Line]) -> list[Line]:
    """Join 第一条 or 第一章 that stands alone on its line with what stands below it, and an article's printed name with its text."""
    named = articles_have_names([line.text for line in lines])
    out: list[Line] = []
    for line in lines:
        above = out[-1] if out else None
        if above is None or above.kind != TEXT or line.kind != TEXT or heading_match(line.text) or ARTICLE.match(line.text):
            out.append(line)
            continue
        article, heading = ARTICLE.match(above.text), heading_match(above.text)
        if article and not article[5]:
            out[-1] = replace(above, text=f"{above.text} {line.text}")
        elif named and article and (name := ARTICLE_HEADING.match(article[5])) and name.end() == len(article[5]) and not item_mark(line.text):
            out[-1] = replace(above, text=above.text + line.text)
        elif heading and not heading[5] and len(line.text) <= 40 and not END.search(line.text):
            words = _SPREAD.sub("", line.text) if _spread_out(line.text) else line.text
            out[-1] = replace(above, text=f"{above.text} {words}")
        else:
            out.append(line)
    return out
