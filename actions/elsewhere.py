"""The same question asked of another document: 重庆呢, 强国纲要里怎么说, 不对，我问的是著作权."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from actions.answer import Answer, from_topic
from actions.context import Context
from actions.turn import Turn
from knowledge.library import Library
from knowledge.snapshot import snapshot
from knowledge.topics import Topic

_BETWEEN = re.compile(r"那个|那份|那部|那一份|这个|这份|这部|的")
_WORDS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"重庆|渝"), ("chongqing-ip-14th-plan", "chongqing-ip-outline")),
    (re.compile(r"全国|国家|中央"), ("ip-14th-plan", "ip-powerhouse-outline", "ip-quality-guidance-2021", "patent-conversion-action-plan")),
    (re.compile(r"著作权|版权"), ("copyright-law",)),
    (re.compile(r"专利"), ("patent-law",)),
    (re.compile(r"地理标志|地标"), ("gi-product-measures",)),
    (re.compile(r"集体商标|证明商标"), ("collective-mark-rules",)),
)
"""What people say for documents that they do not name."""
_CORRECTS = re.compile(r"不对|不是|我问的是|我说的是|我是问|我想问的是|错了|搞错")
_FILLER = re.compile(
    r"^(?:那么?|但|可是|哦|嗯)|不对|不是这个|不是|错了|搞错了?|(?:我)?(?:问|说|指)的是|我是问|我想问的是|里面?|中|上|怎么(?:说|写|定|规定)|"
    r"(?:是|写|说|定|规定)(?:了|的)?(?:什么|多少|啥)?|又是?|呢|吧|吗|啊|呀|层面|层|方面|市|法|看看?|多少"
)
_PUNCTUATION = re.compile(r"[\s，。？！；：、,.?!;:“”\"《》（）()—\-]+")
_ANSWER = 0.5  # what words that stand in a conclusion count
_LONGEST = 160  # letters of a question that is carried along
_LEAST = 9.0  # shared rarity (nats) of two questions that ask the same thing; two or three telling words


def moved(library: Library, turn: Turn, context: Context | None) -> Answer | None:
    """The current question answered from the document that the turn names and asks nothing else of; None when it is no such turn."""
    if context is None or turn.exact:
        return None
    documents = _only_named(library, turn.text)
    if not documents or (context.topic.area in documents and len(documents) == 1):
        return None
    topic = _same_question(library, turn, context, documents)
    if topic is None:
        return None
    answer = from_topic(library, topic, named=documents)
    question = context.question if context.topic.title in context.question else f"{context.question} {context.topic.title}"
    return replace(answer, slots={**answer.slots, "question": question[:_LONGEST]})


def _only_named(library: Library, text: str) -> tuple[str, ...]:
    """Ids of the documents that a text names when it says nothing else that matters."""
    bare = _BETWEEN.sub("", text)
    named = [n for n in snapshot(library).names.find(bare) if n.id]
    rest = _PUNCTUATION.sub("", bare)
    for name in named:
        rest = rest.replace(_PUNCTUATION.sub("", name.written), "")
    found = [name.id for name in named if name.id]
    if not found:
        for pattern, documents in _WORDS:
            if pattern.search(rest):
                found += documents
                rest = pattern.sub("", rest)
                break
        if not found or not (text.endswith(("呢", "呢？", "呢?")) or _CORRECTS.search(text)):
            return ()
    return tuple(dict.fromkeys(found)) if len(_FILLER.sub("", rest)) <= 2 else ()


def _same_question(library: Library, turn: Turn, context: Context, documents: tuple[str, ...]) -> Topic | None:
    """The topic of these documents that asks what the current one asks."""
    index = snapshot(library).index
    here = f"{context.question} {context.topic.question} {context.topic.title}"
    asked = [t for t in index.topics.values() if t.kind == "answer" and t.area in documents]
    shared = {t.id: index.overlap(here, f"{t.question} {t.title}") + _ANSWER * index.overlap(here, t.answer) for t in asked}
    best_before = max((turn.scores[topic][1] for topic in shared if topic in turn.scores), default=0.0)
    likely = {topic: shared[topic] + _LEAST * math.exp(turn.scores[topic][1] - best_before) for topic in shared if topic in turn.scores}
    scores = {**shared, **likely}
    best = max(scores, key=lambda topic: scores[topic], default=None)
    return index.topics[best] if best is not None and scores[best] >= min(_LEAST, 0.6 * index.overlap(here, here)) else None
