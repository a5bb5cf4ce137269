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
_FIELDS = re.compile(r"专利|发明|实用新型|外观设计|著作权|版权|地理标志|地标|集体商标|证明商标|纲要|规划|行动方案|行动计划|工作指引")
_ELLIPSIS = re.compile(
    r"^(?:那么?|换成|如果是|要是|改成)?(.{1,12}?)(?:呢|的话|的呢)(?:[，,？?。].{0,12})?$|^(?:那么?|换成|如果是|要是).{1,10}[？?。]?$"
)
_NEAREST = 12
_CLOSE = 3  # articles
_FLOOR = 1e-3
_SMALL_TALK, _CERTAIN, _CLEAR, _AGREED = 0.6, 0.6, 0.9, 0.9
_TELLING = 25.0  # nats
WEIGHTS = {
    "alone": 0.48, "told": 0.08, "untold": 0.85, "within": 0.32, "joined": 0.53, "article": 2.75, "related": 2.0, "close": 0.15, "document": 0.3,
    "same": -1.7, "words": 0.98, "before": 0.38, "outside": -0.82, "foreign": -0.3, "about": 1.95, "sibling": 2.95,
}  # fmt: skip
"""How much each feature counts (log odds): three parts of what experiments/context_weights.py fits to data/follow_ups, one part of what it
fitted to the conversations of experiments/conversations before. Of 953 follow-ups whose conversations the recogniser had not seen, 74 % lead to the
topic that their writer named (67 % before); of the turns of experiments/conversations as many as before."""


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
    """说回前面那个期限，实用新型呢: the earlier subject that is meant, and what is asked of it ('' when it is only named); None when the message does not go back."""
    match = _RETURNS.match(turn.text)
    if match and turn.candidates and turn.candidates[0].probability >= _CERTAIN and len(turn.text) - match.end() > _SHORT:
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
    """The turn with its candidates weighed by the conversation; unchanged where nothing went before or it stands alone.

    back: the turn goes back to an earlier subject, which is then `context`.
    """
    if context is None or turn.exact or not (back or leans(turn.text)) or _stands_alone(library, turn):
        return turn
    subject = ellipsis(turn.text) or (_subject(turn.text) if back else None)
    words = _with_subject(context.question, subject) if subject else turn.text
    index = snapshot(library).index
    scores = {topic: sum(WEIGHTS[name] * value for name, value in seen.items()) for topic, seen in features(index, turn, context, subject).items()}
    return replace(_weighed(turn, scores, index), asked=words) if scores else turn


def _stands_alone(library: Library, turn: Turn) -> bool:
    """Small talk, or a short question that is clear without what went before."""
    best = snapshot(library).topics.get(turn.candidates[0].topic) if turn.candidates else None
    if best is None:
        return False
    probability = turn.candidates[0].probability
    if best.kind == "chat":
        return probability >= _SMALL_TALK
    if best.reason == "out_of_scope" and probability >= _CLEAR:
        return True
    agreed = turn.joined.get(best.id, 0.0) >= _AGREED  # the question before does not change what is meant
    return probability >= _CLEAR and (agreed or (bool(_FIELDS.search(turn.text)) and not _LEANS.search(turn.text)))


def telling(index: TopicIndex, text: str) -> float:
    """How much a message says by itself, from 0 (谁可以提) to 1 (地理标志的异议期多长): the rarity of its words among the topics."""
    return min(index.overlap(text, text) / _TELLING, 1.0)


def features(index: TopicIndex, turn: Turn, context: Context, subject: str | None) -> dict[str, dict[str, float]]:
    """What speaks for each topic that may be meant: the message alone, in the document of the conversation, together with the question
    before; nearness to the current topic; shared words. Logarithms of probabilities, or 0 and 1."""
    here, near = context.topic, _near(index, context)
    alone = {c.topic: c.probability for c in turn.candidates}
    within = turn.within.get(here.area) or {}
    words = _with_subject(context.question, subject) if subject else turn.text
    said = index.rank(words)[:_NEAREST] if subject else []
    told = telling(index, turn.text)
    meant = [topic for topic in {*alone, *within, *turn.joined, *near, *(topic for topic, _ in said)} if topic in index.topics]
    matched, before = dict(index.rank(words, meant)), dict(index.rank(context.question, meant))
    found = {}
    for topic in meant:
        other = index.topics[topic]
        found[topic] = {
            "alone": math.log(max(alone.get(topic, 0.0), _FLOOR)),
            "told": told * math.log(max(alone.get(topic, 0.0), _FLOOR)),
            "untold": (1 - told) * float(other.area == here.area),
            "within": math.log(max(within.get(topic, 0.0), _FLOOR)),
            "joined": math.log(max(turn.joined.get(topic, 0.0), _FLOOR)),
            "article": float(near.get(topic) == "article"),
            "related": float(near.get(topic) == "related"),
            "close": float(near.get(topic) == "close"),
            "document": float(other.area == here.area),
            "same": float(topic == here.id),
            "words": min(matched.get(topic, 0.0), 20.0) / 10,
            "before": min(before.get(topic, 0.0), 20.0) / 10,
            "outside": float(other.reason == "out_of_scope"),
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


def _near(index: TopicIndex, context: Context) -> dict[str, str]:
    """What is near the current topic: of the same article, related by its editor, or of an article close by."""
    here, near = context.topic, {}
    article, number = article_of(here), article_number(here)
    for topic in index.topics.values():
        if topic.kind == "chat":
            continue
        if article and article_of(topic) == article:
            near[topic.id] = "article"
        elif topic.id in here.related or here.id in topic.related:
            near[topic.id] = "related"
        elif number is not None and topic.area == here.area and (other := article_number(topic)) is not None and abs(other - number) <= _CLOSE:
            near[topic.id] = "close"
    return near


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
