"""A library of its own for each test: the project's sources, no topics and an empty folder for imports, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from knowledge.build import build
from knowledge.intake import Imported, Wishes, import_file
from knowledge.library import Library
from tests.knowledge.sample_law import text_file
from tests.postgres import Postgres

settings.register_profile("shared machine", deadline=None)  # others compute on it too: a slow example is no fault
settings.load_profile("shared machine")


@dataclass(frozen=True)
class Home:
    """Where the test's library lives."""

    folder: Path
    held: Path
    library: Library

    def take_in(self, lines: list[str], name: str = "law.txt", wishes: Wishes | None = None) -> Imported:
        """Import a law given as lines."""
        return import_file(text_file(self.folder / name, lines), wishes)

    def files(self) -> dict[str, bytes]:
        """Everything in the folder of imports."""
        return {path.name: path.read_bytes() for path in sorted(self.held.iterdir())}


class Sqlite:
    """Databases as files."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, itertools.count()
        self.built = folder / "built.db"
        build(f"sqlite:///{self.built}", topics=folder)

    def copy(self) -> str:
        """The URL of a fresh copy of the built library."""
        path = self.folder / f"copy{next(self.numbers)}.db"
        shutil.copyfile(self.built, path)
        return f"sqlite:///{path}"


class Postgresql:
    """Databases on a server."""

    name = "postgresql"

    def __init__(self, server: Postgres, folder: Path) -> None:
        self.server = server
        build(server.database(name="built"), topics=folder)

    def copy(self) -> str:
        """The URL of a fresh copy of the built library."""
        return self.server.database("built")


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgresql:
    return Postgresql(postgres, tmp_path_factory.mktemp("postgresql"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> Sqlite | Postgresql:
    """Each kind of database in turn, with the project's sources built into it."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def library(backend: Sqlite | Postgresql) -> Iterator[Library]:
    """The built library, for tests that only read."""
    opened = Library.open(backend.copy())
    yield opened
    opened.engine.dispose()


@pytest.fixture
def home(backend: Sqlite | Postgresql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The library, built, for tests that change it."""
    held, url = tmp_path / "held", backend.copy()
    held.mkdir()
    monkeypatch.setenv("KNOWLEDGE_HELD", str(held))
    monkeypatch.setenv("KNOWLEDGE_DB_URL", url)
    opened = Library.open(url)
    yield Home(tmp_path, held, opened)
    opened.engine.dispose()
