"""The project's own evaluation of the trained model: golden questions and refusals, by document and by style, with the confusions.

    python -m experiments.evaluate [--show 30]

Golden questions are written with the topics and never trained on. For writers held out of training see
`python -m experiments.held_out`.
"""

from __future__ import annotations

import argparse
import collections
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bot.desk.archive import load_recogniser
from bot.nlu.recognition.model import Recogniser, Recognition
from knowledge.normalise import simplify
from knowledge.problems import Problems
from knowledge.settings import TOPICS
from knowledge.topics import Topic, load


@dataclass(frozen=True)
class Judged:
    """One golden question and what became of it. outcome: right, sibling (same article), choice (among the offered), wrong, refused."""

    question: str
    topic: Topic
    found: Recognition
    outcome: str


def style_of(text: str) -> str:
    """A rough style: story, keywords, traditional, english, formal question or plain question."""
    if len(text) >= 60:
        return "story"
    if simplify(text) != text:
        return "traditional"
    if re.search(r"[A-Za-z]{2,}", text):
        return "english"
    if " " in text.strip() or len(text) <= 8:
        return "keywords"
    return "question" if text.endswith(("?", "？")) else "no question mark"


def judge(recogniser: Recogniser, topic: Topic, question: str) -> Judged:
    """What the recogniser makes of one golden question."""
    found = recogniser.recognise(question)
    best = found.candidates[0].topic if found.candidates else ""
    info = recogniser.info
    if topic.kind == "refuse":
        refused = found.verdict in ("foreign", "none") or (best in info and info[best].kind in ("refuse", "chat"))
        return Judged(question, topic, found, "right" if refused else "wrong")
    if found.verdict == "sure":
        if best == topic.id:
            outcome = "right"
        elif info[best].kind in ("refuse", "chat") and topic.kind == "answer":
            outcome = "refused"
        else:
            outcome = "sibling" if topic.id in info and info[best].article == info[topic.id].article else "wrong"
    else:
        offered = [c.topic for c in found.candidates[:3]]
        outcome = "choice" if found.verdict == "choose" and topic.id in offered else "refused" if found.verdict in ("foreign", "none") else "unsure"
    return Judged(question, topic, found, outcome)


def table(title: str, rows: Iterable[tuple[str, list[Judged]]]) -> Table:
    """Shares of the outcomes, a row a group."""
    outcomes = ("right", "sibling", "choice", "unsure", "refused", "wrong")
    drawn = Table("", "n", *outcomes, title=title)
    for name, judged in rows:
        counts = collections.Counter(j.outcome for j in judged)
        drawn.add_row(name, str(len(judged)), *(f"{counts[o] / len(judged):.1%}" for o in outcomes))
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=30, help="list this many confusions")
    arguments = parser.parse_args()
    recogniser = load_recogniser()
    topics = [topic for topic, _ in load(TOPICS, Problems()).values()]
    judged = [judge(recogniser, topic, question) for topic in topics for question in topic.golden]
    console = Console()
    by_area, by_style = collections.defaultdict(list), collections.defaultdict(list)
    for j in judged:
        by_area[j.topic.area].append(j)
        by_style[style_of(j.question)].append(j)
    answers = [j for j in judged if j.topic.kind == "answer"]
    console.print(table("golden questions by document", [*sorted(by_area.items()), ("answers", answers), ("all", judged)]))
    console.print(table("by style", sorted(by_style.items())))
    confusions = collections.Counter(
        (j.topic.id, j.found.candidates[0].topic) for j in judged if j.outcome in ("wrong", "refused") and j.found.candidates
    )
    for (wanted, got), count in confusions.most_common(arguments.show):
        console.print(f"{count} × {wanted} taken for {got}", highlight=False)


if __name__ == "__main__":
    main()
