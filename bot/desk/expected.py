"""What a written conversation expects of an answer, and what the answer lacks, in words that a lawyer can read.

A turn has `user` and any of `kind`, `topic`, `reason`, `cites` (addresses that must be cited; an article's address also fits its
paragraphs) and `contains` (words that must stand in the answer).
"""

from __future__ import annotations

import json
from typing import Any

NAMED = ("kind", "topic", "reason")


def missing(turn: dict[str, Any], payload: dict[str, Any]) -> list[str]:
    """What the answer lacks, one sentence each."""
    faults = [f"{name} 应为 {turn[name]}，实际是 {payload.get(name)}" for name in NAMED if name in turn and payload.get(name) != turn[name]]
    cited = [citation["id"] for citation in payload["citations"]]
    for wanted in turn.get("cites") or []:
        if not any(address == wanted or address.startswith(wanted + "/") for address in cited):
            faults.append(f"应引用 {wanted}，实际引用 {'、'.join(cited) or '无'}")
    text = json.dumps(payload, ensure_ascii=False)
    return faults + [f"应写有“{words}”" for words in turn.get("contains") or [] if words not in text]
