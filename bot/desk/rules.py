"""The rules of data/rules/rules.yml as far as they lead a conversation: which actions follow an intent, and what follows a form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.settings import ROOT

FILE = ROOT / "data" / "rules" / "rules.yml"


@dataclass(frozen=True)
class Rule:
    """after: the intent, or the form that has just ended, on which the actions follow."""

    name: str
    after: str
    actions: tuple[str, ...]


@lru_cache(maxsize=1)
def rules(path: Path = FILE) -> dict[str, Rule]:
    """Every rule by what it follows on. Raises ValueError for a rule that begins with neither an intent nor an action."""
    found: dict[str, Rule] = {}
    for written in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
        first, *rest = written["steps"]
        after = first.get("intent") or first.get("action")
        if after is None or after in found:
            raise ValueError(f"{path}: {written['rule']}")
        found[after] = Rule(written["rule"], after, tuple(step["action"] for step in rest if "action" in step))
    return found
