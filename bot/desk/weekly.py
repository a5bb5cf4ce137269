"""The weekly report: how much was asked, what was refused and why, which topics and questions, what was of no use."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.desk.asked import Asked, Rated
from bot.desk.page import bars, columns, figures, page, section, table
from bot.desk.review.queue import Cluster, clusters, doubts, together
from bot.desk.words import KINDS, REFUSALS
from knowledge.feedback import REASONS
from knowledge.topics import Topic

_TOP, _RISING, _QUEUE, _LEAST_RISE = 15, 12, 15, 2


@dataclass(frozen=True)
class Week:
    """The days of a report, both included, with what was asked and rated in them, and what was asked in as many days before."""

    first: datetime.date
    last: datetime.date
    asked: Sequence[Asked]
    rated: Sequence[Rated]
    before: Sequence[Asked]


def weekly(week: Week, topics: Mapping[str, Topic], decided: Sequence[str] = ()) -> str:
    """The report as one HTML page."""
    queue = clusters(doubts(week.asked, week.rated), decided)
    parts = [_counts(week), _refusals(week), _topics(week, topics), _rising(week), _unhelpful(week, topics), _waiting(queue)]
    note = f"{week.first} 至 {week.last}。只统计问话和答案，不含任何人的身份；号码、邮箱和姓名已隐去。"
    return page("知识产权问答助手周报", *parts, note=note)


def _counts(week: Week) -> str:
    total, talks = len(week.asked), sum(m.begins for m in week.asked)
    answered = sum(m.kind in ("answer", "provision") for m in week.asked)
    down = sum(r.verdict == "down" for r in week.rated)
    shown = figures(
        (
            ("对话", talks),
            ("问话", total),
            ("上期问话", len(week.before)),
            ("直接答出", f"{answered / total:.0%}" if total else "—"),
            ("标了有用", len(week.rated) - down),
            ("标了没用", down),
        )
    )
    days = [week.first + datetime.timedelta(days=n) for n in range((week.last - week.first).days + 1)]
    by_day = Counter(m.day for m in week.asked)
    kinds = Counter(m.kind for m in week.asked)
    chart = columns("每天的问话数", [(f"{day.month}月{day.day}日", by_day[day]) for day in days]) if len(days) <= 14 else ""
    return section("数量", shown, chart, bars("按答案的种类", [(KINDS.get(kind, kind), n) for kind, n in kinds.most_common()]))


def _refusals(week: Week) -> str:
    refused = [m for m in week.asked if m.kind == "refuse"]
    reasons = Counter(m.reason or "" for m in refused)
    chart = bars("按理由的拒答数", [(REFUSALS.get(reason, reason or "未注明"), n) for reason, n in reasons.most_common()])
    return section("拒答及理由", chart, note=f"共 {len(refused)} 次。" if refused else "")


def _topics(week: Week, topics: Mapping[str, Topic]) -> str:
    counted = Counter(m.topic for m in week.asked if m.topic and m.kind in ("answer", "refuse", "question"))
    top = counted.most_common(_TOP)
    chart = bars("问得最多的主题", [(topics[id_].title if id_ in topics else id_, n) for id_, n in top])
    rows = [(topics[id_].question if id_ in topics else "（主题已不在库里）", id_, n) for id_, n in top]
    return section("问得最多的主题", chart, table(("主题的问话", "编号", "次数"), rows))


def _rising(week: Week) -> str:
    """Questions asked more often than in the days before, in whatever words."""
    counts = [Counter(m.text for m in messages if m.kind != "chat" and m.act in (None, "look_up")) for messages in (week.asked, week.before)]
    texts = sorted(counts[0] + counts[1], key=lambda text: (-counts[0][text], text))
    rows = []
    for members in together(texts):
        this, last = (sum(counted[texts[i]] for i in members) for counted in counts)
        if this - last >= _LEAST_RISE:
            rows.append((texts[members[0]], this, last))
    rows.sort(key=lambda row: (row[2] - row[1], row[0]))
    return section("上升的问题", table(("问话（同样意思的合并）", "本期", "上期"), rows[:_RISING]), note="比上一个同样长的时段至少多问两次的。")


def _unhelpful(week: Week, topics: Mapping[str, Topic]) -> str:
    down = [r for r in week.rated if r.verdict == "down"]
    reasons = Counter(REASONS.get(r.reason or "", "没有说原因") for r in down)
    titles = [topics[r.topic].title if r.topic and r.topic in topics else r.title for r in down]
    rows = [(r.text, title, REASONS.get(r.reason or "", "没有说"), r.comment or "") for r, title in zip(down, titles)]
    return section("标了没用的回答", bars("没用的原因", reasons.most_common()), table(("问话", "答的是", "原因", "留言"), rows))


def _waiting(queue: Sequence[Cluster]) -> str:
    rows = [(n, c.questions[0][0], c.count, "，".join(f"{why} {k}" for why, k in c.why.items())) for n, c in enumerate(queue[:_QUEUE], 1)]
    note = f"共 {len(queue)} 组。用 python -m bot review 列出并处理（那里的序号可能不同）。" if queue else ""
    return section("等待复核", table(("", "问话", "次数", "为什么"), rows), note=note)
