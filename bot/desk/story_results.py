"""Rasa's own stories (tests/stories): run by `rasa test core`, and what its result files say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.model import ModelRefused, require_genuine
from bot.settings import MODEL, ROOT, child_environment

STORIES = ROOT / "tests" / "stories"
RESULTS = ROOT / "var" / "story-results"
_LOG = ROOT / "var" / "log" / "stories.log"
_STORY = re.compile(r"^- story: (?P<name>.*)$")
_STEP = re.compile(r"^  - (?P<what>intent|action|active_loop): (?P<name>\S+)(?:\s+# predicted: (?P<predicted>\S+))?")


class NoResults(RuntimeError):
    """Rasa gave no results; the text says where its log is, in Chinese."""


@dataclass(frozen=True)
class StoryStep:
    """what: intent, action or active_loop; predicted: what came instead, or empty."""

    what: str
    name: str
    predicted: str


@dataclass(frozen=True)
class WrongStory:
    """A story that went another way than it is written."""

    name: str
    steps: tuple[StoryStep, ...]


@dataclass(frozen=True)
class StoryResults:
    """Stories and the actions predicted in them, and how many of each were right."""

    stories: int
    right: int
    actions: int
    right_actions: int
    wrong: tuple[WrongStory, ...]


def run(stories: Path = STORIES, results: Path = RESULTS) -> StoryResults:
    """Run the stories and read the results. Raises NoResults."""
    try:
        require_genuine()
    except (FileNotFoundError, ModelRefused) as error:
        raise NoResults(str(error)) from None
    # Without --fail-on-prediction-errors: with it, Rasa stops at the first wrong story and writes nothing.
    command = [sys.executable, "-m", "rasa", "test", "core", "--model", str(MODEL), "--stories", str(stories), "--out", str(results), "--no-plot"]
    shutil.rmtree(results, ignore_errors=True)
    _LOG.parent.mkdir(parents=True, exist_ok=True)
    with _LOG.open("wb") as output:
        ended = subprocess.run(command, cwd=ROOT, env=child_environment(), stdout=output, stderr=subprocess.STDOUT, check=False)
    try:
        return read(results)
    except (OSError, ValueError, KeyError) as error:
        raise NoResults(f"Rasa 的故事没有跑成（退出码 {ended.returncode}，{error}），日志：{_LOG}") from None


def read(results: Path = RESULTS) -> StoryResults:
    """The results that lie in a folder. Raises OSError, ValueError or KeyError where they are not there or not whole."""
    report = json.loads((results / "story_report.json").read_text(encoding="utf-8"))
    counted, actions = report["conversation_accuracy"], int(report["weighted avg"]["support"])
    wrong = _wrong((results / "failed_test_stories.yml").read_text(encoding="utf-8"))
    return StoryResults(counted["total"], counted["correct"], actions, round(report["weighted avg"]["recall"] * actions), wrong)


def _wrong(text: str) -> tuple[WrongStory, ...]:
    """The stories of failed_test_stories.yml. What was predicted stands there in comments, which a YAML reader passes over."""
    found: list[tuple[str, list[StoryStep]]] = []
    for line in text.splitlines():
        if begins := _STORY.match(line):
            found.append((begins["name"].strip("'\""), []))
        elif found and (step := _STEP.match(line)):
            found[-1][1].append(StoryStep(step["what"], step["name"].strip("'\""), step["predicted"] or ""))
    return tuple(WrongStory(name, tuple(steps)) for name, steps in found)
