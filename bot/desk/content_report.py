"""What the content lacks, as a page: provisions without topic, facts without topic, topics with few utterances or one writer, topics that
nobody asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.desk.page import figures, page, section, table
from knowledge import statute_facts
from knowledge.build import Content
from knowledge.coverage import Covered, coverage, read_exclusions
from knowledge.problems import Problems
from knowledge.statute_facts import Fact
from knowledge.topics import Topic
from knowledge.utterances import Utterance

FEW = 40
"""Utterances below which a topic is listed (docs/content.zh.md asks for 40 to 80)."""
_DISTANT = ("chat",)  # kinds whose use says nothing of the law


@dataclass(frozen=True)
class Lacks:
    """laws: (title, its units); facts without topic; said: topic -> utterances; writers: topic -> how many writers; asked: topic -> how often,
    or None where no conversation was kept."""

    laws: Sequence[tuple[str, Sequence[Covered]]]
    facts: Sequence[Fact]
    topics: Mapping[str, Topic]
    said: Mapping[str, int]
    writers: Mapping[str, int]
    asked: Mapping[str, int] | None


def lacks(content: Content, said: Iterable[Utterance], asked: Mapping[str, int] | None) -> Lacks:
    """Look at all content."""
    topics = {id_: topic for id_, (topic, _) in content.topics.items()}
    excluded = read_exclusions()
    laws = [(d.title, list(coverage(content.applying(d), topics.values(), excluded))) for d in content.documents if d.kind == "statute"]
    grounds = {ground.at for topic in topics.values() for ground in topic.grounds}
    facts = [f for found in statute_facts.load(Problems()).values() for f in found if not any(f"{at}/".startswith(f"{f.at}/") for at in grounds)]
    counts: Counter[str] = Counter()
    writers: dict[str, set[str | None]] = {}
    for utterance in said:
        if utterance.topic and not utterance.elliptical:
            counts[utterance.topic] += 1
            writers.setdefault(utterance.topic, set()).add(utterance.writer)
    return Lacks(laws, facts, topics, counts, {id_: len(names) for id_, names in writers.items()}, asked)


def report(found: Lacks, day: str) -> str:
    """The page."""
    few = sorted((found.said.get(id_, 0), id_) for id_ in found.topics if found.said.get(id_, 0) < FEW)
    alone = sorted(id_ for id_ in found.topics if found.writers.get(id_, 0) < 2)
    never = sorted(id_ for id_, t in found.topics.items() if t.kind not in _DISTANT and not (found.asked or {}).get(id_))
    gaps = [(title, [u for u in units if u.is_gap]) for title, units in found.laws if any(u.topics for u in units)]
    shown = figures(
        (
            ("主题", len(found.topics)),
            ("没有主题的条款", sum(len(units) for _, units in gaps)),
            ("没有主题的事实", len(found.facts)),
            (f"说法不足{FEW}句", len(few)),
            ("只有一人写", len(alone)),
            ("没有人问过", len(never) if found.asked is not None else "—"),
        )
    )
    asked_note = "还没有保存过对话，无从知道。" if found.asked is None else "对话库里没有一次答到它的主题。"
    parts = [
        shown,
        _laws(found),
        section(
            "没有主题的条、款、项",
            table(("法律", "条款", "地址"), [(t, u.label, u.address) for t, units in gaps for u in units]),
            note="一个主题也没有的法律只列在上一张表里。",
        ),
        section(
            "没有主题的事实", table(("事实", "地址", "内容"), [(f.id, f.at, f.what or f.means or f.passages[0].quote[:40]) for f in found.facts])
        ),
        section(f"说法不足 {FEW} 句的主题", table(("主题", "问话", "句数"), [(id_, found.topics[id_].question, n) for n, id_ in few])),
        section("只有一个人写说法的主题", table(("主题", "问话"), [(id_, found.topics[id_].question) for id_ in alone])),
        section(
            "没有人问过的主题",
            table(("主题", "问话"), [(id_, found.topics[id_].question) for id_ in never if found.asked is not None]),
            note=asked_note,
        ),
    ]
    return page("内容报告", *parts, note=f"{day} 的内容。")


def _laws(found: Lacks) -> str:
    rows = [(title, n, with_topics, n - with_topics - gaps, gaps) for title, n, with_topics, gaps in _article_counts(found.laws)]
    return section("各部法律", table(("法律", "条数", "有主题", "写明不需要", "没有主题"), rows))


def _article_counts(laws: Sequence[tuple[str, Sequence[Covered]]]) -> list[tuple[str, int, int, int]]:
    """(title, articles, those with topics, those that are gaps)."""
    counted = [(title, [u for u in units if u.kind == "article"]) for title, units in laws]
    return [(title, len(articles), sum(bool(u.topics) for u in articles), sum(u.is_gap for u in articles)) for title, articles in counted]
