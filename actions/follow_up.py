"""`action_follow_up`: messages that mean something only after the turn before (上一条, 第二款呢, 第二个, 著作权法的)."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answer, Suggestion, cite, from_topic
from actions.context import context_of
from actions.elsewhere import moved
from actions.provisions import article_text, found, show
from actions.scope import examples, not_understood, scope
from actions.turn import Turn, send
from knowledge.citation import Citation, parse_locator, parse_lower
from knowledge.library import Library, Provision, default_library
from knowledge.lookup import Found, Missing, look_up, resolve
from knowledge.neighbours import BELOW, chapter_of, paragraph_of, section_of, step
from knowledge.numerals import NUMERAL, to_chinese, to_int
from knowledge.snapshot import snapshot

_HERE = re.compile(r"[这那本该此]一?[条节]")
_WAY = re.compile(r"上+|下+|前|后")
_UNIT = re.compile(r"专栏|部分|[条款项段节章]")


def answer_follow_up(library: Library, turn: Turn) -> Answer:
    """Dispatch on the act; every act has an answer even where nothing went before."""
    handler = {
        "neighbour": _neighbour,
        "lower": _lower,
        "same_number": _same_number,
        "verbatim": _verbatim,
        "which_law": _which_law,
        "choose": _choose,
    }.get(turn.act or "")
    answer = handler(library, turn) if handler else None
    return answer or not_understood(library)


def _ask_for_more(what: str) -> Answer:
    return Answer(
        "clarify", "您指的是哪一条？", f"我不知道{what}是相对哪一条说的，请说出法律名称和条号，比如“专利法第五十条”。", suggestions=examples()
    )


def _neighbour(library: Library, turn: Turn) -> Answer:
    address = turn.memory.get("provision")
    here = library.provision(address) if address else None
    unit = (_UNIT.search(turn.text) or ["条"])[0]
    statute = here is not None and here.document.kind == "statute"
    if here is None or (statute and here.article is None) or (unit in BELOW and here.kind != BELOW[unit]):
        return _ask_for_more(f"“上一{unit}”“下一{unit}”")
    way = _WAY.search(turn.text)
    by = (-1 if way and way[0][0] in "上前" else 1) * (len(way[0]) if way else 1)
    if statute and unit == "章":
        chapter = chapter_of(library, here)
        return show(library, resolve(library, here.document, Citation(chapter=chapter + by))) if chapter else _ask_for_more("“上一章”“下一章”")
    there = step(library, here, by, unit)
    if there is None:
        edge = "最前面" if by < 0 else "最后"
        return Answer("refuse", "没有了", f"《{here.document.title}》{here.label}已经是{edge}一{unit}。", reason="no_such_provision")
    return found(library, Found(there.document, (there,), there.label))


def _lower(library: Library, turn: Turn) -> Answer:
    address, place = turn.memory.get("provision"), parse_lower(_HERE.sub("", turn.text).replace("段", "款"))
    here = library.provision(address) if address else None
    if here is None or place is None:
        return _ask_for_more("“第几款”“第几项”")
    if here.document.kind == "policy":
        return _paragraph(library, here, place.paragraph or place.item or 0)
    if here.article is None:
        return _ask_for_more("“第几款”“第几项”")
    article = parse_locator(here.label)[0]
    paragraph = place.paragraph or (here.paragraph if place.item is not None else None)
    wanted = type(article)(article.article, article.inserted, paragraph, place.item)
    return show(library, resolve(library, here.document, wanted))


def _paragraph(library: Library, here: Provision, number: int) -> Answer:
    """A paragraph of the section of a policy document that is being read."""
    section, there = section_of(library, here), paragraph_of(library, here, number)
    if there is not None:
        return found(library, Found(there.document, (there,), there.label))
    place = (section or here).label or here.document.short_title
    return Answer("refuse", "没有这一段", f"《{here.document.title}》{place}没有第{to_chinese(number)}段。", reason="no_such_provision")


def _same_number(library: Library, turn: Turn) -> Answer:
    address = turn.memory.get("provision")
    here = library.provision(address) if address else None
    named = [n for n in snapshot(library).names.find(turn.text) if n.id]
    document = library.document(named[0].id) if named and named[0].id else None
    if here is None or here.article is None or document is None:
        return _ask_for_more("“同号的那条”")
    article = parse_locator(here.label)[0]
    return show(library, resolve(library, document, type(article)(article.article)))


def _verbatim(library: Library, turn: Turn) -> Answer:
    address = turn.memory.get("provision")
    here = library.provision(address) if address else None
    if here is None:
        return _ask_for_more("“原文”")
    return article_text(library, here)


def _which_law(library: Library, turn: Turn) -> Answer:
    named = snapshot(library).names.find(turn.text)
    pending = turn.memory.get("pending") or {}
    elsewhere = None if pending.get("which_law") else moved(library, turn, context_of(library, turn))
    if elsewhere is not None:
        return elsewhere
    if not named:
        return not_understood(library)
    if named[0].id is None:
        return show(library, Missing("not_held", f"《{named[0].title}》", f"《{named[0].title}》没有收录在本库里，无法给出它的内容。"))
    if pending.get("which_law"):
        results = look_up(library, pending["which_law"], named)
        if results:
            return show(library, results[0])
    return _contents(library, named[0].id)


def _contents(library: Library, document_id: str) -> Answer:
    """What a document is: its chapters or parts, to go on from."""
    document = library.document(document_id)
    assert document is not None
    parts = [p for kind in ("chapter", "section") for p in library.provisions_of(document_id, kind) if p.parent == document_id]
    count = library.article_count(document_id)
    size = f"共{count}条" if count else f"共{len(parts)}部分"
    adopted = f"{document.adopted.year}年{document.adopted.month}月{document.adopted.day}日"
    first = library.provisions_of(document_id, "article")[:1]
    return Answer(
        "provision",
        f"《{document.title.strip('《》')}》",
        f"本库收录的是{adopted}通过或最后修改的文本，{size}。想看哪一条，直接说条号就行。",
        citations=tuple(cite(p) for p in first),
        sections=(
            (
                "目录",
                tuple(f"{p.label if p.article is None and document.kind == 'statute' else ''} {p.heading or p.text[:30]}".strip() for p in parts),
            ),
        ),
        suggestions=tuple(Suggestion(f"{document.short_title}{p.label}", f"{document.short_title}{p.label}") for p in first),
        slots={"law": document_id, "provision": first[0].address if first else None},
    )


def chosen_number(text: str) -> int:
    """The number in 第二个 or 2; 0 when there is none."""
    match = re.search(NUMERAL, text)
    return to_int(match[0]) if match else 0


def _choose(library: Library, turn: Turn) -> Answer:
    choices = turn.memory.get("choices") or []
    number = chosen_number(turn.text)
    if not choices:
        return Answer("clarify", "没有可选的项目", "现在没有列出可选的项目，请直接把问题说出来。", suggestions=examples())
    if not 0 < number <= len(choices):
        options = tuple(Suggestion(c["title"], c["payload"]) for c in choices)
        return Answer("clarify", "没有这一项", f"只有{len(choices)}项可选，请重新选择。", suggestions=options)
    return answer_payload(library, turn, choices[number - 1]["payload"])


def answer_payload(library: Library, turn: Turn, payload: str) -> Answer:
    """The answer to one of our own suggestions: a topic's question or a citation."""
    topic = snapshot(library).by_question.get(payload)
    if topic is not None:
        return from_topic(library, topic)
    results = look_up(library, payload, snapshot(library).names.find(payload), turn.memory.get("law"))
    return show(library, results[0]) if results else not_understood(library)


class ActionFollowUp(Action):
    """Answers what follows from the turn before."""

    def name(self) -> str:
        return "action_follow_up"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn.of(tracker)
        return send(dispatcher, turn, answer_follow_up(default_library(), turn))


class ActionStartAgain(Action):
    """Forgets the conversation."""

    def name(self) -> str:
        return "action_start_again"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn.of(tracker)
        library = default_library()
        answer = Answer("chat", "重新开始", "好的，前面说的都不算了。" + scope(library), suggestions=examples())
        return [AllSlotsReset(), *send(dispatcher, turn, answer)]
