"""Answers that show provisions asked for by number."""

from __future__ import annotations

from dataclasses import replace

from actions.answer import Answer, Suggestion, cite
from knowledge.library import Library, Provision
from knowledge.lookup import MOST, Found, Missing, Result, WhichLaw

_NEXT_STEP = "可以到国家法律法规数据库（flk.npc.gov.cn）查阅，或拨打知识产权维权援助热线12330。"


def show(library: Library, result: Result) -> Answer:
    """The answer for one look-up result."""
    if isinstance(result, WhichLaw):
        return which_law(result)
    if isinstance(result, Missing):
        return missing(library, result)
    return found(library, result)


def article_text(library: Library, here: Provision) -> Answer:
    """The whole article that a provision stands in; the subject of the conversation stays."""
    article = library.provision(here.article_address) or here
    answer = found(library, Found(article.document, (article,), article.label))
    return replace(answer, slots={name: value for name, value in answer.slots.items() if name != "topic"})


def found(library: Library, result: Found) -> Answer:
    """The provisions, letter for letter, with what they refer to and their neighbours."""
    first = result.provisions[0]
    several = len(result.provisions) > 1
    title = f"《{result.document.title.strip('《》')}》{result.asked}" if several else first.full_label
    summary = _overview(result) if several else first.full_text
    sections = () if several else _references(library, first)
    return Answer(
        "provision",
        title,
        summary,
        citations=tuple(cite(p) for p in result.provisions),
        sections=sections,
        suggestions=() if several else _around(library, first),
        slots={"provision": first.address, "law": result.document.id, "topic": None},
    )


def _overview(result: Found) -> str:
    names = "、".join(p.label for p in result.provisions)
    cut = f"只列出前{MOST}条。" if result.cut else ""
    return f"{result.asked}共有{len(result.provisions)}条：{names}。{cut}" if not result.cut else f"{cut}{names}。"


def _references(library: Library, provision: Provision) -> tuple[tuple[str, tuple[str, ...]], ...]:
    out = []
    for row in library.references_from(provision.address):
        target = library.provision(row.target) if row.held and row.target else None
        out.append(f"{row.printed} → {target.full_label}" if target else f"{row.printed} → 本库没有收录")
    into = []
    for row in library.references_to(provision.address):
        source = library.provision(row.source)
        if source:
            into.append(f"{source.full_label}（“{row.printed}”）")
    return (("本条提到", tuple(dict.fromkeys(out))), ("提到本条的", tuple(dict.fromkeys(into))))


def _around(library: Library, provision: Provision) -> tuple[Suggestion, ...]:
    article = library.provision(provision.article_address)
    if article is None or article.kind != "article":
        return ()
    suggestions = []
    if provision.address != article.address:
        suggestions.append(article)
    for step in (-1, 1):
        neighbour = library.neighbour(article.address, step)
        if neighbour:
            suggestions.append(neighbour)
    return tuple(Suggestion(f"{p.document.short_title}{p.label}", f"{p.document.short_title}{p.label}") for p in suggestions)


def which_law(result: WhichLaw) -> Answer:
    """Ask which law is meant."""
    asked = result.asked
    if not result.candidates:
        return Answer("refuse", f"没有{asked}", f"本库收录的各部法律都没有{asked}。", reason="no_such_provision")
    names = "、".join(f"《{d.short_title}》" for d in result.candidates)
    return Answer(
        "clarify",
        f"哪一部法律的{asked}？" if result.candidates[0].kind == "statute" else f"哪一份文件的{asked}？",
        f"{names}都有{asked}，请说明是哪一部。" if result.candidates[0].kind == "statute" else f"{names}都有编号的专栏，请说明是哪一份的{asked}。",
        suggestions=tuple(Suggestion(f"{d.short_title}{asked}", f"{d.short_title}{asked}") for d in result.candidates),
        slots={"pending": {"which_law": asked}},
    )


def missing(library: Library, result: Missing) -> Answer:
    """Refuse with the reason: no such provision, or a law that is not held."""
    suggestions: tuple[Suggestion, ...] = ()
    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()
    slots = {}
    if result.document is not None:
        slots = {"law": result.document.id, "topic": None, "provision": None}
        articles = library.provisions_of(result.document.id, "article")
        if articles:
            last = articles[-1]
            suggestions = (Suggestion(f"{result.document.short_title}{last.label}", f"{result.document.short_title}{last.label}"),)
    else:
        sections = (("可以怎么做", (_NEXT_STEP,)),)
    return Answer("refuse", result.title, result.explanation, reason=result.reason, suggestions=suggestions, sections=sections, slots=slots)


def held_list(library: Library) -> str:
    """《专利法》、《著作权法》 …: what the library holds."""
    return "、".join(f"《{d.short_title}》" for d in library.documents())
