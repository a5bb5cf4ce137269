"""Utterance files are read plainly and are in step with the topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge import topics, utterances
from knowledge.problems import Problems
from knowledge.settings import TOPICS, UTTERANCES

GOOD = """version: "3.1"

nlu:
  - intent: ask
    metadata: {{topic: {topic}, writer: w1}}
    examples: |
      - 一
      - 两句: 带冒号
"""


def write(folder: Path, text: str) -> list[Path]:
    path = folder / "topic.yml"
    path.write_text(text, encoding="utf-8")
    return [path]


def test_every_utterance_carries_its_topic_writer_and_intent(tmp_path: Path) -> None:
    problems = Problems()
    said = utterances.load(write(tmp_path, GOOD.format(topic="patent-term-invention")), problems)
    assert [(u.text, u.intent, u.topic, u.writer) for u in said] == [
        ("一", "ask", "patent-term-invention", "w1"),
        ("两句: 带冒号", "ask", "patent-term-invention", "w1"),
    ]
    assert not problems


def test_what_is_said_in_the_middle_is_marked_and_is_no_question_of_its_own(tmp_path: Path) -> None:
    problems, held = Problems(), topics.load(TOPICS, Problems())
    text = (
        GOOD.format(topic="patent-term-invention")
        .replace("writer: w1", "writer: w1, elliptical: true")
        .replace("一\n", "\n      - ".join("甲乙丙丁戊己庚辛壬癸") + "\n")
    )
    said = utterances.load(write(tmp_path, text), problems)
    assert all(utterance.elliptical for utterance in said) and len(said) > utterances.FEWEST
    utterances.check(said, {"patent-term-invention": held["patent-term-invention"]}, problems)
    assert [str(problem) for problem in problems if "只有 0 句说法" in str(problem)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nlu: 5", "nlu 列表"),
        ("nlu:\n  - intent: ask\n", "examples"),
        ("nlu:\n  - intent: ask\n    examples: |\n      没有短横\n", "没有短横"),
        ("nlu: [", "YAML"),
        ("nlu:\n  - {intent: ask, metadata: {topic: x, writer: w1, elliptical: 是}, examples: '- 一'}\n", "elliptical"),
    ],
)
def test_a_faulty_file_is_named_and_left_out(tmp_path: Path, text: str, says: str) -> None:
    problems = Problems()
    paths = write(tmp_path, text)
    assert utterances.load(paths, problems) == []
    (problem,) = problems
    assert says in str(problem) and str(paths[0]) in str(problem)


def test_utterances_out_of_step_are_reported_with_file_and_line(tmp_path: Path) -> None:
    held = topics.load(TOPICS, Problems())
    golden = held["patent-term-invention"][0].golden[0]
    text = GOOD.format(topic="patent-term-invention").replace("一\n", f"{golden}\n").replace("intent: ask", "intent: chat")
    text += GOOD.format(topic="no-such-topic").split("nlu:\n")[1]
    problems = Problems()
    utterances.check(utterances.load(write(tmp_path, text), problems), held, problems)
    found = [str(p) for p in problems if p.file == tmp_path / "topic.yml"]
    assert any("检验问题" in p and ":7:" in p for p in found)
    assert any("没有 no-such-topic" in p for p in found)
    assert any("intent 应为 ask" in p for p in found)
    assert any("少于" in str(p) for p in problems)


def test_the_project_s_utterances_are_in_step_with_its_topics() -> None:
    problems = Problems()
    said = utterances.load(sorted(UTTERANCES.glob("**/*.yml")), problems)
    utterances.check(said, topics.load(TOPICS, problems), problems)
    assert not list(problems)
    assert len({u.writer for u in said if u.topic}) >= 4
