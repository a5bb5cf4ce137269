"""What is kept of the library is read once, and never outlives a change of its content."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from knowledge.build import build
from knowledge.current import Kept, current_mark
from knowledge.library import Library
from knowledge.model import meta, provisions

ARTICLE = "patent-law/42"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    url = f"sqlite:///{tmp_path / 'knowledge.db'}"
    build(url)
    return Library.open(url, keep=True)


def _change(library: Library, text: str, mark: str) -> None:
    engine = sa.create_engine(library.engine.url)
    with engine.begin() as connection:
        connection.execute(provisions.update().where(provisions.c.address == ARTICLE).values(full_text=text))
        connection.execute(meta.update().where(meta.c.key == "fingerprint").values(value=mark))
    engine.dispose()


def _text(library: Library) -> str:
    found = library.provision(ARTICLE)
    assert found is not None
    return found.full_text


def test_the_same_provision_is_read_once(library: Library) -> None:
    statements: list[str] = []
    sa.event.listen(library.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    first = [_text(library), library.children(ARTICLE), library.documents()]
    read = [s for s in statements if "fingerprint" not in s and "meta" not in s]
    statements.clear()
    assert [_text(library), library.children(ARTICLE), library.documents()] == first
    assert read and not [s for s in statements if "provisions" in s or "versions" in s]


def test_a_changed_content_is_seen_within_seconds(library: Library) -> None:
    assert _text(library)
    _change(library, "改过的条文", "another")
    until = time.monotonic() + 10
    while _text(library) != "改过的条文":
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_an_older_state_gave_is_not_kept_for_the_newer_one(library: Library) -> None:
    kept = Kept(library.engine)
    before = current_mark(library.engine)

    def slow() -> list[sa.engine.Row]:
        _change(library, "新的条文", "newer")
        until = time.monotonic() + 10
        while current_mark(library.engine) == before:
            assert time.monotonic() < until
            time.sleep(0.05)
        kept.rows("other", list)  # another question meets the new state first
        return ["old"]  # type: ignore[list-item]

    assert kept.rows("asked", slow) == ["old"]
    assert kept.rows("asked", lambda: ["new"]) == ["new"]  # type: ignore[list-item, return-value]


def test_a_database_that_is_gone_is_an_error_not_an_old_answer(library: Library) -> None:
    assert _text(library)
    Path(str(library.engine.url.database)).unlink()
    library.engine.dispose()
    time.sleep(1.1)
    with pytest.raises(sa.exc.SQLAlchemyError):
        _text(library)
