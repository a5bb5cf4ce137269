"""The recogniser: a question in, ranked topics with calibrated probabilities and a verdict out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.nlu.recognition import network
from bot.nlu.recognition.features import MEMBERS, analyser, squeeze
from bot.nlu.recognition.vectors import Vectoriser

_QUESTIONS = re.compile(r"[^？?。！!；;]+[？?]")
_SHORTEST, _MOST_PARTS, _CERTAIN = 6, 4, 0.6
_LEANS_AT_MOST = 40  # letters; a longer message stands alone


@dataclass(frozen=True)
class Thresholds:
    """When to answer, to offer a choice, to show what may be related, to refuse. Calibrated by experiments/held_out.py on writers not trained on."""

    temperature: float = 0.45
    sure: float = 0.30
    choose: float = 0.15
    weak: float = 0.05
    foreign: float = 0.50


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
class Recognition:
    """verdict: sure, choose, weak or none. candidates: best first. exact: the question is one of our own.

    within: for each document, its own best topics with their probability given that the question is about that document.
    also: answers to further questions in the same message.
    joined: the best topics for the question read together with the one before it, with their probabilities.
    """

    verdict: str
    candidates: tuple[Ranked, ...]
    confidence: float
    exact: bool = False
    within: tuple[tuple[str, tuple[Ranked, ...]], ...] = ()
    also: tuple[Ranked, ...] = ()
    joined: tuple[Ranked, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """What the actions get of it, as JSON."""
        return {
            "verdict": self.verdict,
            "exact": self.exact,
            "confidence": round(self.confidence, 4),
            "candidates": [{"topic": c.topic, "probability": c.probability} for c in self.candidates],
            "within": {document: {c.topic: c.probability for c in ranked} for document, ranked in self.within},
            "also": [c.topic for c in self.also],
            "joined": {c.topic: c.probability for c in self.joined},
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


def _fit_member(views: tuple[str, ...], texts: Sequence[str], labels: np.ndarray, classes: int, settings: network.Settings) -> Member:
    vectors, matrix = Vectoriser.fit(analyser(views), texts)
    return Member(vectors, network.train(matrix, labels, classes, settings))


class Recogniser:
    """Two networks that look at different features, their mean, and the decision. `topics[i]` is the topic of class i."""

    def __init__(
        self, members: Sequence[Member], topics: Sequence[str], info: dict[str, TopicInfo], exact: dict[str, str], thresholds: Thresholds
    ) -> None:
        self.members, self.topics, self.info, self.exact, self.thresholds = list(members), list(topics), info, exact, thresholds
        self._kinds = np.asarray([info[t].kind for t in self.topics])
        articles = [info[t].article or t for t in self.topics]
        numbers = {article: i for i, article in enumerate(dict.fromkeys(articles))}
        self._article = np.asarray([numbers[a] for a in articles])
        self._document = np.asarray([a.split("/")[0] if "/" in a else "" for a in articles])

    @classmethod
    def fit(
        cls,
        examples: Sequence[tuple[str, str]],
        info: dict[str, TopicInfo],
        questions: dict[str, str],
        thresholds: Thresholds = Thresholds(),
        settings: network.Settings = network.Settings(),
        members: Sequence[tuple[str, ...]] = MEMBERS,
    ) -> Recogniser:
        """Learn from (text, topic) examples. `questions`: topic -> its own question, recognised letter for letter."""
        topics = sorted({topic for _, topic in examples})
        number = {topic: i for i, topic in enumerate(topics)}
        texts = [text for text, _ in examples]
        labels = np.asarray([number[topic] for _, topic in examples])
        with ThreadPoolExecutor() as pool:  # NumPy and SciPy let go of the interpreter lock in their loops
            trained = list(pool.map(lambda views: _fit_member(views, texts, labels, len(topics), settings), members))
        exact = {squeeze(question): topic for topic, question in questions.items() if topic in number}
        return cls(trained, topics, {t: info[t] for t in topics}, exact, thresholds)

    def probabilities(self, text: str) -> np.ndarray:
        """Calibrated probability of every topic, shape (topics,)."""
        return softmax(np.mean([member.scores(text) for member in self.members], axis=0), self.thresholds.temperature)

    def scores_of(self, texts: Sequence[str]) -> np.ndarray:
        """Mean scores of many questions, shape (texts, topics)."""
        result: np.ndarray = np.mean([member.scores_of(texts) for member in self.members], axis=0)
        return result

    def recognise(self, text: str, before: str | None = None, subject: str | None = None, most: int = 20) -> Recognition:
        """Rank the topics and decide how sure that is. Candidates that agree with the verdict (answers or refusals) stand first.

        before, subject: the question and the topic that the conversation is on, for messages that mean something only together with them.
        """
        own = self.exact.get(squeeze(text))
        if not any(len(member.vectors.vector(text)[0]) for member in self.members):
            return Recognition("none", (), 0.0)
        probabilities = self.probabilities(text)
        if own is not None:
            return Recognition("sure", (Ranked(own, 1.0),), 1.0, exact=True, within=self.within(probabilities))
        found = self.decide(probabilities, most)
        return replace(found, within=self.within(probabilities), also=self._also(text, found), joined=self._joined(before, subject, text, most))

    def _joined(self, before: str | None, subject: str | None, text: str, most: int) -> tuple[Ranked, ...]:
        """The message behind the question before it, and behind the title of that question's topic: the mean of both."""
        title = self.info[subject].title if subject in self.info else ""
        earlier = list(dict.fromkeys(words for words in (before, title) if words))
        if not earlier or len(squeeze(text)) > _LEANS_AT_MOST:
            return ()
        scores = np.mean([member.scores(joined(words, text)) for words in earlier for member in self.members], axis=0)
        probabilities = softmax(scores, self.thresholds.temperature)
        return self._ranked(np.argsort(-probabilities), probabilities, most)

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

    def within(self, probabilities: np.ndarray, most: int = 4) -> tuple[tuple[str, tuple[Ranked, ...]], ...]:
        """For each document the best topics with their probability given that the question is about that document."""
        found = []
        for document in sorted(set(self._document) - {""}):
            members = np.flatnonzero(self._document == document)
            total = float(probabilities[members].sum()) or 1.0
            best = members[np.argsort(-probabilities[members])[:most]]
            found.append((document, tuple(Ranked(self.topics[i], round(float(probabilities[i]) / total, 3)) for i in best)))
        return tuple(found)

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


def joined(before: str, text: str) -> str:
    """A message as it is read behind what went before it, in training and in use."""
    return f"{before}，{text}"


def softmax(scores: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities from scores (last axis)."""
    scaled = scores / temperature
    scaled = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: np.ndarray = scaled / scaled.sum(axis=-1, keepdims=True)
    return result
