"""Compare two texts of a statute article by article: added, removed, changed, renumbered, moved.

Articles are matched by what they say, not by their numbers, so that one inserted article does not make all that follow look changed:
first those with the same letters, then, between them and in order, the most alike, then those that were moved elsewhere.
White space does not count.
"""

from __future__ import annotations

import difflib
import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import jieba
import numpy as np
from scipy.sparse import csr_matrix

from knowledge.printed import bare
from knowledge.structure import Node, full_text

jieba.setLogLevel(logging.WARNING)  # its loading messages are of no use to anyone here

ALIKE = 0.35
"""Cosine of two articles' character bigrams from which they count as one article changed, in order."""
MOVED = 0.6
"""The same out of order, where chance likeness is more probable."""
Matrix = np.ndarray[Any, np.dtype[np.float64]]
_OTHERS = {"title": "标题", "notice": "公布令", "history": "题注", "number": "文号", "preamble": "序言", "annex": "附件", "footnote": "脚注"}


@dataclass(frozen=True)
class Unit:
    """What is compared as one: an article, a heading, a line of the front, an annex. text: with everything below, one unit a line."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class Change:
    """kind: added, removed, changed, renumbered (same words, other number), moved (other place). old/new: None where there is none.

    A changed or moved article may have another number as well: compare the labels.
    """

    kind: str
    old: Unit | None
    new: Unit | None


@dataclass(frozen=True)
class Comparison:
    """The changes in the order of the new text (removed ones at their old place), and how many articles are as they were."""

    changes: tuple[Change, ...]
    unchanged: int

    @property
    def same(self) -> bool:
        """Do both texts have the same letters, numbers and order?"""
        return not self.changes

    def count(self, kind: str) -> int:
        """How many changes are of this kind."""
        return sum(change.kind == kind for change in self.changes)


def compare(old: Node, new: Node) -> Comparison:
    """Compare two trees (of statutes, or of policy documents, whose paragraphs are then compared)."""
    first, second = _units(old), _units(new)
    outer = _changes(_match(first[0], second[0]), first[0], second[0])
    inner = _changes(_match(first[1], second[1]), first[1], second[1])
    return Comparison((*outer, *inner), len(second[1]) - sum(change.new is not None for change in inner))


def _units(tree: Node) -> tuple[list[Unit], list[Unit]]:
    """(headings and what stands around the articles, articles)."""
    around: list[Unit] = [Unit("title", "标题", tree.heading)] if tree.heading else []
    articles: list[Unit] = []
    has_articles = any(node.kind == "article" for node in tree.walk())
    for node in tree.walk():
        key = node.address.partition("/")[2]
        if node.kind == "article" or (not has_articles and key and node.text):
            articles.append(Unit(key, node.label, full_text(node) if has_articles else node.own))
        elif has_articles and node.kind in _OTHERS:
            around.append(Unit(key, node.label or _OTHERS[node.kind], full_text(node)))
        elif node.kind in ("part", "subpart", "chapter", "section"):
            around.append(Unit(key, node.label, node.own))
    return around, articles


# matching


def _match(old: Sequence[Unit], new: Sequence[Unit]) -> dict[int, int]:
    """Index in old -> index in new."""
    letters = [bare(u.text) for u in old], [bare(u.text) for u in new]
    pairs: dict[int, int] = {}
    blocks = difflib.SequenceMatcher(None, *letters, autojunk=False).get_matching_blocks()
    for i, j, size in blocks:
        pairs.update({i + n: j + n for n in range(size)})
    alike = _likeness(*letters)
    ends = [(-1, -1), *((i + size - 1, j + size - 1) for i, j, size in blocks if size), (len(old), len(new))]
    starts = [(i, j) for i, j, size in blocks if size]
    for (a, b), (c, d) in zip(ends, [*starts, (len(old), len(new))]):
        pairs.update(_align(range(a + 1, c), range(b + 1, d), alike, lambda i, j: old[i].key == new[j].key))
    _find_moved(pairs, alike)
    return pairs


def _likeness(old: Sequence[str], new: Sequence[str]) -> Matrix:
    """Cosine of the character bigrams of every pair, old by new."""
    if not old or not new:
        return np.zeros((len(old), len(new)))
    vocabulary: dict[str, int] = {}
    first, second = (_bigrams(texts, vocabulary) for texts in (old, new))
    shape = len(vocabulary)
    matrix: Matrix = (_sparse(first, shape) @ _sparse(second, shape).T).toarray()
    return matrix


def _bigrams(texts: Sequence[str], vocabulary: dict[str, int]) -> list[Counter[int]]:
    return [Counter(vocabulary.setdefault(a + b, len(vocabulary)) for a, b in pairwise(f"^{text}$")) for text in texts]


def _sparse(counts: Sequence[Counter[int]], width: int) -> csr_matrix:
    rows = [n for n, found in enumerate(counts) for _ in found]
    columns = [column for found in counts for column in found]
    lengths = [np.sqrt(sum(v * v for v in found.values())) for found in counts]
    values = [value / length for found, length in zip(counts, lengths) for value in found.values()]
    return csr_matrix((values, (rows, columns)), shape=(len(counts), width))


def _align(left: range, right: range, alike: Matrix, same_number: Callable[[int, int], bool]) -> dict[int, int]:
    """The order-keeping pairs with the greatest likeness in all (Needleman and Wunsch); the same number weighs a little."""
    if not left or not right:
        return {}
    width = len(right) + 1
    best = [[0.0] * width for _ in range(len(left) + 1)]
    likeness = [[0.0] * len(right) for _ in left]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            value = float(alike[a, b])
            likeness[i][j] = value + 0.1 * same_number(a, b) if value >= ALIKE else 0.0
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j], best[i][j] + likeness[i][j])
    pairs: dict[int, int] = {}
    i, j = len(left), len(right)
    while i and j:
        if likeness[i - 1][j - 1] and best[i][j] == best[i - 1][j - 1] + likeness[i - 1][j - 1]:
            i, j = i - 1, j - 1
            pairs[left[i]] = right[j]
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return pairs


def _find_moved(pairs: dict[int, int], alike: Matrix) -> None:
    """Add pairs of what was left over on both sides, most alike first."""
    taken = set(pairs.values())
    found = sorted(((float(alike[i, j]), int(i), int(j)) for i, j in np.argwhere(alike >= MOVED)), reverse=True)
    for _, i, j in found:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)


def _changes(pairs: dict[int, int], old: Sequence[Unit], new: Sequence[Unit]) -> list[Change]:
    back = {j: i for i, j in pairs.items()}
    moved = _out_of_order(back)
    found: list[tuple[float, Change]] = []
    for j, unit in enumerate(new):
        i = back.get(j)
        if i is None:
            found.append((j, Change("added", None, unit)))
            continue
        other = old[i]
        same_words, same_number = bare(other.text) == bare(unit.text), other.key == unit.key
        kind = "moved" if j in moved else "changed" if not same_words else "renumbered" if not same_number else ""
        if kind:
            found.append((j, Change(kind, other, unit)))
    for i, unit in enumerate(old):
        if i not in pairs:
            before = [pairs[k] for k in range(i - 1, -1, -1) if k in pairs and pairs[k] not in moved]
            found.append(((before[0] if before else -1) + 0.5, Change("removed", unit, None)))
    return [change for _, change in sorted(found, key=lambda pair: pair[0])]


def _out_of_order(back: dict[int, int]) -> set[int]:
    """The new indexes to leave out so that the old ones ascend: all but a longest ascending run (patience sorting)."""
    order = sorted(back)
    tops: list[int] = []
    values: list[int] = []
    below: dict[int, int | None] = {}
    for j in order:
        pile = bisect_left(values, back[j])
        below[j] = tops[pile - 1] if pile else None
        tops[pile : pile + 1] = [j]
        values[pile : pile + 1] = [back[j]]
    kept: set[int] = set()
    at = tops[-1] if tops else None
    while at is not None:
        kept.add(at)
        at = below[at]
    return set(order) - kept


# words


def word_diff(old: str, new: str) -> list[tuple[str, str]]:
    """The way from old to new in words: ("=", kept), ("-", taken out), ("+", put in), in reading order."""
    a, b = jieba.lcut(old), jieba.lcut(new)
    pieces: list[tuple[str, str]] = []
    for op, i, k, j, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(("=", "".join(a[i:k])))
            continue
        if k > i:
            pieces.append(("-", "".join(a[i:k])))
        if m > j:
            pieces.append(("+", "".join(b[j:m])))
    return pieces
