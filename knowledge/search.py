"""Search inside the library: the words of a question to provisions, by BM25F over headings and texts.

The index is counted when a text is written (`knowledge.search_index`) and joined in memory on first use and again when the
database's content or the choice of versions changes, so an imported law is found at once and every database gives the same results.
"""

from __future__ import annotations

import datetime
import threading
from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from knowledge.library import DocumentVersion, Library, Provision
from knowledge.model import provisions, search_index
from knowledge.queries import fetch, mark_of
from knowledge.search_index import Counts, Index
from knowledge.search_terms import query_terms


@dataclass(frozen=True)
class Hit:
    """One provision found, with its BM25F score (comparable within one search only)."""

    provision: Provision
    score: float


@dataclass(frozen=True)
class _State:
    """What a search needs of one state of the database on one day."""

    mark: str
    documents: dict[int, DocumentVersion]
    index: Index


_NEAR = select(provisions).where(
    provisions.c.version_id.in_(bindparam("versions", expanding=True)), provisions.c.position.in_(bindparam("positions", expanding=True))
)
"""Every pair of the versions and positions: a few rows more than asked for, found by the index (SQLite scans for a list of pairs)."""
_MOST_STATES = 4
_lock = threading.Lock()
_states: OrderedDict[tuple[str, datetime.date], _State] = OrderedDict()


def search(library: Library, text: str, most: int = 10, on: datetime.date | None = None) -> list[Hit]:
    """The provisions (articles of law; sections, boxes, terms and rows of policy) nearest to the words of `text`, best first.

    on: search the texts that apply on this day (default: today).
    """
    words = query_terms(text)
    day = on or datetime.date.today()
    for _ in range(3):  # once more where the library was rebuilt between looking at the index and reading the provisions
        state = _state(library, day)
        found = {(int(state.index.versions[c]), int(state.index.positions[c])): score for c, score in state.index.find(words, most)}
        hits = _read(library, state, found)
        if hits is not None:
            return hits
    return []


def _read(library: Library, state: _State, found: dict[tuple[int, int], float]) -> list[Hit] | None:
    """The provisions at (version, position), in the order of `found`; None when the database has changed meanwhile."""
    if not found:
        return []
    versions, positions = (sorted(set(numbers)) for numbers in zip(*found))
    near = fetch(library.engine, _NEAR, {"versions": versions, "positions": positions})
    rows = {place: row for row in near if (place := (row.version_id, row.position)) in found}
    if len(rows) < len(found) or mark_of(library.engine) != state.mark:
        return None
    return [Hit(Provision.of(state.documents[at[0]], rows[at]), score) for at, score in found.items()]


def _state(library: Library, day: datetime.date) -> _State:
    mark, key = mark_of(library.engine), (str(library.engine.url), day)
    with _lock:
        state = _states.get(key)
        if state is None or state.mark != mark:
            state = _states[key] = _load(library, mark, day)
        _states.move_to_end(key)
        while len(_states) > _MOST_STATES:
            _states.popitem(last=False)
        return state


def _load(library: Library, mark: str, day: datetime.date) -> _State:
    documents = {document.version_id: document for document in library.documents(day)}
    same = next((s for s in _states.values() if s.mark == mark and list(s.documents) == list(documents)), None)
    if same:
        return _State(mark, documents, same.index)
    packed = dict(fetch(library.engine, select(search_index.c.version_id, search_index.c.counts)))
    parts = [(version, Counts.unpack(packed[version])) for version in documents if version in packed]
    return _State(mark, documents, Index(parts))
