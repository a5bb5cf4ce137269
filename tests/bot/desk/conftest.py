"""The desk with the trained model, loaded once for all tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot import cli
from bot.desk.review import decisions, listing
from bot.desk.review.decisions import Places
from bot.desk.sitting import Sitting
from bot.settings import MODEL
from knowledge.settings import UTTERANCES
from tests.bot.desk.past import Past

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def sitting(request: pytest.FixtureRequest) -> Sitting:
    """The model as it was trained last; trained now only where there is none."""
    if not MODEL.exists():
        request.getfixturevalue("prepared")
    return cli._sit_down()


@pytest.fixture
def run(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command of `python -m bot` at the desk that is loaded already: (exit code, stdout, stderr)."""
    monkeypatch.setattr(cli, "_sit_down", lambda: sitting)

    def command(*argv: object) -> tuple[int, str, str]:
        done = CliRunner(mix_stderr=False).invoke(cli.app, [str(a) for a in argv], prog_name="python -m bot")
        if done.exception is not None and not isinstance(done.exception, (SystemExit, typer.Exit)):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    return command


@pytest.fixture
def past(sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Past:
    """Stores of this test's own, which the commands read."""
    made = Past(sitting, tmp_path)
    monkeypatch.setenv("CONVERSATIONS_DB_URL", made.url)
    monkeypatch.setenv("FEEDBACK_DB_URL", made.feedback_url)
    return made


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Where decisions are written: a copy of one area's utterances and a folder of its own."""
    made = Places(tmp_path / "nlu", decisions=tmp_path / "review")
    for area in ("patent-law", "refusals"):
        shutil.copytree(UTTERANCES / area, made.utterances / area)
    for function in (decisions.decided, decisions.assign, decisions.foreign, decisions.missing):
        defaults = [made if isinstance(value, Places) else value for value in function.__defaults__ or ()]
        monkeypatch.setattr(function, "__defaults__", tuple(defaults))
    for function in (listing.keep, listing.read):
        monkeypatch.setattr(function, "__defaults__", (tmp_path / "review.json",))
    return made
