"""The audit of the locked packages tells what is known, and never takes silence for a clean bill."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT

CLEAN = {"name": "redis", "version": "4.6.0", "vulns": []}
HURT = {
    "name": "example",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-0-1", "fix_versions": ["1.1", "2.0"], "aliases": ["CVE-0-1"], "description": "x"}],
}
UNMENDED = {"name": "other", "version": "3.0", "vulns": [{"id": "GHSA-x", "fix_versions": [], "aliases": [], "description": ""}]}
SKIPPED = {"name": "sanic", "skip_reason": "Dependency not found on PyPI and could not be audited: sanic (21.12.2)"}


def audit(tmp_path: Path, report: object) -> tuple[int, str]:
    """Exit code and everything that was said."""
    file = tmp_path / "report.json"
    file.write_text(report if isinstance(report, str) else json.dumps(report), encoding="utf-8")
    done = subprocess.run([sys.executable, "deploy/audit.py", "--report", str(file)], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def of(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(packages), "fixes": []}


def test_what_is_known_is_listed_with_what_mends_it(tmp_path: Path) -> None:
    code, said = audit(tmp_path, of(CLEAN, HURT, UNMENDED))
    assert code == 3
    assert "example 1.0  PYSEC-0-1 = CVE-0-1  修复于：1.1、2.0" in said
    assert "other 3.0  GHSA-x  修复于：还没有修复的版本" in said
    assert "redis" not in said


def test_nothing_known_of_all_that_was_asked_is_good(tmp_path: Path) -> None:
    assert audit(tmp_path, of(CLEAN))[0] == 0


@pytest.mark.parametrize("report", [of(CLEAN, SKIPPED), of(), "", "not JSON", [], {"dependencies": [{"name": "x"}]}, {"dependencies": 5}])
def test_a_package_that_could_not_be_asked_about_is_not_taken_for_a_good_one(tmp_path: Path, report: object) -> None:
    code, said = audit(tmp_path, report)
    assert code == 1
    assert said


def test_without_its_tool_it_says_so() -> None:
    done = subprocess.run([sys.executable, "deploy/audit.py", "--uv", "no-such-program"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "启动不了" in done.stderr) == (1, True)
