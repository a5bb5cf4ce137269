"""What was read from the library while an answer was made: the addresses asked for, searches and tables of facts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from knowledge.library import Library


@dataclass
class Reading:
    """addresses: in the order of reading, each once. searched: was the whole library searched by words?"""

    addresses: list[str] = field(default_factory=list)
    searched: bool = False


@contextlib.contextmanager
def reading(library: Library) -> Iterator[Reading]:
    """Note what is read through this library's connections inside the block."""
    noted = Reading()

    def note(_: Any, __: Any, statement: str, ___: Any, context: Any, ____: bool) -> None:
        values = (getattr(context, "compiled_parameters", None) or [{}])[0]
        address = values.get("at")
        if address and address not in noted.addresses:
            noted.addresses.append(address)
        noted.searched = noted.searched or "positions" in values

    library.forget()  # what is kept would not be seen
    event.listen(library.engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(library.engine, "before_cursor_execute", note)
