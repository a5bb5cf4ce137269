"""A library built for the tests and the actions around it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rasa_sdk.executor import ActionExecutor

from knowledge.build import build
from knowledge.library import Library, default_library
from tests.actions.form_harness import Conversation, executor


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The project's content in a database of its own, which the actions use too."""
    folder: Path = tmp_path_factory.mktemp("knowledge")
    url = f"sqlite:///{folder / 'knowledge.db'}"
    build(url)
    before = os.environ.get("KNOWLEDGE_DB_URL")
    os.environ["KNOWLEDGE_DB_URL"] = url
    default_library.cache_clear()
    yield Library.open(url)
    default_library.cache_clear()
    if before is None:
        os.environ.pop("KNOWLEDGE_DB_URL", None)  # other fixtures put the whole environment back
    else:
        os.environ["KNOWLEDGE_DB_URL"] = before


@pytest.fixture(scope="session")
def actions(library: Library) -> ActionExecutor:
    return executor()


@pytest.fixture
def talk(actions: ActionExecutor) -> Callable[[], Conversation]:
    """A new conversation each time it is called."""
    return lambda: Conversation(actions)
