"""The recogniser: a question in, ranked topics with calibrated probabilities and a verdict out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from bot.nlu.recognition import network
from bot.nlu.recognition.features import MEMBERS, analyser, squeeze
from bot.nlu.recognition.vectors import Vectoriser
from knowledge.statements import corrected

_QUESTIONS = re.compile(r"[^？?。！!；;]+[？?]")
_SHORTEST, _MOST_PARTS, _CERTAIN = 6, 4, 0.6
_SUBJECT, _MOST_SCORED, _MOST_ALONE, _MOST_KEPT = 0.4, 50, 10, 512


@dataclass(frozen=True)
class Thresholds:
    """When to answer, to offer a choice, to show what may be related, to refuse. Calibrated by experiments/held_out.py on writers not trained on."""

    temperature: float = 0.45
    sure: float = 0.30
    choose: float = 0.15
    weak: float = 0.05
    foreign: float = 0.25


@dataclass(frozen=True)
class TopicInfo:
    """What the recogniser must know of a topic: its kind, the article (or policy section) it mainly rests on, and its title."""

    kind: str
    article: str
    title: str = ""


@dataclass(frozen=True)
class Ranked:
    topic: str
    probability: float


@dataclass(frozen=True)
class Scored:
    """What the message alone and the subject before it say for a topic: scores below that of the best topic, which is 0."""

    topic: str
    alone: float
    before: float


@dataclass(frozen=True)
class Recognition:
    """verdict: sure, choose, weak or none. candidates: best first. exact: the question is one of our own.

    also: answers to further questions in the same message.
    scores: in a conversation, for the topics that message or subject speak for, how much each speaks for it.
    """

    verdict: str
    candidates: tuple[Ranked, ...]
    confidence: float
    exact: bool = False
    also: tuple[Ranked, ...] = ()
    scores: tuple[Scored, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """What the actions get of it, as JSON."""
        return {
            "verdict": self.verdict,
            "exact": self.exact,
            "confidence": round(self.confidence, 4),
            "candidates": [{"topic": c.topic, "probability": c.probability} for c in self.candidates],
            "also": [c.topic for c in self.also],
            "scores": {s.topic: [s.alone, s.before] for s in self.scores},
        }


@dataclass(frozen=True)
class Member:
    """One network with the feature vectors it reads."""

    vectors: Vectoriser
    net: network.Network

    def scores(self, text: str) -> np.ndarray:
        """One score a topic, shape (topics,)."""
        return self.net.scores(*self.vectors.vector(text))

    def scores_of(self, texts: Sequence[str]) -> np.ndarray:
        """Shape (texts, topics)."""
        return self.net.scores_of(self.vectors.matrix(texts))


def _fit_member(views: tuple[str, ...], examples: Sequence[tuple[str, str]], number: dict[str, int], settings: network.Settings) -> Member:
    vectors, matrix = Vectoriser.fit(analyser(views), [text for text, _ in examples])
    return Member(vectors, network.train(matrix, np.asarray([number[topic] for _, topic in examples]), len(number), settings))


class Recogniser:
    """Two networks that look at different features, their mean, and the decision. `topics[i]` is the topic of class i."""

    def __init__(
        self, members: Sequence[Member], topics: Sequence[str], info: dict[str, TopicInfo], exact: dict[str, str], thresholds: Thresholds
    ) -> None:
        self.members, self.topics, self.info, self.exact, self.thresholds = list(members), list(topics), info, exact, thresholds
        self._kept: dict[str, np.ndarray] = {}
        self._kinds = np.asarray([info[t].kind for t in self.topics])
        articles = [info[t].article or t for t in self.topics]
        numbers = {article: i for i, article in enumerate(dict.fromkeys(articles))}
        self._article = np.asarray([numbers[a] for a in articles])

    @classmethod
    def fit(
        cls,
        examples: Sequence[tuple[str, str]],
        elliptical: Sequence[tuple[str, str]],
        info: dict[str, TopicInfo],
        questions: dict[str, str],
        thresholds: Thresholds = Thresholds(),
        settings: network.Settings = network.Settings(),
        members: Sequence[tuple[str, ...]] = MEMBERS,
    ) -> Recogniser:
        """Learn from (text, topic) examples. `questions`: topic -> its own question, recognised letter for letter.

        elliptical: examples that leave out what they are about. Only the first network learns them, so that in the mean the words of a whole
        question still tell its subject (experiments/results.md).
        """
        number = {topic: i for i, topic in enumerate(sorted({topic for _, topic in examples}))}
        learnt = [[*examples, *(e for e in elliptical if e[1] in number)], *([examples] * (len(members) - 1))]
        side_by_side = Parallel(n_jobs=len(members))  # a process and one BLAS thread each, on two cores
        trained = side_by_side(delayed(_fit_member)(views, own, number, settings) for views, own in zip(members, learnt))
        exact = {squeeze(question): topic for topic, question in questions.items() if topic in number}
        return cls(trained, list(number), {t: info[t] for t in number}, exact, thresholds)

    def probabilities(self, text: str) -> np.ndarray:
        """Calibrated probability of every topic, shape (topics,)."""
        return softmax(self._scores(text), self.thresholds.temperature)

    def scores_of(self, texts: Sequence[str]) -> np.ndarray:
        """Mean scores of many questions, shape (texts, topics)."""
        result: np.ndarray = np.mean([member.scores_of(texts) for member in self.members], axis=0)
        return result

    def recognise(self, text: str, before: str | None = None, subject: str | None = None, most: int = 20) -> Recognition:
        """Rank the topics and decide how sure that is. Candidates that agree with the verdict (answers or refusals) stand first.

        before, subject: the question and the topic that the conversation is on, for messages that mean something only together with them.
        """
        text = corrected(text)
        own = self.exact.get(squeeze(text))
        if own is not None:
            return Recognition("sure", (Ranked(own, 1.0),), 1.0, exact=True)
        seen = [(member.net, *member.vectors.vector(text)) for member in self.members]
        if not any(len(indices) for _, indices, _ in seen):
            return Recognition("none", (), 0.0)
        scores: np.ndarray = np.mean([net.scores(indices, weights) for net, indices, weights in seen], axis=0)
        found = self.decide(softmax(scores, self.thresholds.temperature), most)
        return replace(found, also=self._also(text, found), scores=self._in_conversation(scores, before, subject))

    def _in_conversation(self, scores: np.ndarray, before: str | None, subject: str | None) -> tuple[Scored, ...]:
        """The topics that the message, or the message and the subject, speak for most. The subject: the question before and its topic's title."""
        title = self.info[subject].title if subject in self.info else ""
        earlier = [words for words in dict.fromkeys((before, title)) if words]
        if not earlier:
            return ()
        alone, subjects = scores - scores.max(), np.mean([self._scores_before(words) for words in earlier], axis=0)
        subjects = subjects - subjects.max()
        kept = {*np.argsort(-(alone + _SUBJECT * subjects))[:_MOST_SCORED], *np.argsort(-alone)[:_MOST_ALONE]}
        return tuple(Scored(self.topics[i], round(float(alone[i]), 3), round(float(subjects[i]), 3)) for i in sorted(kept))

    def _scores_before(self, words: str) -> np.ndarray:
        """Scores of what was said before; kept, since a subject lasts for some messages."""
        if words not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[words] = self._scores(words)
        return self._kept[words]

    def _scores(self, text: str) -> np.ndarray:
        result: np.ndarray = np.mean([member.scores(text) for member in self.members], axis=0)
        return result

    def _also(self, text: str, found: Recognition) -> tuple[Ranked, ...]:
        """Where a message asks several things (能找谁管？能直接判赔吗？): what its other questions are surely about."""
        asked = [part for part in _QUESTIONS.findall(text) if len(squeeze(part)) >= _SHORTEST]
        if found.verdict != "sure" or len(asked) < 2 or not found.candidates or self.info[found.candidates[0].topic].kind != "answer":
            return ()
        further: dict[str, Ranked] = {}
        for part in asked[:_MOST_PARTS]:
            best = self.decide(self.probabilities(part))
            if best.verdict == "sure" and best.candidates[0].probability >= _CERTAIN and self.info[best.candidates[0].topic].kind == "answer":
                further[best.candidates[0].topic] = best.candidates[0]
        further.pop(found.candidates[0].topic, None)
        return tuple(further.values())[:2]

    def decide(self, probabilities: np.ndarray, most: int = 20) -> Recognition:
        """The verdict on a vector of probabilities: answers of one article support each other, refusals support each other."""
        limits = self.thresholds
        foreign = (self._kinds != "answer") & (self._kinds != "check")
        refused = float(probabilities[foreign].sum())
        order = np.argsort(-probabilities)
        if refused >= limits.foreign:
            order = np.concatenate([order[foreign[order]][: most // 2], order[~foreign[order]]])
            best = int(order[0])
            return (
                Recognition("sure", self._ranked(order, probabilities, most), refused)
                if probabilities[best] > limits.weak
                else Recognition("foreign", self._ranked(order, probabilities, most), refused)
            )
        order = np.concatenate([order[~foreign[order]][: most // 2], order[foreign[order]]])
        best = int(order[0])
        together = float(probabilities[(self._article == self._article[best]) & ~foreign].sum())
        confidence = max(together, float(probabilities[best]))
        verdict = (
            "sure" if confidence >= limits.sure else "choose" if confidence >= limits.choose else "weak" if confidence >= limits.weak else "none"
        )
        return Recognition(verdict, self._ranked(order, probabilities, most), confidence)

    def _ranked(self, order: np.ndarray, probabilities: np.ndarray, most: int) -> tuple[Ranked, ...]:
        return tuple(Ranked(self.topics[i], round(float(probabilities[i]), 4)) for i in order[:most])

    def explain(self, text: str, topic: str, most: int = 12) -> list[tuple[str, float]]:
        """The features of the question that speak most for the topic, with their contributions to the first network's score."""
        member = self.members[0]
        indices, weights = member.vectors.vector(text)
        names = list(member.vectors.vocabulary)
        shares = member.net.contributions(indices, weights, self.topics.index(topic))
        return [(names[indices[i]], float(shares[i])) for i in np.argsort(-shares)[:most]]

    def save(self, folder: Path, views: Sequence[tuple[str, ...]] = MEMBERS) -> None:
        for number, member in enumerate(self.members):
            place = folder / f"member{number}"
            place.mkdir(parents=True, exist_ok=True)
            member.vectors.save(place)
            member.net.save(place)
        data = {
            "topics": self.topics,
            "info": {t: asdict(i) for t, i in self.info.items()},
            "exact": self.exact,
            "thresholds": asdict(self.thresholds),
            "views": [list(v) for v in views[: len(self.members)]],
        }
        (folder / "recogniser.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Recogniser:
        data = json.loads((folder / "recogniser.json").read_text(encoding="utf-8"))
        info = {topic: TopicInfo(**fields) for topic, fields in data["info"].items()}
        members = [
            Member(Vectoriser.load(analyser(tuple(views)), folder / f"member{i}"), network.Network.load(folder / f"member{i}"))
            for i, views in enumerate(data["views"])
        ]
        return cls(members, data["topics"], info, data["exact"], Thresholds(**data["thresholds"]))


def softmax(scores: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities from scores (last axis)."""
    scaled = scores / temperature
    scaled = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: np.ndarray = scaled / scaled.sum(axis=-1, keepdims=True)
    return result
