"""Whether the library can be read and is the one that the content on disk describes."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import select

from knowledge.build import fingerprint
from knowledge.library import Library
from knowledge.model import provisions
from knowledge.queries import mark_of
from knowledge.telemetry.readiness import NotReady
from knowledge.telemetry.settings import EXPECTED


class LibraryCheck:
    """To be called (it blocks): reads a provision and compares fingerprints. Raises NotReady, and what the database raises.

    The content is read anew only where the library's fingerprint is not the expected one, and every `pause` seconds at most: content that
    is being edited on disk does not make a running server unfit.
    """

    def __init__(self, library: Callable[[], Library], expected: Callable[[], str] = fingerprint, pause: float = 30.0) -> None:
        self._library, self._content, self._pause = library, expected, pause
        self._expected, self._read = EXPECTED.get(), -pause

    def __call__(self) -> None:
        library = self._library()
        document = next(iter(library.documents()), None)
        if document is None:
            raise NotReady("empty")
        with library.engine.connect() as connection:
            address = connection.execute(select(provisions.c.address).where(provisions.c.version_id == document.version_id).limit(1)).scalar()
        if address is None or library.provision(str(address)) is None:
            raise NotReady("no_provision")
        if not self._is_current(mark_of(library.engine)):
            raise NotReady("not_current")

    def _is_current(self, mark: str) -> bool:
        if mark != self._expected and time.monotonic() - self._read >= self._pause:
            self._expected, self._read = self._content(), time.monotonic()
        return mark == self._expected
