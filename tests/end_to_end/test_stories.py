"""`python -m bot stories` against the servers, and Rasa's own stories."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from bot import cli
from bot.desk import story_results
from tests.servers import Assistant

CONVERSATION = """
- name: 接着问
  turns:
    - {{user: 发明专利保护多少年, kind: answer, cites: [patent-law/42/1]}}
    - {{user: 那外观设计呢, kind: answer, cites: [patent-law/42/1], contains: [{words}]}}
"""
STORY = """version: "3.1"
stories:
  - story: a question is answered
    steps:
      - intent: ask
      - action: action_answer
  - story: a question that would be looked up
    steps:
      - intent: ask
      - action: action_look_up
"""


def test_what_the_servers_answer_is_compared_and_reported(assistant: Assistant, tmp_path: Path) -> None:
    for words, code, says in (("十五年", 0, "1 段合预期，0 段不合"), ("九十年", 3, "第 2 句“那外观设计呢”：应写有“九十年”")):
        path, page = tmp_path / "c.yml", tmp_path / "c.html"
        path.write_text(CONVERSATION.format(words=words), encoding="utf-8")
        done = CliRunner(mix_stderr=False).invoke(cli.app, ["stories", str(path), "--url", assistant.home, "--out", str(page)])
        assert (done.exit_code, says in done.stdout) == (code, True), done.stdout + done.stderr
        assert "那外观设计呢" in page.read_text(encoding="utf-8")


def test_a_story_that_goes_another_way_is_found_with_its_step(prepared: None, tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "test_wrong.yml").write_text(STORY, encoding="utf-8")
    found = story_results.run(tmp_path / "stories", tmp_path / "results")
    assert (found.stories, found.right) == (2, 1)
    (wrong,) = found.wrong
    assert "would be looked up" in wrong.name
    first = next(step for step in wrong.steps if step.predicted)  # what comes after it may go wrong only because of it
    assert (first.name, first.predicted) == ("action_look_up", "action_answer")
