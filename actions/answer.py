"""The one form in which an answer leaves the action server (`ip-law-answer/1`), and how it is built from the library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge.amended import Amended, amendments
from knowledge.dates import chinese
from knowledge.library import Library, Provision, quoted
from knowledge.settings import article_base
from knowledge.snapshot import snapshot
from knowledge.topics import Topic

SCHEMA = "ip-law-answer/1"
UNSETTLED = "条文没有写明的"


@dataclass(frozen=True)
class Suggestion:
    """What the user may say next: the title is shown, the payload is sent as the message."""

    title: str
    payload: str


@dataclass(frozen=True)
class Answer:
    """One answer; the fields are those of the contract. `citations` are finished dictionaries (see `cite`)."""

    kind: str
    title: str
    summary: str
    reason: str | None = None
    topic: str | None = None
    citations: tuple[dict[str, Any], ...] = ()
    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    confidence: float = 1.0
    slots: dict[str, Any] = field(default_factory=dict, compare=False)
    """What the conversation should remember of this answer (slot name -> value); not sent."""

    def payload(self) -> dict[str, Any]:
        """The contract's JSON."""
        data: dict[str, Any] = {
            "schema": SCHEMA,
            "kind": self.kind,
            "topic": self.topic,
            "title": self.title,
            "summary": self.summary,
            "citations": list(self.citations),
            "sections": [{"heading": heading, "items": list(items)} for heading, items in self.sections if items],
            "suggestions": [{"title": s.title, "payload": s.payload} for s in self.suggestions],
            "confidence": round(min(max(self.confidence, 0.0), 1.0), 3),
        }
        if self.kind == "refuse":
            data["reason"] = self.reason
        return data


def article_url(provision: Provision) -> str:
    """Where the whole article can be read (`ARTICLE_BASE_URL` before it; relative by default)."""
    base = article_base()
    document, _, rest = provision.article_address.partition("/")
    return f"{base}/laws/{document}" + (f"/{rest}" if rest else "")


def cite(provision: Provision, passages: Sequence[str] = ()) -> dict[str, Any]:
    """A citation of the contract for one provision; `passages` are the words of it that matter."""
    document = provision.document
    narrowed = provision.article is not None
    return {
        "id": provision.address,
        "document": {
            "id": document.id,
            "title": document.title,
            "short_title": document.short_title,
            "version": document.adopted.isoformat(),
            "effective": document.effective.isoformat() if document.effective else None,
            "status": document.status,
        },
        "locator": {
            "article": provision.article,
            "paragraph": provision.paragraph,
            "item": provision.item,
            "section": None if narrowed else provision.section,
        },
        "label": provision.full_label,
        "quote": quoted(provision, passages),
        "href": article_url(provision),
    }


def short_label(provision: Provision, documents: int = 1) -> str:
    """第五十条第一款, with the law's short title where an answer rests on several documents."""
    label = provision.section or provision.label if provision.article is None else provision.label
    return f"{provision.document.short_title}{label}" if documents > 1 else label


def cite_grounds(library: Library, topic: Topic) -> tuple[tuple[dict[str, Any], ...], dict[str, str]]:
    """The topic's citations in order, one a provision, and the short label of each address."""
    passages: dict[str, list[str]] = {}
    for ground in topic.grounds:
        passages.setdefault(ground.at, []).append(ground.quote)
    provisions = {address: library.provision(address) for address in passages}
    found = {address: provision for address, provision in provisions.items() if provision is not None}
    documents = len({p.document.id for p in found.values()})
    labels = {address: short_label(provision, documents) for address, provision in found.items()}
    return tuple(
        cite(provision, passages.get(provision.address) or (provision.heading,)) for provision in _placed(library, list(found.values()))
    ), labels


def _placed(library: Library, cited: list[Provision]) -> list[Provision]:
    """A box that is cited by a passage of it needs no citation of its own; where it stands (第五章第一节) is cited behind the passage instead."""
    placed: dict[str, Provision] = {}
    for provision in cited:
        inside = any(other.address.startswith(provision.address + "/") for other in cited)
        if provision.kind == "box" and inside:
            continue
        placed[provision.address] = provision
        box = library.provision(provision.parent) if provision.parent and provision.kind != "box" and provision.article is None else None
        around = library.provision(box.parent) if box is not None and box.kind == "box" and box.parent else None
        if around is not None:
            placed.setdefault(around.address, around)
    return list(placed.values())


