"""Answer 'what does X say' for provisions asked for by number or printed section.

A request becomes a `Found` (provisions, in order) or a `Missing` with the reason it is not there, never a guess.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from knowledge.citation import Citation, parse_locator
from knowledge.library import DocumentVersion, Library, Provision
from knowledge.names import Named
from knowledge.numerals import to_chinese
from knowledge.policy_lookup import box_number, find_section

MOST = 30
"""Provisions shown at once; a longer range is cut and says so."""


@dataclass(frozen=True)
class Found:
    """The provisions asked for. `asked` is the citation as understood, for display."""

    document: DocumentVersion
    provisions: tuple[Provision, ...]
    asked: str
    cut: bool = False


@dataclass(frozen=True)
class Missing:
    """Why there is nothing to show. reason: no_such_provision or not_held; `explanation` is for the person, in Chinese."""

    reason: str
    title: str
    explanation: str
    document: DocumentVersion | None = None


@dataclass(frozen=True)
class WhichLaw:
    """A place was named without its law; `candidates` are the held laws that have it."""

    asked: str
    candidates: tuple[DocumentVersion, ...]


Result = Found | Missing | WhichLaw


def look_up(library: Library, text: str, named: list[Named], document_id: str | None = None, on: datetime.date | None = None) -> list[Result]:
    """Everything that normalised `text` asks for by number, in order; empty when it names no place.

    `named`: documents found in the text. `document_id`: the law the conversation is about, used when the text names none.
    """
    results: list[Result] = []
    places = parse_locator(text)
    held = [n for n in named if n.id]
    missing = [n for n in named if not n.id]
    if missing and places and not held:
        return [Missing("not_held", f"《{missing[0].title}》", f"《{missing[0].title}》没有收录在本库里，无法给出它的条文。")]
    target = held[0].id if held else document_id
    document = library.document(target, on) if target else None
    if document is not None and document.kind == "policy":
        section = find_section(library, document, text, on)
        return [section] if section else []
    for place in places:
        results.append(_one(library, place, document, on))
    if not places and not held and (box := box_number(text)) is not None:
        return [WhichLaw(f"专栏{box}", tuple(d for d in library.documents(on) if d.kind == "policy" and library.provisions_of(d.id, "box", on)))]
    return results


def _one(library: Library, place: Citation, document: DocumentVersion | None, on: datetime.date | None) -> Result:
    if document is None:
        laws = [d for d in library.documents(on) if d.kind == "statute"]
        having = tuple(d for d in laws if not isinstance(resolve(library, d, place, on), Missing))
        return WhichLaw(str(place), having)
    return resolve(library, document, place, on)


def resolve(library: Library, document: DocumentVersion, place: Citation, on: datetime.date | None = None) -> Found | Missing:
    """The provisions of one law that a citation names, or why there are none."""
    count = library.article_count(document.id, on)
    if place.from_end is not None:
        articles = library.provisions_of(document.id, "article", on)
        if place.from_end > len(articles):
            return _no_article(document, count, str(place))
        return Found(document, (articles[-place.from_end],), articles[-place.from_end].label)
    if place.to_article is not None and place.article is not None:
        articles = [a for a in library.provisions_of(document.id, "article", on) if a.article and place.article <= a.article <= place.to_article]
        if not articles or place.to_article > last_article(library, document, on):
            return _no_article(document, count, f"第{to_chinese(place.to_article)}条")
        return Found(document, tuple(articles[:MOST]), str(place), cut=len(articles) > MOST)
    if place.article is None:
        return _heading(library, document, place, on)
    provision = library.provision(f"{document.id}/{place.path}", on)
    if provision is None and place.item is not None and place.paragraph is None:
        provision = _item_in_any_paragraph(library, document, place, on)
    if provision is not None:
        return Found(document, (provision,), str(place))
    return _why_missing(library, document, place, count, on)


def last_article(library: Library, document: DocumentVersion, on: datetime.date | None = None) -> int:
    """The highest article number; inserted articles (之一) do not count, so that it is not the number of articles."""
    return max((a.article or 0 for a in library.provisions_of(document.id, "article", on)), default=0)


def _item_in_any_paragraph(library: Library, document: DocumentVersion, place: Citation, on: datetime.date | None) -> Provision | None:
    """第十一条第三项 where the items stand in the second paragraph."""
    for paragraph in library.children(f"{document.id}/{place.article}", on):
        found = library.provision(f"{paragraph.address}/{place.item}", on)
        if found:
            return found
    return None


def _heading(library: Library, document: DocumentVersion, place: Citation, on: datetime.date | None) -> Found | Missing:
    """The articles below a 编, 分编, 章 or 节; where the place fits several headings (第一章 of a law in 编), the person must say which."""
    wanted = place.path.split("/")
    kind = {"p": "part", "u": "subpart", "c": "chapter", "s": "section"}[wanted[-1][0]]
    headings = [h for h in library.provisions_of(document.id, kind, on) if _stands_in(h.address.split("/")[1:], wanted)]
    title = f"《{document.short_title}》没有{place}"
    if len(headings) == 1:
        articles = library.articles_below(headings[0].address, on)
        return Found(document, tuple(articles[:MOST]), f"{headings[0].label} {headings[0].heading}", cut=len(articles) > MOST)
    if headings:
        labels = "、".join(h.label for h in headings[:MOST])
        return Missing(
            "no_such_provision",
            f"《{document.short_title}》有几个{place}",
            f"《{document.title}》有几个{place}：{labels}。请说明是哪一个。",
            document,
        )
    above = (
        Citation(part=place.part, subpart=place.subpart, chapter=place.chapter) if place.section is not None and place.chapter is not None else None
    )
    if above is not None and isinstance(_heading(library, document, above, on), Missing):
        return _heading(library, document, above, on)
    if above is not None:
        chapter = next(h for h in library.provisions_of(document.id, "chapter", on) if _stands_in(h.address.split("/")[1:], above.path.split("/")))
        sections = [s for s in library.children(chapter.address, on) if s.kind == "section"]
        have = f"共{len(sections)}节" if sections else "不分节"
        return Missing("no_such_provision", title, f"《{document.title}》{chapter.label}“{chapter.heading}”{have}，没有{place}。", document)
    numbered = [h for h in library.provisions_of(document.id, kind, on) if h.marker]
    count, unit = len(numbered), {"part": "编", "subpart": "分编", "chapter": "章", "section": "节"}[kind]
    have = f"共{count}{unit}" if count else f"不分{unit}"
    return Missing("no_such_provision", title, f"《{document.title}》{have}，没有{place}。", document)


def _stands_in(steps: list[str], wanted: list[str]) -> bool:
    """Does the heading with the address steps p3/u2/c9 answer to p3/c9 (its own step last, the others above it)?"""
    return steps[-1] == wanted[-1] and all(step in steps for step in wanted)


def _no_article(document: DocumentVersion, count: int, asked: str) -> Missing:
    return Missing(
        "no_such_provision",
        f"《{document.short_title}》没有{asked}",
        f"《{document.title}》共{count}条，没有{asked}。",
        document,
    )


def _why_missing(library: Library, document: DocumentVersion, place: Citation, count: int, on: datetime.date | None) -> Missing:
    base = Citation(place.article, place.inserted)
    article = library.provision(f"{document.id}/{base.path}", on)
    if article is None:
        return _no_article(document, count, str(base))
    paragraphs = library.children(article.address, on)
    title = f"《{document.short_title}》没有{place}"
    if place.paragraph is not None and place.paragraph > len(paragraphs):
        return Missing("no_such_provision", title, f"《{document.title}》{base}共{len(paragraphs)}款，没有{place}。", document)
    paragraph = paragraphs[(place.paragraph or 1) - 1]
    items = library.children(paragraph.address, on)
    have = f"共{len(items)}项" if items else "没有分项"
    return Missing("no_such_provision", title, f"《{document.title}》{paragraph.label}{have}，没有{place}。", document)


__all__ = ["MOST", "Citation", "Found", "Missing", "Result", "WhichLaw", "look_up", "resolve"]
