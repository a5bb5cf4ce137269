"""Questions as sparse TF-IDF vectors over the features of `features.analyse`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

Analyser = Callable[[str], list[str]]


class Vectoriser:
    """Sublinear TF-IDF with unit length, as in the usual text-retrieval practice (Manning et al., IR book, ch. 6)."""

    def __init__(self, analyse: Analyser, vocabulary: dict[str, int], idf: np.ndarray) -> None:
        self.analyse = analyse
        self.vocabulary = vocabulary
        self.idf = idf.astype(np.float32)

    @classmethod
    def fit(cls, analyse: Analyser, texts: Sequence[str], at_least: int = 3) -> tuple[Vectoriser, csr_matrix]:
        """Learn the vocabulary (features that occur in `at_least` texts or more); returns it with the texts' own vectors."""
        counted = [Counter(analyse(text)) for text in texts]
        seen: Counter[str] = Counter()
        for counts in counted:
            seen.update(counts.keys())
        kept = sorted(feature for feature, count in seen.items() if count >= at_least)
        idf = np.asarray([np.log((1 + len(texts)) / (1 + seen[f])) + 1 for f in kept], dtype=np.float32)
        vectors = cls(analyse, {feature: i for i, feature in enumerate(kept)}, idf)
        return vectors, vectors._stack([vectors._weigh(counts) for counts in counted])

    def vector(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Feature indices and weights of one text (both of shape (n,), weights of unit length; n may be 0)."""
        return self._weigh(Counter(self.analyse(text)))

    def matrix(self, texts: Iterable[str]) -> csr_matrix:
        """One row a text, float32."""
        return self._stack([self.vector(text) for text in texts])

    def _weigh(self, features: Counter[str]) -> tuple[np.ndarray, np.ndarray]:
        counts = {i: count for f, count in features.items() if (i := self.vocabulary.get(f)) is not None}
        if not counts:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        indices = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.idf[indices]
        return indices, (weights / np.linalg.norm(weights)).astype(np.float32)

    def _stack(self, rows: list[tuple[np.ndarray, np.ndarray]]) -> csr_matrix:
        shape = (len(rows), len(self.vocabulary))
        starts = np.concatenate([[0], np.cumsum([len(index) for index, _ in rows], dtype=np.int64)])
        if not rows:
            return csr_matrix(shape, dtype=np.float32)
        return csr_matrix((np.concatenate([w for _, w in rows]), np.concatenate([i for i, _ in rows]), starts), shape=shape)

    def save(self, folder: Path) -> None:
        (folder / "vocabulary.json").write_text(json.dumps(list(self.vocabulary), ensure_ascii=False), encoding="utf-8")
        np.save(folder / "idf.npy", self.idf)

    @classmethod
    def load(cls, analyse: Analyser, folder: Path) -> Vectoriser:
        features = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        return cls(analyse, {feature: i for i, feature in enumerate(features)}, np.load(folder / "idf.npy"))
