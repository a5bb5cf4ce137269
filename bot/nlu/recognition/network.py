"""A small network from feature vectors to topics: one shared hidden layer, so that topics share what they learn.

NumPy only: a question costs one gather and two small products.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

_STEPS = 127  # of a stored weight, to either side


@dataclass(frozen=True)
class Settings:
    """Training settings; the defaults come from experiments/results.md."""

    hidden: int = 256
    input_dropout: float = 0.3
    hidden_dropout: float = 0.5
    epochs: int = 15
    batch: int = 1024
    rate: float = 0.05
    smoothing: float = 0.1
    seed: int = 1


@dataclass(frozen=True)
class Network:
    """Weights: embed (features, hidden), scale (features,), bias (hidden,), out (hidden, classes), offset (classes,), all float32.

    A feature's weights are its row of `embed` times its `scale`, which is 1 in training. A loaded embed stays int8, as it is stored: it is by
    far the largest, and only the rows of a question's features are read.
    """

    embed: np.ndarray
    scale: np.ndarray
    bias: np.ndarray
    out: np.ndarray
    offset: np.ndarray

    def hidden(self, indices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Hidden activations of one question, shape (hidden,)."""
        return np.maximum((weights * self.scale[indices]) @ self.embed[indices].astype(np.float32, copy=False) + self.bias, 0.0)

    def scores(self, indices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """One score a class, shape (classes,)."""
        result: np.ndarray = self.hidden(indices, weights) @ self.out + self.offset
        return result

    def scores_of(self, matrix: csr_matrix) -> np.ndarray:
        """Scores of many questions, shape (questions, classes)."""
        hidden = np.maximum(matrix.multiply(self.scale).tocsr() @ self.embed.astype(np.float32, copy=False) + self.bias, 0.0)
        result: np.ndarray = hidden @ self.out + self.offset
        return result

    def contributions(self, indices: np.ndarray, weights: np.ndarray, label: int) -> np.ndarray:
        """How much each feature of the question speaks for the class, shape (n,)."""
        active = self.hidden(indices, weights) > 0
        rows = self.embed[indices][:, active].astype(np.float32, copy=False)
        result: np.ndarray = weights * self.scale[indices] * (rows @ self.out[active, label])
        return result

    def save(self, folder: Path) -> None:
        full = self.embed * self.scale[:, None]
        scale = np.maximum(np.abs(full).max(axis=1), np.finfo(np.float32).tiny * _STEPS) / _STEPS
        embed = np.rint(full / scale[:, None]).astype(np.int8)
        np.savez(folder / "network.npz", embed=embed, scale=scale, bias=self.bias, out=self.out, offset=self.offset)

    @classmethod
    def load(cls, folder: Path) -> Network:
        with np.load(folder / "network.npz") as arrays:
            return cls(arrays["embed"], arrays["scale"], arrays["bias"], arrays["out"], arrays["offset"])


def train(matrix: csr_matrix, labels: np.ndarray, classes: int, settings: Settings = Settings()) -> Network:
    """Fit to `labels` (integers, shape (rows,)) on smoothed cross-entropy. Deterministic for a seed.

    AdaGrad (Duchi et al. 2011) touches only the embedding rows of features that occur in a batch, which makes an epoch
    cost what the questions cost and not what the vocabulary costs.
    """
    random = np.random.RandomState(settings.seed)
    rows, features = matrix.shape
    net = Network(
        random.normal(0, 0.1, (features, settings.hidden)).astype(np.float32),
        np.ones(features, dtype=np.float32),
        np.zeros(settings.hidden, dtype=np.float32),
        random.normal(0, 0.05, (settings.hidden, classes)).astype(np.float32),
        np.zeros(classes, dtype=np.float32),
    )
    squares = [np.full(w.shape, 1e-8, dtype=np.float32) for w in (net.embed, net.bias, net.out, net.offset)]
    for epoch in range(settings.epochs):
        rate = settings.rate * (1 - 0.9 * epoch / settings.epochs)
        order = random.permutation(rows)
        for start in range(0, rows, settings.batch):
            chosen = order[start : start + settings.batch]
            _step(net, squares, matrix[chosen], labels[chosen], settings, rate, random)
    return net


def _step(
    net: Network, squares: list[np.ndarray], part: csr_matrix, labels: np.ndarray, settings: Settings, rate: float, random: np.random.RandomState
) -> None:
    """One gradient step, in place."""
    size = part.shape[0]
    kept = random.rand(part.nnz) >= settings.input_dropout
    part = csr_matrix((part.data * kept / (1 - settings.input_dropout), part.indices, part.indptr), shape=part.shape, dtype=np.float32)
    touched, column = np.unique(part.indices, return_inverse=True)
    small = csr_matrix((part.data, column, part.indptr), shape=(size, len(touched)))
    before = small @ net.embed[touched] + net.bias
    mask = ((before > 0) * (random.rand(*before.shape) >= settings.hidden_dropout) / (1 - settings.hidden_dropout)).astype(np.float32)
    hidden = before * mask
    scores = hidden @ net.out + net.offset
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = scores / scores.sum(axis=1, keepdims=True)
    error -= settings.smoothing / error.shape[1]
    error[np.arange(size), labels] -= 1 - settings.smoothing
    error /= size
    back = (error @ net.out.T) * mask
    _adagrad(net.out, squares[2], hidden.T @ error, rate)
    _adagrad(net.offset, squares[3], error.sum(axis=0), rate)
    _adagrad(net.bias, squares[1], back.sum(axis=0), rate)
    gradient = np.asarray(small.T.tocsr() @ back)  # row by row of the result: three times as fast as by column
    seen = squares[0][touched]
    seen += gradient * gradient
    squares[0][touched] = seen
    gradient *= rate
    gradient /= np.sqrt(seen, out=seen)
    net.embed[touched] -= gradient


def _adagrad(weights: np.ndarray, squares: np.ndarray, gradient: np.ndarray, rate: float) -> None:
    squares += gradient * gradient
    weights -= rate * gradient / np.sqrt(squares)
