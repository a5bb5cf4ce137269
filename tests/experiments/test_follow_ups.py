"""Written conversations are read plainly and in step with the topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments import follow_ups
from experiments.context_weights import HERE
from knowledge import topics
from knowledge.problems import Problems
from knowledge.settings import TOPICS

GOOD = """# writer: f1
- name: 换一种专利
  turns:
    - {user: 发明专利管多少年, topics: [patent-term-invention]}
    - {user: 那外观呢, topics: [patent-term-design]}
"""


def write(folder: Path, text: str) -> list[Path]:
    path = folder / "said.yml"
    path.write_text(text, encoding="utf-8")
    return [path]


def test_turns_carry_topics_and_lines(tmp_path: Path) -> None:
    problems = Problems()
    (conversation,) = follow_ups.load(write(tmp_path, GOOD), problems)
    assert not problems
    assert (conversation.name, conversation.writer) == ("换一种专利", "f1")
    assert [(t.user, t.topics, t.line) for t in conversation.turns] == [
        ("发明专利管多少年", ("patent-term-invention",), 4),
        ("那外观呢", ("patent-term-design",), 5),
    ]


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        (GOOD.replace("# writer: f1\n", "# \n"), "写作者", 1),
        (GOOD.replace("user: 那外观呢, ", ""), "缺少 user 或 topics", 5),
        (GOOD.replace("[patent-term-design]", "patent-term-design"), "缺少 user 或 topics", 5),
        (GOOD.replace("  turns:", "  turn:"), "缺少 name 或 turns", 2),
        (GOOD.replace("{user: 那外观呢", "{user: : 那外观呢"), "YAML", 5),
        ("# writer: f1\nname: 一段\n", "一列对话", 1),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, text: str, says: str, line: int) -> None:
    problems = Problems()
    follow_ups.load(write(tmp_path, text), problems)
    assert [(says in p.what, p.line) for p in problems] == [(True, line)]


def test_unknown_topics_and_golden_questions_are_reported(tmp_path: Path) -> None:
    known = topics.load(TOPICS, Problems())
    golden = known["patent-term-design"][0].golden[0]
    text = GOOD.replace("[patent-term-invention]", "[no-such-topic]").replace("那外观呢", golden)
    problems = Problems()
    follow_ups.check(follow_ups.load(write(tmp_path, text), problems), known, problems)
    assert [p.line for p in problems] == [4, 5]


def test_what_is_held_is_in_step_with_the_topics() -> None:
    problems = Problems()
    said = follow_ups.load(sorted((HERE / "follow_ups").glob("*.yml")), problems)
    follow_ups.check(said, topics.load(TOPICS, problems), problems)
    assert not list(problems)
    assert len({c.writer for c in said}) > 1
