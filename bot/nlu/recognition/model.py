"""The recogniser: a question in, ranked topics with calibrated probabilities and a verdict out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bot.nlu.recognition import network
from bot.nlu.recognition.features import analyse, squeeze
from bot.nlu.recognition.vectors import Vectoriser


@dataclass(frozen=True)
class Thresholds:
    """When to answer, to offer a choice, to show what may be related, to refuse. Calibrated by experiments/held_out.py on writers not trained on."""

    temperature: float = 0.4
    sure: float = 0.30
    choose: float = 0.15
    weak: float = 0.05
    foreign: float = 0.50


@dataclass(frozen=True)
class TopicInfo:
    """What the recogniser must know of a topic: its kind and the article (or policy section) it mainly rests on."""

    kind: str
    article: str


@dataclass(frozen=True)
class Ranked:
    topic: str
    probability: float


@dataclass(frozen=True)
class Recognition:
    """verdict: sure, choose, weak or none. candidates: best first. exact: the question is one of our own."""

    verdict: str
    candidates: tuple[Ranked, ...]
    confidence: float
    exact: bool = False


class Recogniser:
    """Feature vectors, a network and the decision. `topics[i]` is the topic of class i."""

    def __init__(
        self,
        vectors: Vectoriser,
        net: network.Network,
        topics: Sequence[str],
        info: dict[str, TopicInfo],
        exact: dict[str, str],
        thresholds: Thresholds,
    ) -> None:
        self.vectors, self.net, self.topics, self.info, self.exact, self.thresholds = vectors, net, list(topics), info, exact, thresholds
        self._kinds = np.asarray([info[t].kind for t in self.topics])
        articles = [info[t].article or t for t in self.topics]
        numbers = {article: i for i, article in enumerate(dict.fromkeys(articles))}
        self._article = np.asarray([numbers[a] for a in articles])

    @classmethod
    def fit(
        cls,
        examples: Sequence[tuple[str, str]],
        info: dict[str, TopicInfo],
        questions: dict[str, str],
        thresholds: Thresholds = Thresholds(),
        settings: network.Settings = network.Settings(),
    ) -> Recogniser:
        """Learn from (text, topic) examples. `questions`: topic -> its own question, recognised letter for letter."""
        topics = sorted({topic for _, topic in examples})
        number = {topic: i for i, topic in enumerate(topics)}
        texts = [text for text, _ in examples]
        vectors = Vectoriser.fit(analyse, texts)
        labels = np.asarray([number[topic] for _, topic in examples])
        net = network.train(vectors.matrix(texts), labels, len(topics), settings)
        exact = {squeeze(question): topic for topic, question in questions.items() if topic in number}
        return cls(vectors, net, topics, {t: info[t] for t in topics}, exact, thresholds)

    def probabilities(self, text: str) -> np.ndarray:
        """Calibrated probability of every topic, shape (topics,)."""
        return softmax(self.net.scores(*self.vectors.vector(text)), self.thresholds.temperature)

    def recognise(self, text: str, most: int = 20) -> Recognition:
        """Rank the topics and decide how sure that is."""
        own = self.exact.get(squeeze(text))
        if own is not None:
            return Recognition("sure", (Ranked(own, 1.0),), 1.0, exact=True)
        if not len(self.vectors.vector(text)[0]):
            return Recognition("none", (), 0.0)
        return self.decide(self.probabilities(text), most)

    def decide(self, probabilities: np.ndarray, most: int = 20) -> Recognition:
        """The verdict on a vector of probabilities: answers of one article support each other, refusals support each other."""
        limits = self.thresholds
        foreign = (self._kinds != "answer") & (self._kinds != "check")
        refused = float(probabilities[foreign].sum())
        order = np.argsort(-probabilities)
        if refused >= limits.foreign:
            order = np.asarray([i for i in order if foreign[i]])
            best = int(order[0])
            return (
                Recognition("sure", self._ranked(order, probabilities, most), refused)
                if probabilities[best] > limits.weak
                else Recognition("foreign", self._ranked(order, probabilities, most), refused)
            )
        order = np.asarray([i for i in order if not foreign[i]])
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
        """The features of the question that speak most for the topic, with their contributions to its score."""
        indices, weights = self.vectors.vector(text)
        names = list(self.vectors.vocabulary)
        shares = self.net.contributions(indices, weights, self.topics.index(topic))
        return [(names[indices[i]], float(shares[i])) for i in np.argsort(-shares)[:most]]

    def save(self, folder: Path) -> None:
        self.vectors.save(folder)
        self.net.save(folder)
        data = {
            "topics": self.topics,
            "info": {t: asdict(i) for t, i in self.info.items()},
            "exact": self.exact,
            "thresholds": asdict(self.thresholds),
        }
        (folder / "recogniser.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Recogniser:
        data = json.loads((folder / "recogniser.json").read_text(encoding="utf-8"))
        info = {topic: TopicInfo(**fields) for topic, fields in data["info"].items()}
        return cls(
            Vectoriser.load(analyse, folder), network.Network.load(folder), data["topics"], info, data["exact"], Thresholds(**data["thresholds"])
        )


def softmax(scores: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities from scores (last axis)."""
    scaled = scores / temperature
    scaled = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: np.ndarray = scaled / scaled.sum(axis=-1, keepdims=True)
    return result
