"""Which topics are near to words, by BM25 over each topic's own question, title and conclusion.

Used where a message means little by itself and the words of the turn before must be added; a first question is for the
recogniser.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from knowledge.search_terms import terms
from knowledge.topics import Topic

K1, B = 1.2, 0.6


class TopicIndex:
    """BM25 over topics."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.topics = {topic.id: topic for topic in topics}
        self._counts = {t.id: Counter(terms(t.question) * 2 + terms(t.title) * 2 + terms(t.answer)) for t in self.topics.values()}
        self._lengths = {topic: sum(counts.values()) for topic, counts in self._counts.items()}
        self._average = sum(self._lengths.values()) / max(len(self._lengths), 1)
        containing: Counter[str] = Counter()
        for counts in self._counts.values():
            containing.update(counts.keys())
        total = len(self.topics)
        self._idf = {term: math.log(1 + (total - n + 0.5) / (n + 0.5)) for term, n in containing.items()}

    def score(self, topic: str, words: Iterable[str]) -> float:
        """BM25 score of one topic for search terms."""
        counts = self._counts[topic]
        norm = K1 * (1 - B + B * self._lengths[topic] / self._average)
        return sum(self._idf[w] * counts[w] * (K1 + 1) / (counts[w] + norm) for w in set(words) if w in counts)

    def overlap(self, one: str, other: str) -> float:
        """How much two texts share, each shared term by its rarity among the topics."""
        return sum(self._idf.get(term, 0.0) for term in set(terms(one)) & set(terms(other)))

    def rank(self, text: str, among: Iterable[str] | None = None) -> list[tuple[str, float]]:
        """Topics (all, or those named) by their score for the text, best first; those without a shared term are left out."""
        words = terms(text)
        scored = ((topic, self.score(topic, words)) for topic in (self.topics if among is None else among) if topic in self.topics)
        return sorted(((topic, score) for topic, score in scored if score > 0), key=lambda pair: -pair[1])
