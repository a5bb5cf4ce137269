"""What the conversation makes likelier: a message that leans on the turn before is read together with it.

The recogniser sees one message alone. Here its candidates are weighed against the current topic: the same article,
related topics and the same document come nearer, the more so the less the message says by itself.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from actions.turn import Candidate, Turn
from knowledge.library import Library
from knowledge.search_terms import terms
from knowledge.snapshot import snapshot
from knowledge.topic_search import TopicIndex
from knowledge.topics import Topic

_SHORT = 14
_LEANS = re.compile(r"^(?:那|如果|要是|假如|万一|但|可是|不过|还有|另外|然后|具体|再|又|也|它|这个?|这种|该|对方)|(?:呢|的话)[？?。]?$")
_SWITCHES = re.compile(r"^(?:换个|换一个|另外问|再问(?:个|一个)别的|问个别的|不聊这个|说个别的)")
_RETURNS = re.compile(
    r"^(?:好的?|行|那|嗯|对了)?[，,。\s]*(?:我们|咱们?)?(?:再|还是)?(?:(?:回到|说回|回头说|接着|继续)(?:一下|来|说|问)?)?(?:刚才|刚刚|前面|之前|最开始|开头)(?:问|说|讲|聊|提)?(?:过|到)?(?:的|那个)?"
    r"|^(?:好的?|行|那|嗯|对了)?[，,。\s]*(?:我们|咱们?)?(?:再)?(?:回到|说回|回头说)(?:一下)?(?:来)?"
)
_SUBJECTS = re.compile(r"发明专利|发明|实用新型|外观设计|外观|重庆|国家|全国|集体商标|证明商标|地理标志|电影|录音|表演|软件|照片|图书|期刊|报纸")
_ELLIPSIS = re.compile(
    r"^(?:那么?|换成|如果是|要是|改成)?(.{1,12}?)(?:呢|的话|的呢)(?:[，,？?。].{0,12})?$|^(?:那么?|换成|如果是|要是).{1,10}[？?。]?$"
)
_SAME_ARTICLE, _RELATED, _SAME_DOCUMENT, _WORDS = 1.0, 2.0, 0.0, 0.15
_SUBJECT, _BEFORE, _OUTSIDE = 2.0, 0.2, 1.0
_NEAREST = 12
_STAYS, _STAYS_SHORT = 0.5, 0.75  # how likely a message that leans stays with the document of the turn before
_TRUST_SUBJECT = 0.2
_SIBLING = 3.0
_FLOOR = 1e-3


@dataclass(frozen=True)
class Context:
    """The topic the conversation is on and the words that led to it."""

    topic: Topic
    question: str


def leans(text: str) -> bool:
    """Does a normalised message lean on what went before?"""
    return not _SWITCHES.match(text) and (len(text) <= _SHORT or bool(_LEANS.search(text)))


def article_of(topic: Topic) -> str:
    """The article or policy section that a topic mainly rests on; '' for none."""
    return "/".join(topic.grounds[0].at.split("/")[:2]) if topic.grounds else ""


def ellipsis(text: str) -> str | None:
    """The new subject of 那实用新型呢 or 重庆呢; None when the message is not of that form."""
    match = _ELLIPSIS.match(text)
    return _subject(match[1] or text) if match else None


def come_back(library: Library, turn: Turn) -> tuple[Context, str] | None:
    """回到刚才的保护期，外观是几年: the earlier subject that is meant, and what is asked of it; None when the message does not go back."""
    match = _RETURNS.match(turn.text)
    topics, index = snapshot(library).topics, snapshot(library).index
    steps = {step["topic"]: step["question"] for step in turn.memory.get("trail") or () if step["topic"] in topics}
    if not match or not steps:
        return None
    rest = turn.text[match.end() :]
    earlier = [topic for topic in steps if topic != turn.memory.get("topic")] or list(steps)
    named = max(steps, key=lambda topic: index.score(topic, terms(rest)) + index.overlap(steps[topic], rest))
    meant = named if index.score(named, terms(rest)) + index.overlap(steps[named], rest) > 0 else earlier[0]
    return Context(topics[meant], steps[meant]), rest.strip("，,。的 ")


def weigh(library: Library, turn: Turn, context: Context | None, back: bool = False) -> Turn:
    """The turn with its candidates weighed by the conversation; unchanged where nothing went before or it stands alone.

    back: the turn goes back to an earlier subject, which is then `context`.
    """
    if context is None or turn.exact or not (back or leans(turn.text)):
        return turn
    index = snapshot(library).index
    near = _near(index, context)
    subject = ellipsis(turn.text) or (_subject(turn.text) if back else None)
    words = _with_subject(context.question, subject) if subject else turn.text
    stays = _STAYS_SHORT if len(turn.text) <= _SHORT else _STAYS
    alone = {c.topic: c.probability for c in turn.candidates}
    here = _soften(turn.within.get(context.topic.area) or {}) if len(turn.text) <= _SHORT else turn.within.get(context.topic.area) or {}
    trust = _TRUST_SUBJECT if subject else 1.0
    scores = {
        topic: trust * math.log(max((1 - stays) * alone.get(topic, 0.0) + stays * here.get(topic, 0.0), _FLOOR)) for topic in {*alone, *here, *near}
    }
    if subject:
        for topic, _ in index.rank(words)[:_NEAREST]:
            scores.setdefault(topic, trust * math.log(_FLOOR))
    said, before = dict(index.rank(words, scores)), dict(index.rank(context.question, scores))
    for topic in scores:
        scores[topic] += near.get(topic, 0.0) + _WORDS * min(said.get(topic, 0.0), 20.0) + _BEFORE * min(before.get(topic, 0.0), 20.0)
        if index.topics[topic].reason == "out_of_scope":
            scores[topic] -= _OUTSIDE
        if subject and topic != context.topic.id and _is_about(index.topics[topic], subject):
            scores[topic] += _SUBJECT + (_SIBLING if _is_sibling(index.topics[topic], context.topic) else 0.0)
    return replace(_weighed(turn, scores, index), asked=words)


def _subject(text: str) -> str | None:
    found = _SUBJECTS.search(text)
    return found[0] if found else None


def _is_about(topic: Topic, subject: str) -> bool:
    if subject == "重庆":
        return topic.area.startswith("chongqing")
    if subject in ("国家", "全国"):
        return topic.area.startswith("ip-")
    return subject in topic.question + topic.title


def _soften(probabilities: dict[str, float]) -> dict[str, float]:
    """The square roots, made to sum to one: a few words leave more open than the recogniser thinks."""
    roots = {topic: math.sqrt(p) for topic, p in probabilities.items()}
    total = sum(roots.values()) or 1.0
    return {topic: root / total for topic, root in roots.items()}


def _is_sibling(topic: Topic, other: Topic) -> bool:
    """Do two topics answer the same aspect from the same article (the terms of the kinds of patent)?"""
    return topic.aspect == other.aspect and article_of(topic) == article_of(other)


def _with_subject(question: str, subject: str) -> str:
    """The question before with its subject replaced: 发明专利保护几年 + 实用新型 -> 实用新型保护几年."""
    swapped, count = _SUBJECTS.subn(subject, question, count=1)
    return swapped if count else question + subject


def _near(index: TopicIndex, context: Context) -> dict[str, float]:
    """What is near the current topic, and how much nearer the conversation brings it (in log odds)."""
    here = context.topic
    article, document = article_of(here), here.area
    near: dict[str, float] = {}
    for topic in index.topics.values():
        if topic.kind == "chat":
            continue
        if topic.id in here.related or here.id in topic.related:
            near[topic.id] = _RELATED
        elif article and article_of(topic) == article:
            near[topic.id] = _SAME_ARTICLE
        elif topic.area == document and topic.kind == "answer":
            near[topic.id] = _SAME_DOCUMENT
    near[here.id] = _SAME_ARTICLE
    return near


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
