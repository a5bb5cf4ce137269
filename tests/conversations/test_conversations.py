"""Conversations that an editor can write: what the user says, and what the assistant must answer (`*.yml` here).

Each file holds `name` and `turns`; a turn has `user` and any of `kind`, `topic`, `reason`, `cites` (addresses that must be cited; an
article's address also fits its paragraphs) and `contains` (words that must stand in the answer).
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.desk.expected import missing
from tests.servers import Assistant

FILES = sorted(Path(__file__).parent.glob("*.yml"))


def conversations() -> list[Any]:
    found = []
    for path in FILES:
        for data in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            for conversation in data if isinstance(data, list) else [data]:
                found.append(pytest.param(conversation, id=f"{path.stem}: {conversation['name']}"))
    return found


@pytest.mark.parametrize("conversation", conversations())
def test_conversation(assistant: Assistant, conversation: dict[str, Any]) -> None:
    sender = uuid.uuid4().hex
    for number, turn in enumerate(conversation["turns"], 1):
        payload = assistant.ask(turn["user"], sender)
        faults = missing(turn, payload)
        assert not faults, f"第 {number} 句“{turn['user']}”：{'；'.join(faults)}\n得到：{payload['title']}：{payload['summary']}"
