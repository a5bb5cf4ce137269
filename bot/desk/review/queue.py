"""Which questions need an editor, and which of them are the same question in other words."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from bot.desk.asked import Asked, Rated
from knowledge.normalise import normalise
from knowledge.search_terms import query_terms

UNHELPFUL, UNREAD, DOUBTFUL, UNSURE, REFUSED = "标了没用", "没认出来", "拿不准", "答了但把握低", "拒答"
_WEIGHT = {UNHELPFUL: 3.0, UNREAD: 2.0, DOUBTFUL: 2.0, UNSURE: 1.5, REFUSED: 1.0}
LOW = 0.5
"""Confidence below which an answer is looked at."""
ALIKE = 0.5
"""Cosine of the search terms from which two questions count as one."""
_SHORTEST = 2  # letters
_NEAREST = 3  # topics that may be meant


@dataclass(frozen=True)
class Doubt:
    """One question that needs an editor, and why. follows: it was not the first message of its conversation."""

    text: str
    why: str
    day: datetime.date
    candidates: tuple[tuple[str, float], ...]
    follows: bool = False


@dataclass(frozen=True)
class Cluster:
    """Questions that ask the same. questions: (text, how often), most frequent first; why: reason -> how often; near: topics that may be
    meant, best first; last: the last day it was asked; following: how often it was asked in the middle of a conversation, where it may
    mean something only together with what went before."""

    questions: tuple[tuple[str, int], ...]
    why: dict[str, int]
    near: tuple[str, ...]
    last: datetime.date
    following: int = 0

    @property
    def count(self) -> int:
        return sum(count for _, count in self.questions)


def why_doubtful(message: Asked) -> str | None:
    """Why an editor should look at an answer; None where nothing is to be done. Messages known by their form are in order as they are."""
    if message.act is not None or message.exact or len(fold(message.text)) < _SHORTEST:
        return None
    if message.kind == "refuse":
        return None if message.reason == "no_such_provision" else UNREAD if message.reason == "unclear" else REFUSED
    if message.kind in ("clarify", "related"):
        return DOUBTFUL
    return UNSURE if message.kind == "answer" and message.confidence < LOW else None


def doubts(messages: Iterable[Asked], ratings: Iterable[Rated]) -> list[Doubt]:
    """Everything that needs an editor."""
    found = [Doubt(m.text, why, m.day, m.candidates, not m.begins) for m in messages if (why := why_doubtful(m))]
    return found + [Doubt(r.text, UNHELPFUL, r.day, r.candidates) for r in ratings if r.verdict == "down" and len(fold(r.text)) >= _SHORTEST]


def fold(text: str) -> str:
    """A question as it is compared: normalised, letters and digits only."""
    return "".join(letter for letter in normalise(text).lower() if letter.isalnum())


def clusters(found: Iterable[Doubt], decided: Iterable[str] = ()) -> list[Cluster]:
    """The questions put together, the most pressing first; those that were decided on are left out."""
    done = {fold(text) for text in decided}
    same: dict[str, list[Doubt]] = {}
    for doubt in found:
        if (key := fold(doubt.text)) not in done:
            same.setdefault(key, []).append(doubt)
    groups = sorted(same.values(), key=lambda group: (-len(group), group[0].text))
    made = [_cluster([groups[i] for i in members]) for members in together([group[0].text for group in groups])]
    return sorted(made, key=lambda c: (-sum(_WEIGHT[why] * count for why, count in c.why.items()), c.questions[0][0]))


def _cluster(groups: Sequence[Sequence[Doubt]]) -> Cluster:
    everything = [doubt for group in groups for doubt in group]
    near: dict[str, float] = {}
    for doubt in everything:
        for topic, probability in doubt.candidates:
            near[topic] = near.get(topic, 0.0) + probability
    nearest = sorted(near, key=lambda topic: -near[topic])[:_NEAREST]
    texts = ((Counter(d.text for d in group).most_common(1)[0][0], len(group)) for group in groups)
    why = Counter(doubt.why for doubt in everything)
    return Cluster(tuple(texts), dict(why), tuple(nearest), max(d.day for d in everything), sum(d.follows for d in everything))


def together(texts: Sequence[str]) -> list[list[int]]:
    """Indices of texts that are alike: each joins the first text before it that is alike enough, or begins a group."""
    matrix = _vectors(texts)
    leaders: list[int] = []
    groups: dict[int, list[int]] = {}
    likeness = (matrix @ matrix.T).tocsr()
    for i in range(len(texts)):
        row = likeness.getrow(i)
        alike = dict(zip(row.indices, row.data))
        leader = max(leaders, key=lambda j: alike.get(j, 0.0), default=None) if leaders else None
        if leader is not None and alike.get(leader, 0.0) >= ALIKE:
            groups[leader].append(i)
        else:
            leaders.append(i)
            groups[i] = [i]
    return list(groups.values())


def _vectors(texts: Sequence[str]) -> csr_matrix:
    """TF-IDF of the search terms, unit length, a row a text."""
    counted = [Counter(query_terms(text)) for text in texts]
    seen = Counter(term for counts in counted for term in counts)
    number = {term: i for i, term in enumerate(seen)}
    idf = {term: np.log((1 + len(texts)) / (1 + n)) + 1 for term, n in seen.items()}
    rows, columns, values = [], [], []
    for row, counts in enumerate(counted):
        weights = {term: (1 + np.log(n)) * idf[term] for term, n in counts.items()}
        length = float(np.sqrt(sum(w * w for w in weights.values()))) or 1.0
        rows += [row] * len(weights)
        columns += [number[term] for term in weights]
        values += [w / length for w in weights.values()]
    return csr_matrix((values, (rows, columns)), shape=(len(texts), max(len(number), 1)))
