"""What the topics themselves teach the recogniser: their questions, titles, conclusions and the provisions they rest on."""

from __future__ import annotations

from pathlib import Path

from bot.nlu.recognition.model import TopicInfo
from knowledge.problems import Problems
from knowledge.settings import TOPICS
from knowledge.topics import load


def topic_facts(folder: Path = TOPICS) -> tuple[dict[str, TopicInfo], dict[str, str]]:
    """(topic -> what the recogniser must know of it, topic -> its own question)."""
    topics = [topic for topic, _ in load(folder, Problems()).values()]
    info = {t.id: TopicInfo(t.kind, article_of(t.grounds[0].at) if t.grounds and t.kind == "answer" else t.id, t.title) for t in topics}
    return info, {t.id: t.question for t in topics}


def article_of(address: str) -> str:
    """The article (or policy section) that an address stands in: patent-law/24/1/2 -> patent-law/24."""
    return "/".join(address.split("/")[:2])


def topic_examples(folder: Path = TOPICS) -> list[tuple[str, str]]:
    """(text, topic) pairs from the topics' question, title, conclusion and quotes; golden questions are never used."""
    found: list[tuple[str, str]] = []
    for topic, _ in load(folder, Problems()).values():
        found += [(topic.question, topic.id), (topic.title, topic.id)]
        if topic.kind == "answer":
            found.append((topic.answer, topic.id))
            found += [(ground.quote, topic.id) for ground in topic.grounds[:1]]
    return found
