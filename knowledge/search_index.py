"""The search index: per document version a packed count of its terms, and from these one BM25F matrix in memory.

Counting words is slow (jieba), so it is done once, when a version is first written; the counts stand in the table `search_index` as
bytes that are the same on every database, and a later build takes over those of unchanged texts. Loading them, for all versions that apply on a day, is a matter of joining arrays.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jieba
import numpy as np

from knowledge import normalise, search_terms
from knowledge.search_terms import key_of, text_terms
from knowledge.structure import Node

K1 = 1.0
B_TEXT, B_HEADING = 0.6, 0.5
HEADING_WEIGHT = 0.3
LETTER_WEIGHT, WORD_WEIGHT = 0.5, 0.5  # of single letters, and of words whose pairs of letters count too; a pair counts 1
COMMON = 0.5  # a single letter in more than this share of the units says nothing
_UNITS = frozenset(("article", "section", "subsection", "box", "term", "row", "annex"))
_HEADINGS = frozenset(("part", "subpart", "chapter", "section", "subsection", "box", "table"))
_LAYOUT = (("positions", "<i4"), ("lengths", "<i4"), ("keys", "<u8"), ("starts", "<i4"), ("columns", "<i4"), ("counts", "<u2"))
_FEW = 20  # units: in a library this small no letter is common
_HEADING_COUNT = 8  # a count is the text's plus the heading's times 256


@dataclass(frozen=True)
class Counts:
    """The terms of one version's searchable units.

    positions: [units] printed order within the version. lengths: [2, units] terms of text and of heading. keys: [terms] sorted.
    Of term t the units are columns[starts[t]:starts[t + 1]] and their counts stand beside them, the text's in the low byte and the
    heading's in the high one (255 stands for more).
    """

    positions: np.ndarray
    lengths: np.ndarray
    keys: np.ndarray
    starts: np.ndarray
    columns: np.ndarray
    counts: np.ndarray

    def pack(self) -> bytes:
        """The same bytes on every machine."""
        arrays = [np.ascontiguousarray(getattr(self, name), dtype=kind) for name, kind in _LAYOUT]
        sizes = np.asarray([array.size for array in arrays], dtype="<i4")
        return zlib.compress(sizes.tobytes() + b"".join(array.tobytes() for array in arrays), 1)

    @classmethod
    def unpack(cls, data: bytes) -> Counts:
        raw = zlib.decompress(data)
        sizes = np.frombuffer(raw, "<i4", len(_LAYOUT))
        arrays, offset = {}, sizes.nbytes
        for (name, kind), size in zip(_LAYOUT, sizes):
            arrays[name] = np.frombuffer(raw, kind, int(size), offset)
            offset += arrays[name].nbytes
        arrays["lengths"] = arrays["lengths"].reshape(2, -1)
        return cls(**arrays)


def searchable(tree: Node, policy: bool) -> Iterator[tuple[int, str, str]]:
    """(position, headings, text) of every unit that search returns: articles of law; sections, boxes, terms and rows of policy.

    headings: the unit's own and those above it.
    """
    above: dict[str, str] = {}
    for position, node in enumerate(tree.walk()):
        headings = above.get(node.address, "")
        if node.kind in _HEADINGS:
            headings = f"{headings} {node.heading}"
        for child in node.children:
            above[child.address] = headings
        if node.kind in _UNITS and (node.kind != "section" or policy):
            own = node.heading if node.kind not in _HEADINGS else ""
            text = " ".join(part.heading + part.text for part in node.walk())
            yield position, f"{headings} {own}", text


def count(units: Iterable[tuple[int, str, str]]) -> Counts:
    """The counts of searchable units."""
    positions: list[int] = []
    numbers: dict[str, int] = {}  # of terms, in order of appearance
    in_text, in_heading = _Tokens(numbers), _Tokens(numbers)
    for position, headings, text in units:
        positions.append(position)
        in_text.add(text)
        in_heading.add(headings)
    keys = np.fromiter(map(key_of, numbers), dtype="<u8", count=len(numbers))
    order = np.argsort(keys)
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    width = max(len(positions), 1)
    pairs = [rank[tokens.terms] * width + tokens.columns for tokens in (in_text.arrays(), in_heading.arrays())]
    places, where = np.unique(np.concatenate(pairs), return_inverse=True)
    halves = np.split(where, [pairs[0].size])
    both = [np.minimum(np.bincount(half, minlength=places.size), 255) for half in halves]
    return Counts(
        positions=np.asarray(positions, dtype="<i4"),
        lengths=np.asarray([in_text.lengths, in_heading.lengths], dtype="<i4"),
        keys=keys[order],
        starts=np.searchsorted(places, np.arange(order.size + 1) * width).astype("<i4"),
        columns=(places % width).astype("<i4"),
        counts=(both[0] | both[1] << _HEADING_COUNT).astype("<u2"),
    )


class _Tokens:
    """The terms of one field of many units, as numbers."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers = numbers
        self.terms: list[int] = []
        self.lengths: list[int] = []
        self.seen: dict[str, list[int]] = {}  # headings repeat

    def add(self, text: str) -> None:
        found = self.seen.get(text)
        if found is None:
            numbers = self.numbers
            found = self.seen[text] = [numbers.setdefault(term, len(numbers)) for term in text_terms(text)]
        self.terms += found
        self.lengths.append(len(found))

    def arrays(self) -> _Arrays:
        columns = np.repeat(np.arange(len(self.lengths)), self.lengths)
        return _Arrays(np.asarray(self.terms, dtype=np.int64), columns)


