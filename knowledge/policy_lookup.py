"""Find the printed section of a policy document that a person names: （八）, 专栏8, 第五章第一节, 一、（三）, 第二部分."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from knowledge.numerals import NUMERAL, to_chinese, to_int

if TYPE_CHECKING:
    from knowledge.library import DocumentVersion, Library
    from knowledge.lookup import Found, Missing

_BOX = re.compile(rf"专栏\s*({NUMERAL})")
_CHAPTER = re.compile(rf"第?\s*({NUMERAL})\s*章(?:[，,的]?\s*第?\s*({NUMERAL})\s*节)?")
_PART = re.compile(rf"第\s*({NUMERAL})\s*(?:部分|大点|大部分)|({NUMERAL})\s*、")
_SUB = re.compile(rf"[（(]\s*({NUMERAL})\s*[）)]|第\s*({NUMERAL})\s*(?:小节|点|条)")


def box_number(text: str) -> int | None:
    """2 for 专栏2; None where no box is named."""
    match = _BOX.search(text)
    return to_int(match[1]) if match else None


def addresses(document_id: str, text: str) -> tuple[list[str], str]:
    """Addresses that the words may mean, best first, and the place as printed; ([], '') when no place is named."""
    if (number := box_number(text)) is not None:
        return [f"{document_id}/box{number}"], f"专栏{number}"
    if match := _CHAPTER.search(text):
        chapter, section = to_int(match[1]), to_int(match[2]) if match[2] else None
        below = f"/s{section}" if section else ""
        printed = f"第{to_chinese(chapter)}章" + (f"第{to_chinese(section)}节" if section else "")
        return [f"{document_id}/c{chapter}{below}"], printed
    part, sub = _PART.search(text), _SUB.search(text)
    if sub:
        number = to_int(sub[1] or sub[2])
        printed = f"（{to_chinese(number)}）"
        if part:
            above = to_int(part[1] or part[2])
            return [f"{document_id}/{above}/{number}"], f"{to_chinese(above)}、{printed}"
        return [f"{document_id}/s{number}"], printed
    if part:
        number = to_int(part[1] or part[2])
        return [f"{document_id}/{number}", f"{document_id}/c{number}"], f"{to_chinese(number)}、"
    return [], ""


def find_section(library: Library, document: DocumentVersion, text: str, on: datetime.date | None = None) -> Found | Missing | None:
    """The section named in normalised `text`, or why it is not there; None when no place is named."""
    from knowledge.lookup import Found, Missing

    candidates, printed = addresses(document.id, text)
    if not candidates:
        return None
    for address in candidates:
        provision = library.provision(address, on)
        if provision is not None:
            return Found(document, (provision,), provision.section or printed)
    # （三） where the numbering starts again in every part: all of them
    tail = candidates[0].split("/")[-1].removeprefix("s")
    again = [p for p in library.provisions_of(document.id, "subsection", on) if p.address.split("/")[-1] == tail and printed.startswith("（")]
    if again:
        return Found(document, tuple(again), printed)
    boxes = [p.section for p in library.provisions_of(document.id, "box", on) if p.section]
    box = box_number(printed)
    if box is not None and box < max((box_number(held) or 0 for held in boxes), default=0):
        explanation = f"《{document.title.strip('《》')}》的{printed}，本库收录的文本里缺，看不到它的内容。收录的专栏是：{'、'.join(boxes)}。"
        return Missing("not_held", f"本库的文本缺{printed}", explanation, document)
    have = [p.section for kind in ("chapter", "section", "box") for p in library.provisions_of(document.id, kind, on) if p.section]
    listing = "、".join(dict.fromkeys(have))
    return Missing(
        "no_such_provision",
        f"《{document.short_title.strip('《》')}》没有{printed}",
        f"《{document.title.strip('《》')}》没有{printed}。它的各部分是：{listing}。",
        document,
    )
