"""A question that names a document is answered from it: 2021年工作指引里…, 按著作权法…."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.turn import Candidate, Turn
from knowledge.library import Library
from knowledge.snapshot import snapshot

_BOOST = 12.0
_LEAST = 0.004
_SURE = 0.3
_HOME = re.compile(r"中国|国内|我国|回国|优先权|进口|来华|在华")
_ABROAD = 4.0  # how much likelier a country's own law is where that country is named and nothing of China


def named_documents(library: Library, turn: Turn) -> tuple[str, ...]:
    """Ids of the held documents that the turn names."""
    return tuple(dict.fromkeys(n.id for n in snapshot(library).names.find(turn.text) if n.id))


def with_words(library: Library, turn: Turn) -> Turn:
    """The turn without candidates that are never meant without certain words (the law of a country that is not named)."""
    topics = snapshot(library).topics
    said = f"{turn.text} {turn.memory.get('question') or ''}"

    def meant(topic_id: str) -> bool:
        topic = topics.get(topic_id)
        return topic is None or topic.only_with is None or bool(re.search(topic.only_with, said))

    def weight(candidate: Candidate) -> float:
        topic = topics.get(candidate.topic)
        abroad = topic is not None and topic.only_with is not None and not _HOME.search(turn.text) and bool(re.search(topic.only_with, turn.text))
        return candidate.probability * (_ABROAD if abroad else 1.0) if meant(candidate.topic) else 0.0

    weights = {c.topic: weight(c) for c in turn.candidates}
    left = 1.0 - sum(c.probability for c in turn.candidates) + sum(weights.values())
    kept = [Candidate(topic, w / left) for topic, w in weights.items() if w > 0 and left > 0]
    if turn.exact or not kept or all(weights[c.topic] == c.probability for c in turn.candidates):
        return turn
    ranked = tuple(sorted(kept, key=lambda c: -c.probability))
    best = ranked[0].probability
    verdict = "sure" if best >= _SURE else "choose" if best >= _SURE / 2 else "weak"
    return replace(turn, candidates=ranked, verdict=verdict)


def prefer_named(library: Library, turn: Turn) -> Turn:
    """The turn with the candidates that rest on a named held document brought forward, unless the best one already does."""
    kept, named = snapshot(library), named_documents(library, turn)
    if not named or turn.exact or not turn.candidates:
        return turn

    def rests(topic_id: str) -> bool:
        topic = kept.topics.get(topic_id)
        return topic is not None and any(ground.at.split("/")[0] in named for ground in topic.grounds)

    if rests(turn.candidates[0].topic) or not any(rests(c.topic) and c.probability >= _LEAST for c in turn.candidates):
        return turn
    weights = [Candidate(c.topic, c.probability * (_BOOST if rests(c.topic) else 1.0)) for c in turn.candidates]
    total = sum(c.probability for c in weights)
    ranked = sorted((Candidate(c.topic, c.probability / total) for c in weights), key=lambda c: -c.probability)
    first = ranked[0]
    verdict = "sure" if rests(first.topic) and first.probability >= _SURE else turn.verdict
    return replace(turn, candidates=tuple(ranked), verdict=verdict)
