"""The guides for operators and the code name the same settings with the same defaults."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.operations.settings import variables
from bot.settings import ROOT
from knowledge.environment import Variable

GUIDES = ("operations.md", "web.md", "observability.md")
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \| (.*?) \| .+ \|$", re.M)
KNOWN: dict[str, Variable] = {variable.name: variable for variable in variables()}
READ = re.compile(
    r"""(?:environ(?:\.get\(|\.setdefault\(|\.pop\(|\[)|getenv\()\s*["']([A-Z][A-Z0-9_]+)["']|["']([A-Z][A-Z0-9_]+)["'] in os\.environ"""
)
ELSEWHERE = {
    "PYTHONPATH",  # handed on to the processes we start
    "ACTION_SERVER_URL",  # not handed on to the assistant that stories start for themselves
    "PROMETHEUS_MULTIPROC_DIR",  # the client library reads it; ours only asks whether it does
}


def told() -> list[tuple[str, str, str]]:
    """(guide, variable, default) of every row."""
    return [(guide, *row) for guide in GUIDES for row in ROW.findall((ROOT / "docs" / guide).read_text(encoding="utf-8"))]


def test_the_guides_name_every_setting_and_no_other() -> None:
    assert {name for _, name, _ in told()} == set(KNOWN)


def test_a_guide_names_a_setting_once() -> None:
    rows = [(guide, name) for guide, name, _ in told()]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(("guide", "name", "default"), told())
def test_a_default_is_the_one_of_the_code(guide: str, name: str, default: str) -> None:
    variable = KNOWN[name]
    expected = variable.default or variable.note
    assert expected
    assert default.replace("`", "") == expected.replace("`", "")


def test_the_guide_of_wecom_names_settings_that_exist() -> None:
    text = (ROOT / "docs" / "wecom.zh.md").read_text(encoding="utf-8")
    named = {name.removesuffix("_FILE") for name in re.findall(r"(?:WECOM|REDIS|ARTICLE)_[A-Z_]*[A-Z]", text)}
    assert named <= set(KNOWN)
    assert len(named) > 10


def sources() -> list[Path]:
    return [path for folder in ("bot", "actions", "knowledge") for path in sorted((ROOT / folder).rglob("*.py"))]


def test_settings_are_read_in_one_way() -> None:
    """Everything that the code asks the environment for by name is a declared setting."""
    asked = {name: path for path in sources() for found in READ.findall(path.read_text(encoding="utf-8")) for name in found if name}
    assert set(asked) <= ELSEWHERE, asked


def test_files_of_rasa_name_settings_that_exist() -> None:
    for name in ("endpoints.yml", "credentials.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert yaml.safe_load(text)
        assert set(re.findall(r"\$\{(\w+)\}", text)) <= set(KNOWN)
