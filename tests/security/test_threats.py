"""docs/security.md says nothing that no test holds: every test that it names exists, and every threat names one."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

import pytest

from bot.settings import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
THREATS = [row for row in PAGE.split("## Threats")[1].split("\n## ")[0].splitlines() if row.startswith("| ")][1:]


@lru_cache
def names_in(path: str) -> set[str]:
    """The tests of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_")}


def test_every_test_that_is_named_exists() -> None:
    named = _NAMED.findall(PAGE)
    assert len(named) > 80
    missing = [f"{path}::{name}" for path, name in named if not (ROOT / path).is_file() or (name and name not in names_in(path))]
    assert missing == []


@pytest.mark.parametrize("row", THREATS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_every_threat_has_its_defence_and_a_test(row: str) -> None:
    _, threat, defence, proof, _ = row.split("|")
    assert threat.strip() and defence.strip()
    assert all(name for _, name in _NAMED.findall(proof))
    assert _NAMED.search(proof), threat


def test_nothing_that_looks_like_a_test_is_written_in_another_way() -> None:
    assert len(re.findall(r"::test_", PAGE)) == len([name for _, name in _NAMED.findall(PAGE) if name])


def test_every_file_of_this_folder_is_named() -> None:
    own = {f"tests/security/{path.name}" for path in (ROOT / "tests" / "security").glob("test_*.py")}
    assert own == {path for path, _ in _NAMED.findall(PAGE) if path.startswith("tests/security/")}