def topic_sections(topic: Topic, labels: dict[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The topic's sections as the contract wants them, each line followed by the provisions it rests on."""
    sections = [(section.heading, tuple(f"{item.text}{_marks(item.by, labels)}" for item in section.items)) for section in topic.sections]
    if topic.unsettled:
        sections.append((UNSETTLED, topic.unsettled))
    return tuple(sections)


def _marks(addresses: Iterable[str], labels: dict[str, str]) -> str:
    names = [labels[address] for address in addresses if address in labels]
    return f"〔{'、'.join(names)}〕" if names else ""


def suggest_topics(library: Library, topic_ids: Iterable[str], most: int = 4) -> tuple[Suggestion, ...]:
    """The questions of these topics, to be asked with one click."""
    topics = (snapshot(library).topics.get(topic_id) for topic_id in topic_ids)
    return tuple(Suggestion(topic.question, topic.question) for topic in topics if topic)[:most]


def from_topic(library: Library, topic: Topic, confidence: float = 1.0, named: Sequence[str] = ()) -> Answer:
    """The answer that a topic gives (kinds answer, refuse and chat); provisions of the documents `named` are cited first.

    Where its provisions have changed and no one has read the topic against the new text, that text is given and not the old conclusion.
    """
    overtaken = amendments(library).of(topic)
    if overtaken is not None:
        return _new_text(topic, overtaken, confidence)
    citations, labels = cite_grounds(library, topic)
    citations = tuple(sorted(citations, key=lambda c: c["document"]["id"] not in named)) if named else citations
    slots: dict[str, Any] = {"topic": topic.id, "question": topic.question, "provision": None, "law": None}
    if topic.grounds:
        slots |= {"provision": topic.grounds[0].at, "law": topic.grounds[0].at.split("/")[0]}
    if topic.kind == "chat":
        return Answer("chat", topic.title, topic.answer, topic=topic.id, confidence=confidence)
    if topic.kind == "check":  # a guided check that was come near, not asked for: what it does, and the words that start it
        start = (Suggestion("开始核对", topic.question), *suggest_topics(library, topic.related))
        return Answer("clarify", topic.title, topic.answer, topic=topic.id, suggestions=start, confidence=confidence)
    sections = topic_sections(topic, labels)
    if topic.kind == "refuse":
        advice = tuple(text for text in (topic.next,) if text)
        return Answer(
            "refuse",
            topic.governed_by or topic.title,
            topic.answer,
            reason=topic.reason,
            topic=topic.id,
            citations=citations,
            sections=(*sections, ("可以怎么做", advice)),
            suggestions=suggest_topics(library, topic.related),
            confidence=confidence,
            slots=slots if topic.grounds else {},  # what has nothing to do with the texts held does not end the subject
        )
    return Answer(
        "answer",
        topic.title,
        topic.answer,
        topic=topic.id,
        citations=citations,
        sections=sections,
        suggestions=suggest_topics(library, topic.related),
        confidence=confidence,
        slots=slots,
    )


def _new_text(topic: Topic, overtaken: Amended, confidence: float) -> Answer:
    """The text of the day with a notice that the topic's conclusion rests on an earlier one."""
    since = f"（{chinese(overtaken.since)}起施行）" if overtaken.since else ""
    notice = f"这个问题依据的条文已经修改{since}，原来的结论还没有按新条文复核，所以不再给出；请以现行条文为准。"
    gone = tuple(f"{label}在现行文本里没有对应的条文。" for label in overtaken.gone)
    words = "\n".join(f"{p.full_label}：{p.full_text or p.heading}" for p in overtaken.provisions)
    first = overtaken.provisions[0] if overtaken.provisions else None
    return Answer(
        "provision" if first else "refuse",
        f"{topic.title}（条文已修改）",
        "\n".join(filter(None, (notice, words))),
        reason=None if first else "no_such_provision",
        topic=topic.id,
        citations=tuple(cite(p) for p in overtaken.provisions),
        sections=(("注意", gone),),
        confidence=confidence,
        slots={"topic": topic.id, "provision": first.address if first else None, "law": first.document.id if first else None},
    )
