"""The same question asked of another document: 重庆呢, 强国纲要里怎么说, 不对，我问的是著作权."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from actions.answer import Answer, from_topic
from actions.context import Context
from actions.named import WORDS
from actions.turn import Turn
from knowledge.library import Library
from knowledge.snapshot import snapshot
from knowledge.topics import Topic

_BETWEEN = re.compile(r"那个|那份|那部|那一份|这个|这份|这部|的")
_ASKS_SAME = re.compile(
    r"呢[？?]?$|(?:怎么|咋)(?:说|写|讲|定|规定)|(?:提|写|说|讲|定)(?:了|到|过)?(?:没|吗|多少|什么|啥|几)|也(?:是)?(?:一样|这样|有)|什么态度"
)
"""What asks of another document what was asked before."""
_CORRECTS = re.compile(r"不对|不是|我问的是|我说的是|我是问|我想问的是|错了|搞错")
_NOT_THAT = re.compile(r"[，,、\s]不是[\u4e00-\u9fff]{1,8}[。！!]?$")
"""What the person says is not meant: 我问的是地理标志，不是商标."""
_FILLER = re.compile(
    r"^(?:那么?|但|可是|哦|嗯)|不对|不是这个|不是|错了|搞错了?|(?:我)?(?:问|说|指)的是|我是问|我想问的是|里面?|中|上|怎么(?:说|写|定|规定)|"
    r"(?:是|写|说|定|规定)(?:了|的)?(?:什么|多少|啥)?|又是?|呢|吧|吗|啊|呀|我们|咱们?|那边|这边|亿元?|万件?|件|层面|层|方面|市|法|规划|纲要|产品|看看?|多少|(?:也|都)?(?:有)?(?:提|写|说|讲|定)(?:了|到|过)?(?:没有?|吗)|也(?:是)?(?:一样|这样)|什么态度|对(?:这个|此)|咋(?:说|写|讲|定)"
)
_PUNCTUATION = re.compile(r"[\s，。？！；：、,.?!;:“”\"《》（）()—\-]+")
_ANSWER = 0.5  # what words that stand in a conclusion count
_LONGEST = 160  # letters of a question that is carried along
_ASPECT = 4.0
"""What asking for the same aspect counts (nats)."""
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
    bare = _NOT_THAT.sub("", _BETWEEN.sub("", text))
    named = [n for n in snapshot(library).names.find(bare) if n.id]
    rest = _PUNCTUATION.sub("", bare)
    for name in named:
        rest = rest.replace(_PUNCTUATION.sub("", name.written), "")
    found = [name.id for name in named if name.id]
    if not found:
        for pattern, documents in WORDS:
            if pattern.search(rest):
                found += documents
                rest = pattern.sub("", rest)
                break
        if not found or not (_ASKS_SAME.search(text) or _CORRECTS.search(text)):
            return ()
    return tuple(dict.fromkeys(found)) if len(_FILLER.sub("", rest)) <= 2 else ()


def _same_question(library: Library, turn: Turn, context: Context, documents: tuple[str, ...]) -> Topic | None:
    """The topic of these documents that asks what the current one asks."""
    index = snapshot(library).index
    here = f"{context.question} {context.topic.question} {context.topic.title}"
    asked = [t for t in index.topics.values() if t.kind == "answer" and t.area in documents]
    shared = {
        t.id: index.overlap(here, f"{t.question} {t.title}") + _ANSWER * index.overlap(here, t.answer) + _ASPECT * (t.aspect == context.topic.aspect)
        for t in asked
    }
    best_before = max((turn.scores[topic][1] for topic in shared if topic in turn.scores), default=0.0)
    likely = {topic: shared[topic] + _LEAST * math.exp(turn.scores[topic][1] - best_before) for topic in shared if topic in turn.scores}
    scores = {**shared, **likely}
    best = max(scores, key=lambda topic: scores[topic], default=None)
    return index.topics[best] if best is not None and scores[best] >= min(_LEAST, 0.6 * index.overlap(here, here)) else None
