"""The README's transcript is what the assistant says."""

from __future__ import annotations

from pathlib import Path

from actions.render import render_text
from tests.servers import Assistant

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- transcript: begin (kept current by tests/end_to_end/test_readme.py) -->", "<!-- transcript: end -->"
QUESTIONS = ("证明商标的协会自己能用吗", "专利法第五十条第二款", "离婚财产怎么分？")


def transcript(assistant: Assistant) -> str:
    """The conversation as the README prints it."""
    blocks = []
    for question, payload in zip(QUESTIONS, assistant.talk(*QUESTIONS)):
        blocks.append(f"> {question}\n\n{render_text(payload)}")
    return "```text\n" + "\n\n".join(blocks) + "\n```"


def test_the_transcript_is_what_the_assistant_says(assistant: Assistant) -> None:
    readme = README.read_text(encoding="utf-8")
    written = readme.split(BEGIN)[1].split(END)[0].strip()
    assert written == transcript(assistant), "README 里的对话与实际不同，请更新"
