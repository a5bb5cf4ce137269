"""A small network from feature vectors to topics: one shared hidden layer, so that topics share what they learn.

Trained with TensorFlow (which Rasa brings), read with NumPy: a question costs one gather and two small products.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Settings:
    """Training settings; the defaults come from experiments/results.md."""

    hidden: int = 256
    input_dropout: float = 0.3
    hidden_dropout: float = 0.5
    epochs: int = 30
    batch: int = 256
    rate: float = 2e-3
    smoothing: float = 0.1
    seed: int = 1


@dataclass(frozen=True)
class Network:
    """Weights: embed (features, hidden), bias (hidden,), out (hidden, classes), offset (classes,), all float32."""

    embed: np.ndarray
    bias: np.ndarray
    out: np.ndarray
    offset: np.ndarray

    def hidden(self, indices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Hidden activations of one question, shape (hidden,)."""
        return np.maximum(weights @ self.embed[indices] + self.bias, 0.0)

    def scores(self, indices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """One score a class, shape (classes,)."""
        result: np.ndarray = self.hidden(indices, weights) @ self.out + self.offset
        return result

    def scores_of(self, matrix: csr_matrix) -> np.ndarray:
        """Scores of many questions, shape (questions, classes)."""
        hidden = np.maximum(matrix @ self.embed + self.bias, 0.0)
        result: np.ndarray = hidden @ self.out + self.offset
        return result

    def contributions(self, indices: np.ndarray, weights: np.ndarray, label: int) -> np.ndarray:
        """How much each feature of the question speaks for the class, shape (n,)."""
        active = self.hidden(indices, weights) > 0
        result: np.ndarray = weights * (self.embed[indices][:, active] @ self.out[active, label])
        return result

    def save(self, folder: Path) -> None:
        np.savez(folder / "network.npz", embed=self.embed.astype(np.float16), bias=self.bias, out=self.out, offset=self.offset)

    @classmethod
    def load(cls, folder: Path) -> Network:
        with np.load(folder / "network.npz") as arrays:
            return cls(arrays["embed"].astype(np.float32), arrays["bias"], arrays["out"], arrays["offset"])


def train(matrix: csr_matrix, labels: np.ndarray, classes: int, settings: Settings = Settings(), sample_weights: np.ndarray | None = None) -> Network:
    """Fit to `labels` (integers, shape (rows,)) by Adam on smoothed cross-entropy. Deterministic for a seed."""
    import tensorflow as tf

    tf.random.set_seed(settings.seed)
    random = np.random.RandomState(settings.seed)
    rows, features = matrix.shape
    importance = np.ones(rows, dtype=np.float32) if sample_weights is None else sample_weights.astype(np.float32)
    embed = tf.Variable(tf.random.normal([features, settings.hidden], stddev=0.1))
    bias = tf.Variable(tf.zeros([settings.hidden]))
    out = tf.Variable(tf.random.normal([settings.hidden, classes], stddev=0.05))
    offset = tf.Variable(tf.zeros([classes]))
    variables = [embed, bias, out, offset]
    optimiser = tf.keras.optimizers.legacy.Adam(settings.rate)
    cross_entropy = tf.keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=settings.smoothing)

    @tf.function(reduce_retracing=True)
    def step(index: tf.Tensor, weights: tf.Tensor, size: tf.Tensor, target: tf.Tensor, importance: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            question = tf.SparseTensor(index, weights, tf.stack([size, tf.constant(features, tf.int64)]))
            hidden = tf.nn.relu(tf.sparse.sparse_dense_matmul(question, embed) + bias)
            hidden = tf.nn.dropout(hidden, settings.hidden_dropout)
            loss = cross_entropy(tf.one_hot(target, classes), hidden @ out + offset, sample_weight=importance)
        optimiser.apply_gradients(zip(tape.gradient(loss, variables), variables))

    for _ in range(settings.epochs):
        order = random.permutation(rows)
        for start in range(0, rows, settings.batch):
            chosen = order[start : start + settings.batch]
            part = matrix[chosen].tocoo()
            kept = random.rand(part.nnz) >= settings.input_dropout
            index = np.stack([part.row[kept], part.col[kept]], axis=1).astype(np.int64)
            weights = (part.data[kept] / (1 - settings.input_dropout)).astype(np.float32)
            place = np.lexsort((index[:, 1], index[:, 0]))
            step(index[place], weights[place], np.int64(len(chosen)), labels[chosen], importance[chosen])
    return Network(*(np.asarray(v.numpy(), dtype=np.float32) for v in variables))