class _Arrays(NamedTuple):
    terms: np.ndarray
    columns: np.ndarray


def index_row(tree: Node, policy: bool, version_id: int, held: Mapping[str, bytes] | None = None) -> dict[str, Any]:
    """The row of the `search_index` table for one version. held: packed counts by digest that were made before, used where they fit."""
    units = list(searchable(tree, policy))
    digest = hashlib.sha256(f"{_way_of_counting()}{units!r}".encode()).hexdigest()
    return {"version_id": version_id, "digest": digest, "counts": (held or {}).get(digest) or count(units).pack()}


@lru_cache(maxsize=1)
def _way_of_counting() -> str:
    """Changes with the code and the dictionary that counting depends on."""
    modules = (__file__, search_terms.__file__, normalise.__file__)
    return hashlib.sha256(b"".join(Path(str(file)).read_bytes() for file in modules)).hexdigest() + jieba.__version__


class Index:
    """BM25F over the units of several versions: for every term its units and their scores.

    versions, positions: [units] where each unit stands. A unit is a column; the order of versions is the order of equal scores.
    """

    def __init__(self, parts: Sequence[tuple[int, Counts]]) -> None:
        sizes = [part.positions.size for _, part in parts]
        self.versions = np.repeat(np.asarray([version for version, _ in parts], dtype=np.int64), sizes)
        self.positions = np.concatenate([part.positions for _, part in parts]) if parts else np.zeros(0, dtype=np.int32)
        self.keys, places = np.unique(np.concatenate([p.keys for _, p in parts]) if parts else np.zeros(0, "<u8"), return_inverse=True)
        places_of = np.split(places, np.cumsum([part.keys.size for _, part in parts])[:-1]) if parts else []
        found = np.zeros(self.keys.size, dtype=np.int64)
        for (_, part), rows in zip(parts, places_of):
            found[rows] += np.diff(part.starts)
        self.starts = np.concatenate(([0], np.cumsum(found)))
        self.columns = np.empty(self.starts[-1], dtype=np.int32)
        self.scores = np.empty(self.starts[-1], dtype=np.float32)
        total = self.positions.size
        idf = np.log(1 + (total - found + 0.5) / (found + 0.5))
        averages = [max(sum(int(part.lengths[field].sum()) for _, part in parts) / max(total, 1), 1.0) for field in (0, 1)]
        following, offset = self.starts[:-1].copy(), 0
        for (_, part), rows in zip(parts, places_of):
            each = np.diff(part.starts)
            target = np.repeat(following[rows] - part.starts[:-1], each) + np.arange(part.columns.size)
            self.columns[target] = part.columns + offset
            self.scores[target] = np.repeat(idf[rows], each) * _saturated(part, averages)
            following[rows] += each
            offset += part.positions.size

    def find(self, words: Sequence[str], most: int) -> list[tuple[int, float]]:
        """(column, score) of the best units for search terms, best first; units that share no term are never returned."""
        spans, weights = [], []
        for word in dict.fromkeys(words):
            key = key_of(word)
            place = int(np.searchsorted(self.keys, np.uint64(key)))
            if place == self.keys.size or self.keys[place] != key:
                continue
            span = slice(self.starts[place], self.starts[place + 1])
            if not _is_letter(word) or span.stop - span.start <= max(COMMON * self.positions.size, _FEW):
                spans.append(span)
                weights.append(self.scores[span] * np.float32(_weight(word)))
        if not spans or most < 1:
            return []
        columns = np.concatenate([self.columns[span] for span in spans])
        scores = np.bincount(columns, weights=np.concatenate(weights), minlength=self.positions.size)
        limit = np.partition(scores, -most)[-most] if scores.size > most else 0.0
        found = np.flatnonzero(scores >= limit) if limit > 0 else np.flatnonzero(scores)
        order = np.lexsort((found, -scores[found]))[:most]
        return [(int(column), float(scores[column])) for column in found[order]]


def _is_letter(word: str) -> bool:
    return len(word) == 1 and not word.isascii()


def _weight(word: str) -> float:
    if _is_letter(word):
        return LETTER_WEIGHT
    return 1.0 if word.isascii() or len(word) == 2 else WORD_WEIGHT


def _saturated(part: Counts, averages: Sequence[float]) -> np.ndarray:
    """[postings] BM25F: the counts of both fields, each weighed by its length, then saturated together."""
    norms = [1 - b + b * part.lengths[field] / average for field, (b, average) in enumerate(zip((B_TEXT, B_HEADING), averages))]
    in_text, in_heading = part.counts & 255, part.counts >> _HEADING_COUNT
    weighed = in_text / norms[0][part.columns] + HEADING_WEIGHT * in_heading / norms[1][part.columns]
    return weighed * (K1 + 1) / (weighed + K1)
