"""Every guided check survives 200 random walks: no error, no dead end, no contradiction."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.checks import checks
from tests.actions.form_harness import Conversation
from tests.actions.walker import Walker

WALKS = 200


@pytest.mark.parametrize("id_", sorted(checks()))
def test_a_check_survives_random_walks(talk: Callable[[], Conversation], id_: str) -> None:
    for seed in range(WALKS):
        walker = Walker(talk, checks()[id_], seed)
        try:
            walker.walk()
        except Exception as error:
            raise AssertionError(f"seed {seed}: {' → '.join(walker.said)}\n{error!r}") from error
