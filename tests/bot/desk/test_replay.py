"""`python -m bot replay`: a file of questions run again, and what has changed since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.desk import replay
from bot.settings import ROOT
from tests.bot.desk.conftest import Run


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the runs that are kept."""
    folder = tmp_path / "runs"
    for function in (replay.last_run, replay.keep):
        monkeypatch.setattr(function, "__defaults__", (folder,))
    return folder


def file(folder: Path, text: str, name: str = "questions.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_first_run_is_kept_and_the_second_finds_nothing_changed(run: Run, tmp_path: Path) -> None:
    questions = file(tmp_path, "# 常见问题\n专利年费从哪年开始交？\n\n离婚财产怎么分？\n")
    code, out, _ = run("replay", questions)
    assert code == 0
    assert "共 2 句；第一次运行" in out
    code, out, _ = run("replay", questions)
    assert code == 0
    assert "共 2 句；与上次相比：0 句变了，0 句是新加的。" in out


def test_what_changed_since_the_last_run_is_shown_with_before_and_now(run: Run, tmp_path: Path, runs: Path) -> None:
    questions = file(tmp_path, "专利年费从哪年开始交？\n")
    run("replay", questions)
    (kept,) = runs.glob("*.json")
    data = json.loads(kept.read_text(encoding="utf-8"))
    data["专利年费从哪年开始交？"] |= {"kind": "refuse", "reason": "unclear", "citations": []}
    kept.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    code, out, _ = run("replay", "--no-keep", questions)
    assert code == 3
    assert "专利年费从哪年开始交？\n  种类：refuse\n" in out
    assert "→  answer" in out
    assert "依据：无" in out
    assert "1 句变了" in out
    assert run("replay", questions)[0] == 3  # the run before was not kept
    assert run("replay", questions)[0] == 0


def test_a_first_run_that_is_not_kept_says_so(run: Run, tmp_path: Path) -> None:
    assert "第一次运行，没有记下" in run("replay", "--no-keep", file(tmp_path, "专利法第五十条\n"))[1]


def test_a_question_that_is_new_in_the_file_is_counted(run: Run, tmp_path: Path) -> None:
    questions = file(tmp_path, "专利年费从哪年开始交？\n")
    run("replay", questions)
    file(tmp_path, "专利年费从哪年开始交？\n专利法第五十条\n")
    assert "0 句变了，1 句是新加的" in run("replay", questions)[1]


def test_a_conversation_file_is_held_to_what_it_expects(run: Run, tmp_path: Path) -> None:
    written = (
        "- name: 两句\n  turns:\n  - {user: 专利法第六十五条, kind: provision}\n  - {user: 上一条, cites: [patent-law/60], contains: [没有的话]}\n"
    )
    code, out, _ = run("replay", file(tmp_path, written, "talk.yml"))
    assert code == 3
    assert "〔两句〕上一条\n  不合预期：应引用“patent-law/60”，实际是“patent-law/64”\n  不合预期：应写有“没有的话”" in out
    assert "1 句不合预期。" in out


def test_the_written_conversations_of_the_tests_can_be_replayed(run: Run) -> None:
    assert len(replay.read(ROOT / "tests" / "conversations" / "follow_ups.yml")) > 5
    code, out, _ = run("replay", ROOT / "tests" / "conversations" / "follow_ups.yml")
    assert code in (0, 3)
    assert "第一次运行" in out


@pytest.mark.parametrize(("text", "name"), [("- turns: [", "a.yml"), ("- {name: x}", "b.yml"), ("- {name: x, turns: [{}]}", "c.yml")])
def test_a_file_that_cannot_be_read_is_said_so(run: Run, tmp_path: Path, text: str, name: str) -> None:
    code, _, err = run("replay", file(tmp_path, text, name))
    assert code == 1
    assert "不是对话文件" in err
    assert run("replay", tmp_path / "nowhere.txt")[0] == 1
