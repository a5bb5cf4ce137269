"""The part of an address that people say: article, paragraph and item of a law, or the printed section of a policy."""

from __future__ import annotations

import re
from typing import Any

from knowledge.policy import printed_section
from knowledge.structure import Node

_NUMBER = re.compile(r"\d+")
_STATUTE_LEVELS = ("article", "paragraph", "item")


def locate(node: Node) -> dict[str, Any]:
    """`article`, `paragraph`, `item` (integers or None; 120-1 and 120~2 count as 120) and `section` (printed)."""
    numbers: dict[str, Any] = dict.fromkeys((*_STATUTE_LEVELS, "section"))
    if node.kind in ("article", "paragraph", "item", "subitem") and node.address.split("/")[1][:1].isdigit() and "条" in node.label:
        parts = node.address.split("/")[1:4]
        numbers.update(zip(_STATUTE_LEVELS, (int(match[0]) for match in map(_NUMBER.match, parts) if match)))
    else:
        numbers["section"] = printed_section(node) or None
    return numbers
