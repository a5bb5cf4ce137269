"""The guided checks' conversation files, held without a server: every one of them, and one for every conclusion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from knowledge.checks import checks
from tests.actions.form_harness import Conversation
from tests.actions.walker import check_payload
from tests.conversations.test_conversations import FILES, missing

OF_CHECKS = [path for path in FILES if path.stem.startswith("checks_")]


def conversations() -> list[tuple[str, dict[str, Any]]]:
    return [(path.stem, conversation) for path in OF_CHECKS for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("stem", [path.stem for path in OF_CHECKS])
def test_every_conversation_of_a_file_goes_as_written(talk: Callable[[], Conversation], stem: str) -> None:
    faults = []
    for _, written in (c for c in conversations() if c[0] == stem):
        conversation = talk()
        for number, turn in enumerate(written["turns"], 1):
            payload = conversation.say(turn["user"])
            check_payload(payload)
            faults += [f"{written['name']}，第 {number} 句“{turn['user']}”：{fault}" for fault in missing(turn, payload)]
    assert not faults, "\n".join(faults)


def test_every_conclusion_of_every_check_has_a_conversation() -> None:
    said = {(turn["topic"], words) for _, c in conversations() for turn in c["turns"][-1:] if "topic" in turn for words in turn.get("contains") or []}
    lacking = [(check.id, outcome.id) for check in checks().values() for outcome in check.outcomes.values() if (check.id, outcome.title) not in said]
    assert lacking == []
