"""Search inside the library: the words of a question to provisions, by BM25 over jieba words and character bigrams.

The index lives in memory, is built from the database on first use and again when the database's content changes, so an
imported law is found at once and SQLite and PostgreSQL give the same results.
"""

from __future__ import annotations

import datetime
import logging
import re
import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass

import jieba
import numpy as np
from scipy.sparse import csr_matrix
from sqlalchemy import select

from knowledge.library import Library, Provision
from knowledge.model import meta
from knowledge.normalise import normalise

jieba.setLogLevel(logging.WARNING)  # its loading messages are of no use to anyone here

K1, B = 1.2, 0.6
HEADING_WEIGHT = 2
_UNITS = ("article", "section", "subsection", "box", "term", "row", "annex")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z0-9]+")
_STOP = frozenset(
    [
        "的",
        "了",
        "是",
        "在",
        "和",
        "与",
        "或",
        "者",
        "有",
        "我",
        "你",
        "他",
        "她",
        "它",
        "们",
        "这",
        "那",
        "吗",
        "呢",
        "吧",
        "啊",
        "就",
        "都",
        "也",
        "还",
        "要",
        "能",
        "会",
        "可以",
        "什么",
        "怎么",
        "如何",
        "应当",
        "不",
    ]
)


@dataclass(frozen=True)
class Hit:
    """One provision found, with its BM25 score (comparable within one search only)."""

    provision: Provision
    score: float


def terms(text: str) -> list[str]:
    """Search terms of a text: jieba words of two letters and more, and all character bigrams."""
    found: list[str] = []
    for run in _CHINESE.findall(normalise(text)):
        if run.isascii():
            found.append(run.lower())
            continue
        found += [run[i : i + 2] for i in range(len(run) - 1)]
        found += [word for word in jieba.lcut(run) if len(word) > 2 and word not in _STOP]
    return found


class Index:
    """BM25 scores as one sparse matrix, terms by provisions."""

    def __init__(self, provisions: list[Provision]) -> None:
        self.provisions = provisions
        self.vocabulary: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        counts: list[int] = []
        lengths = np.zeros(len(provisions))
        for column, provision in enumerate(provisions):
            words = Counter(terms(provision.full_text) + terms(provision.heading) * (HEADING_WEIGHT - 1))
            lengths[column] = sum(words.values())
            for word, count in words.items():
                rows.append(self.vocabulary.setdefault(word, len(self.vocabulary)))
                columns.append(column)
                counts.append(count)
        shape = (len(self.vocabulary), len(provisions))
        frequency = np.asarray(counts, dtype=np.float64)
        row_index, column_index = np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64)
        containing = np.bincount(row_index, minlength=shape[0]) if rows else np.zeros(shape[0])
        idf = np.log(1 + (len(provisions) - containing + 0.5) / (containing + 0.5))
        norm = K1 * (1 - B + B * lengths / max(lengths.mean() if len(lengths) else 1.0, 1.0))
        weights = idf[row_index] * frequency * (K1 + 1) / (frequency + norm[column_index]) if rows else frequency
        self.matrix = csr_matrix((weights.astype(np.float32), (row_index, column_index)), shape=shape)

    def search(self, text: str, most: int) -> list[Hit]:
        """The best provisions, best first; provisions that share no term with the text are never returned."""
        known = sorted({self.vocabulary[t] for t in terms(text) if t in self.vocabulary})
        if not known:
            return []
        scores = np.asarray(self.matrix[known].sum(axis=0)).ravel()
        best = np.argsort(-scores, kind="stable")[:most]
        return [Hit(self.provisions[i], float(scores[i])) for i in best if scores[i] > 0]


_MOST_INDEXES = 4
_lock = threading.Lock()
_indexes: OrderedDict[tuple[str, str, tuple[int, ...]], Index] = OrderedDict()


def _index(library: Library, on: datetime.date | None) -> Index:
    """The index of the texts that apply on the day; kept until the database or the choice of texts changes."""
    with library.engine.connect() as connection:
        mark = connection.execute(select(meta.c.value).where(meta.c.key == "fingerprint")).scalar() or ""
    documents = library.documents(on)
    key = (str(library.engine.url), mark, tuple(sorted(d.version_id for d in documents)))
    with _lock:
        if key not in _indexes:
            units = [
                p
                for d in documents
                for kind in _UNITS
                for p in library.provisions_of(d.id, kind, on)
                if kind != "section" or d.kind == "policy"
            ]
            _indexes[key] = Index(units)
        _indexes.move_to_end(key)
        while len(_indexes) > _MOST_INDEXES:
            _indexes.popitem(last=False)
        return _indexes[key]


def search(library: Library, text: str, most: int = 10, on: datetime.date | None = None) -> list[Hit]:
    """The provisions (articles of law, sections, boxes and terms of policy) nearest to the words of `text`, best first.

    on: search the texts that apply on this day (default: today).
    """
    return _index(library, on).search(text, most)
