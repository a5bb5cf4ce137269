"""`python -m bot stories`: written conversations, where they part from what is expected, and Rasa's own stories, as a page for lawyers.

Here the desk answers; tests/end_to_end/test_stories.py asks the servers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.desk import story_results
from bot.desk.expected import missing
from bot.desk.sitting import Sitting
from bot.desk.stories import HeldFile, hold
from bot.desk.stories_report import report, summary
from bot.desk.story_results import StoryResults, StoryStep
from tests.bot.desk.conftest import Run
from tests.bot.desk.test_report import check_page

GOOD = "- name: 年费\n  turns:\n    - {user: 专利年费从哪年开始交？, kind: answer, topic: patent-annual-fee-start, cites: [patent-law/43], contains: [当年]}\n"
WRONG = """
- name: 年费再离婚
  turns:
    - {user: 专利年费从哪年开始交？, kind: answer, contains: [当年]}
    - {user: 离婚财产怎么分？, kind: answer, cites: [patent-law/11/1], contains: [平分]}
    - {user: 专利法第五十条, kind: refuse}
"""
FAILED = """version: "3.1"
stories:
- story: nothing understood, then understood (tests/stories/x.yml)
  steps:
  - intent: nlu_fallback
  - action: action_fallback
  - intent: ask
  - action: action_answer  # predicted: action_look_up
- story: 'a story: with a colon (tests/stories/x.yml)'
  steps:
  - intent: ask
  - action: action_look_up  # predicted: action_answer
  - active_loop: guided_check
"""


def file(folder: Path, text: str) -> Path:
    path = folder / "conversations.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def held(sitting: Sitting, tmp_path: Path) -> HeldFile:
    return hold(file(tmp_path, GOOD + WRONG), sitting.begin)


@pytest.mark.parametrize(
    ("wanted", "lacks"),
    [(["patent-law/43", "patent-law/44"], 0), (["patent-law/42", "patent-law/43/1"], 0), (["patent-law/4"], 1), (["patent-law/43/2", "gi-fees"], 1)],
)
def test_one_of_several_addresses_is_enough(wanted: list[str], lacks: int) -> None:
    found = missing({"user": "年费", "cites_any": wanted}, {"citations": [{"id": "patent-law/43/1"}]})
    assert len(found) == lacks and all("应引用其中之一" in sentence for sentence in found)


def test_a_wrong_expectation_is_reported_where_the_conversation_parts(held: HeldFile) -> None:
    good, wrong = held.conversations
    assert (good.parts_at, wrong.parts_at, held.parted) == (None, 2, (wrong,))
    assert wrong.difference.startswith("种类应为“回答（answer）”，实际是“拒答（refuse）”；应引用“patent-law/11/1”，实际是“没有引用”；应写有“平分”")
    lines = list(summary([held], None))
    assert "年费再离婚，第 2 句“离婚财产怎么分？”：种类应为" in lines[0]
    assert lines[1:] == ["1 个文件，2 段对话：1 段合预期，1 段不合。"]


def test_the_page_shows_what_was_said_expected_and_came_with_the_first_difference_marked(held: HeldFile) -> None:
    html = report([held], None, lambda address: f"【{address}】", "2026-11-30")
    text = check_page(html)
    failing, _, passing = text.partition("各文件")
    assert html.count('<tr class="first">') == 1
    row = html.partition('<tr class="first">')[2].partition("</tr>")[0]
    assert "离婚财产怎么分？" in row
    assert "<mark>✗ 种类应为：回答（answer），实际是“拒答（refuse）”</mark>" in row
    assert "<mark>✗ 应引用：【patent-law/11/1】</mark>" in row
    assert "民法典" in row
    assert "年费再离婚 ：第 2 句不同（conversations.yml）" in failing
    assert "conversations.yml 2 1 1" in passing
    assert "conversations.yml（1 段） 年费" in passing
    assert "依据：《中华人民共和国专利法》第四十三条" in passing


def test_files_with_differences_come_first(sitting: Sitting, tmp_path: Path, held: HeldFile) -> None:
    (tmp_path / "a").mkdir()
    path = file(tmp_path / "a", GOOD).rename(tmp_path / "a" / "a.yml")
    text = check_page(report([hold(path, sitting.begin), held], None, str, "2026-11-30"))
    assert text.index("conversations.yml 2 1 1") < text.index("a.yml 1 1 0")


def test_a_message_that_is_not_answered_ends_its_conversation_and_is_a_difference(tmp_path: Path) -> None:
    def say(message: str) -> dict[str, Any]:
        raise RuntimeError("服务没有回答：断了")

    found = hold(file(tmp_path, GOOD), lambda: say)
    assert found.conversations[0].parts_at == 1
    assert "断了" in next(summary([found], None))
    assert "<mark>服务没有回答：断了</mark>" in report([found], None, str, "2026-11-30")


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        ("{user: 你好, contain: [好]}", "不认识 contain"),
        ("{user: 你好, contains: 好}", "contains 应写成 [甲, 乙] 的样子"),
        ("{user: 你好, contains: [2024]}", "数字加引号"),
        ("{user: 你好, kind: anser}", "kind 只能是 answer、provision"),
        ("{user: 你好, reason: nothing}", "reason 只能是 not_held"),
    ],
)
def test_a_misspelt_expectation_is_named_before_anything_is_started(run: Run, tmp_path: Path, turn: str, says: str) -> None:
    code, _, err = run("stories", file(tmp_path, f"- name: 问候\n  turns:\n    - {turn}\n"))
    assert code == 1
    assert "“问候”第 1 句：" in err
    assert says in err


def test_a_server_that_is_not_there_is_told_in_the_report(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("stories", file(tmp_path, GOOD), "--url", "http://127.0.0.1:9", "--out", tmp_path / "x.html")
    assert code == 3
    assert "服务没有回答" in out


def test_rasas_own_results_are_read_and_put_in_plain_chinese(tmp_path: Path) -> None:
    (tmp_path / "failed_test_stories.yml").write_text(FAILED, encoding="utf-8")
    numbers = '{"conversation_accuracy": {"correct": 4, "total": 6}, "weighted avg": {"recall": 0.9666, "support": 60}}'
    (tmp_path / "story_report.json").write_text(numbers, encoding="utf-8")
    found = story_results.read(tmp_path)
    assert (found.stories, found.right, found.actions, found.right_actions) == (6, 4, 60, 58)
    assert [story.name for story in found.wrong] == [
        "nothing understood, then understood (tests/stories/x.yml)",
        "a story: with a colon (tests/stories/x.yml)",
    ]
    assert found.wrong[0].steps[-1] == StoryStep("action", "action_answer", "action_look_up")
    html = report([], found, str, "2026-11-30")
    text = check_page(html)
    assert "6 个故事里 2 个走错；60 步动作里 2 步与故事写的不同。" in text
    assert "4 助手 按主题回答或拒答（action_answer） 给出条款（action_look_up）" in text
    assert html.count('<tr class="first">') == 2
    assert "✗ 故事 nothing understood" in next(summary([], found))


def test_stories_that_all_go_as_written_are_one_sentence() -> None:
    text = check_page(report([], StoryResults(6, 6, 59, 59, ()), str, "2026-11-30"))
    assert "6 个故事全部走对，其中 59 步动作没有一步不同。" in text
