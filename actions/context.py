"""What the conversation makes likelier: every message is read with the turn before it.

The recogniser scores the topics for the message alone and for the subject before it. Here both scores are weighed together with how near a
topic is to the current one: the same article, related, the same document. A message that says enough by itself wins by its own score.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from actions.named import documents_meant, leaves
from actions.turn import Candidate, Turn
from knowledge.library import Library
from knowledge.search_terms import terms
from knowledge.snapshot import snapshot
from knowledge.topic_search import TopicIndex
from knowledge.topics import Topic

_SHORT = 14
_EXCEPTIONS = re.compile(
    r"^(?:那么?|这个?)?(?:还)?(?:有没有|有无|有)?(?:什么|啥|哪些)?例外(?:的?情况|的?情形)?(?:吗|呢|没有?|有哪些|是什么|是啥)?[？?。]*$"
)
_EXCEPTIONS_HEADING = "例外"
_SWITCHES = re.compile(r"^(?:换个|换一个|另外问|再问(?:个|一个)别的|问个别的|不聊这个|说个别的)")
_RETURNS = re.compile(
    r"^(?:好的?|行|那|嗯|对了)?[，,。\s]*(?:我们|咱们?)?(?:再|还是)?(?:(?:回到|说回|回头说|接着|继续)(?:一下|来|说|问)?)?(?:刚才|刚刚|前面|之前|最开始|开头|上一?个|前一?个)(?:问题|话题|问|说|讲|聊|提)?(?:过|到)?(?:的|那个)?"
    r"|^(?:好的?|行|那|嗯|对了)?[，,。\s]*(?:我们|咱们?)?(?:再)?(?:回到|说回|回头说)(?:一下)?(?:来)?"
)
WANTS_TEXT = re.compile(r"原文|条文|原话|全文")
_SUBJECTS = re.compile(r"发明专利|发明|实用新型|外观设计|外观|重庆|国家|全国|集体商标|证明商标|地理标志|电影|录音|表演|软件|照片|图书|期刊|报纸")
_ELLIPSIS = re.compile(
    r"^(?:那么?|换成|如果是|要是|改成)?(.{1,12}?)(?:呢|的话|的呢)(?:[，,？?。].{0,12})?$|^(?:那么?|换成|如果是|要是).{1,10}[？?。]?$"
)
_MARKS = re.compile(r"[\s，。？！?,.!、]")
_BRIEF = 12.0
"""Characters after which a message leans on what went before by 1/e of what a word alone does."""
_NEAREST = 12
_CLOSE = 3  # articles
_SMALL_TALK, _CERTAIN = 0.6, 0.6
_LEAST = -6.0  # a score for what was not scored
WEIGHTS = {
    "alone": 1.67, "alone_brief": -0.64, "earlier": 0.17, "earlier_brief": 0.72, "article": 1.93, "related": 2.2, "close": 0.66, "document": 1.6,
    "document_brief": 0.88, "named": 1.2, "same": -1.29, "words": 0.22, "foreign": -0.32, "about": 0.3, "sibling": 0.6,
}  # fmt: skip
"""How much each feature counts (log odds), as experiments/context_weights.py fits it to written conversations: 1,271 of 1,597 follow-ups lead to
the topic that their writer named, each by weights fitted without its conversation. What is near counts a little more than fitted (`article` 1.7,
`related` 1.7, `document` 0.9, `sibling` 0.1): right more often in the conversations of experiments/conversations."""


@dataclass(frozen=True)
class Context:
    """The topic the conversation is on and the words that led to it."""

    topic: Topic
    question: str


def context_of(library: Library, turn: Turn) -> Context | None:
    """What the conversation is about; None at its start."""
    topic = snapshot(library).topics.get(turn.memory.get("topic") or "")
    if topic is None or topic.kind == "refuse":  # what was refused draws nothing to it
        return None
    return Context(topic, turn.memory.get("question") or topic.question)


def article_of(topic: Topic) -> str:
    """The article or policy section that a topic mainly rests on; '' for none."""
    return "/".join(topic.grounds[0].at.split("/")[:2]) if topic.grounds else ""


def document_of(topic: Topic, topics: Mapping[str, Topic]) -> str:
    """The document that a topic belongs to. What is refused because its law is not held has grounds where a document that is held comes near to
    it; other refusals belong to none; a guided check is about what it is related to."""
    if topic.kind == "check" and topic.related and topic.related[0] in topics:
        return topics[topic.related[0]].area
    return topic.grounds[0].at.split("/")[0] if topic.grounds and not _never_near(topic) else topic.area


def _documents_near(topic: Topic, topics: Mapping[str, Topic]) -> frozenset[str]:
    """The documents in whose conversation a topic is likelier: its own; for what is refused because its law is not held, all that come near."""
    near = {ground.at.split("/")[0] for ground in topic.grounds} if topic.kind == "refuse" and not _never_near(topic) else set()
    return frozenset({document_of(topic, topics), *near})


def _never_near(topic: Topic) -> bool:
    """What nothing in a conversation makes likelier: small talk, and refusals for another reason than that the law is not held."""
    return topic.kind == "chat" or (topic.kind == "refuse" and topic.reason != "not_held")


def ellipsis(text: str) -> str | None:
    """The new subject of 那实用新型呢 or 重庆呢; None when the message is not of that form."""
    match = _ELLIPSIS.match(text)
    return _subject(match[1] or text) if match else None


def come_back(library: Library, turn: Turn) -> tuple[Context, str] | None:
    """说回前面那个期限，实用新型呢: the earlier subject that is meant, and what is asked of it ('' when it is only named); None when the message does not go back."""
    match = _RETURNS.match(turn.text)
    certain = bool(turn.candidates) and turn.candidates[0].probability >= _CERTAIN and not WANTS_TEXT.search(turn.text)
    if match and certain and len(turn.text) - match.end() > _SHORT:
        return None  # 说回重庆的规划，地理标志要到多少件: a whole question
    topics, index = snapshot(library).topics, snapshot(library).index
    steps = {step["topic"]: step["question"] for step in turn.memory.get("trail") or () if step["topic"] in topics}
    if not match or not steps:
        return None
    rest = turn.text[match.end() :]
    earlier = [topic for topic in steps if topic != turn.memory.get("topic")] or list(steps)
    named = max(steps, key=lambda topic: index.score(topic, terms(rest)) + index.overlap(steps[topic], rest))
    meant = named if index.score(named, terms(rest)) + index.overlap(steps[named], rest) > 0 else earlier[0]
    topic, rest = topics[meant], rest.strip("，,。的那个 ")
    only_named = set(rest) <= set(topic.question + topic.title + topic.answer + steps[meant])
    return Context(topic, steps[meant]), "" if only_named else rest


def weigh(library: Library, turn: Turn, context: Context | None, back: bool = False) -> Turn:
    """The turn with its candidates weighed by the conversation; unchanged where nothing went before, for small talk and for 换个话题.

    back: the turn goes back to an earlier subject, which is then `context`.
    """
    if context is None or turn.exact or (_SWITCHES.match(turn.text) and not back) or _is_small_talk(library, turn):
        return turn
    subject = ellipsis(turn.text) or (_subject(turn.text) if back else None)
    if not (turn.scores or turn.candidates or subject):  # nothing in the message is known
        return turn
    words = _with_subject(context.question, subject) if subject else turn.text
    index = snapshot(library).index
    current = document_of(context.topic, index.topics)
    meant = documents_meant(library, turn, current)
    seen = features(index, turn, context, subject, meant, leaves(library, current, meant))
    scores = {topic: sum(WEIGHTS[name] * value for name, value in found.items()) for topic, found in seen.items()}
    if not scores:
        return turn
    weighed = replace(_weighed(turn, scores, index), asked=words)
    return _to_its_exceptions(index, weighed, context.topic) if _EXCEPTIONS.match(turn.text) else weighed


def _to_its_exceptions(index: TopicIndex, turn: Turn, here: Topic) -> Turn:
    """有例外吗 asks for those of the current topic, which names them, unless a topic near it is about them."""
    names_them = any(section.heading == _EXCEPTIONS_HEADING for section in here.sections)
    if not names_them or turn.candidates[0].topic in {here.id, *(topic for topic, how in _near(index, here.id).items() if how != "close")}:
        return turn
    return replace(turn, candidates=(Candidate(here.id, 1.0), *turn.candidates), verdict="sure")


def _is_small_talk(library: Library, turn: Turn) -> bool:
    best = snapshot(library).topics.get(turn.candidates[0].topic) if turn.candidates else None
    return best is not None and best.kind == "chat" and turn.candidates[0].probability >= _SMALL_TALK


def features(
    index: TopicIndex, turn: Turn, context: Context, subject: str | None, named: frozenset[str] = frozenset(), left: bool = False
) -> dict[str, dict[str, float]]:
    """What speaks for each topic that may be meant: the scores of the message alone and of the subject before it, and both again as far as
    the message is brief; nearness to the current topic (0 or 1), shared words. named: documents that the message means; left: for another
    statute it leaves the current one."""
    here, near = context.topic, _near(index, context.topic.id)
    document = document_of(here, index.topics)
    words = _with_subject(context.question, subject) if subject else turn.text
    said = index.rank(words)[:_NEAREST] if subject else []
    scored = turn.scores or {c.topic: (math.log(c.probability), _LEAST) for c in turn.candidates if c.probability > 0}
    floor = tuple(min((score[i] for score in scored.values()), default=_LEAST) for i in (0, 1)) if turn.scores else (_LEAST, _LEAST)
    meant = [topic for topic in {*scored, *near, *(topic for topic, _ in said)} if topic in index.topics]
    matched = dict(index.rank(words, meant))
    brief = math.exp(-len(_MARKS.sub("", turn.text)) / _BRIEF)
    found = {}
    for topic in meant:
        other = index.topics[topic]
        its_document = document_of(other, index.topics)
        of_document = document in _documents_near(other, index.topics) and not left
        alone, earlier = scored.get(topic, floor)
        found[topic] = {
            "alone": alone,
            "alone_brief": alone * brief,
            "earlier": earlier,
            "earlier_brief": earlier * brief,
            "article": float(near.get(topic) == "article"),
            "related": float(near.get(topic) == "related"),
            "close": float(near.get(topic) == "close"),
            "document": float(of_document),
            "document_brief": float(of_document) * brief,
            "named": float(its_document in named),
            "same": float(topic == here.id),
            "words": min(matched.get(topic, 0.0), 20.0) / 10,
            "foreign": float(other.kind != "answer"),
            "about": float(bool(subject) and topic != here.id and _is_about(other, subject or "")),
            "sibling": float(bool(subject) and topic != here.id and _is_about(other, subject or "") and _is_sibling(other, here)),
        }
    return found


def _subject(text: str) -> str | None:
    found = _SUBJECTS.search(text)
    return found[0] if found else None


def _is_about(topic: Topic, subject: str) -> bool:
    if subject == "重庆":
        return topic.area.startswith("chongqing")
    if subject in ("国家", "全国"):
        return topic.area.startswith("ip-")
    return subject in topic.question + topic.title


def _is_sibling(topic: Topic, other: Topic) -> bool:
    """Do two topics answer the same aspect from the same article (the terms of the kinds of patent)?"""
    return topic.aspect == other.aspect and article_of(topic) == article_of(other)


def _with_subject(question: str, subject: str) -> str:
    """The question before with its subject replaced: 发明专利保护几年 + 实用新型 -> 实用新型保护几年."""
    swapped, count = _SUBJECTS.subn(subject, question, count=1)
    return swapped if count else question + subject


@lru_cache(maxsize=512)
def _near(index: TopicIndex, topic: str) -> Mapping[str, str]:
    """What is near a topic: of the same article, related by its editor, or of an article close by."""
    here, near = index.topics.get(topic), dict[str, str]()
    if here is None:  # the library was rebuilt meanwhile
        return near
    article, number = article_of(here), article_number(here)
    for other in index.topics.values():
        if _never_near(other):
            continue
        if article and article_of(other) == article:
            near[other.id] = "article"
        elif other.id in here.related or here.id in other.related:
            near[other.id] = "related"
        elif number is not None and other.area == here.area and (its := article_number(other)) is not None and abs(its - number) <= _CLOSE:
            near[other.id] = "close"
    return MappingProxyType(near)


def article_number(topic: Topic) -> int | None:
    """50 for a topic that mainly rests on patent-law/50/1; None for policy sections and refusals."""
    place = article_of(topic).partition("/")[2]
    return int(place) if place.isdigit() else None


def _weighed(turn: Turn, scores: dict[str, float], index: TopicIndex) -> Turn:
    top = max(scores.values())
    weights = {topic: math.exp(score - top) for topic, score in scores.items()}
    total = sum(weights.values())
    ranked = sorted((Candidate(topic, weight / total) for topic, weight in weights.items()), key=lambda c: -c.probability)
    best = index.topics.get(ranked[0].topic)
    sure = best is not None and (ranked[0].probability >= 0.3 or _article_share(ranked, index) >= 0.45)
    verdict = "sure" if sure else "choose" if ranked[0].probability >= 0.12 else "weak"
    return replace(turn, candidates=tuple(ranked[:8]), verdict=verdict)


def _article_share(ranked: list[Candidate], index: TopicIndex) -> float:
    best = article_of(index.topics[ranked[0].topic])
    return sum(c.probability for c in ranked if best and c.topic in index.topics and article_of(index.topics[c.topic]) == best)
