"""Dates of a statute: its history (通过、公布、修正、修订), and from when this version applies.

The bracketed line under the title (题注) lists the events of every version. The last article gives the day of force of the version that
was enacted as a whole; an amendment (修正) leaves it as it was, so that it counts only when it is not earlier than the last event
(《立法技术规范（试行）（一）》 on 施行日期; 立法法 第六十一条).
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from knowledge.numerals import to_int
from knowledge.printed import SPACE

_D = r"[\d〇零○Ｏ一二三四五六七八九十]"
DATE = re.compile(
    rf"({_D}{{4}}){SPACE}*年{SPACE}*({_D}{{1,3}}){SPACE}*月{SPACE}*({_D}{{1,3}}){SPACE}*日|((?:19|20)\d\d)[-./](\d{{1,2}})[-./](\d{{1,2}})(?!\d)"
)
_VERBS = re.compile(r"通过|公布|发布|批准|批转|修正|修订|修改|施行|实施|制定|印发|颁布|转发|废止|决定")
_IN_FORCE = re.compile(rf"自({DATE.pattern})(?:起|开始|之日起|日起)?(?:正式)?(?:施行|实施|生效|执行|试行)")
_ON_PUBLICATION = re.compile(r"自(?:公布|发布|颁布|批准|印发|签发|通过|下发)之?日起(?:施行|实施|生效|执行|试行)")
_AFTER_PUBLICATION = re.compile(r"自(?:公布|发布|颁布)(?:之日)?(?:起|后)?.{1,6}(?:日|月|年)后?(?:起)?(?:施行|实施|生效)")
_QUOTED = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》|〈[^〈〉]*〉")
_PUBLISHED = re.compile(r"公布|发布|颁布|印发|批转|批准")


@dataclass(frozen=True)
class Event:
    """One entry of the history: the day and, letter for letter, what happened.

    amends: by a decision that changes single articles (根据…修正), so that 施行 in the last article stays that of an earlier version.
    """

    date: datetime.date
    event: str
    amends: bool = False


def parse_date(match: re.Match[str], first: int = 1) -> datetime.date | None:
    """The day that a match of DATE (its groups starting at `first`) names; None when there is no such day."""
    groups = match.groups()[first - 1 : first + 5]
    digits = [g for g in groups if g]
    try:
        year, month, day = (to_int(g.replace("○", "〇").replace("Ｏ", "〇")) for g in digits[:3])
        return datetime.date(year, month, day)
    except ValueError:
        return None


def dates_in(text: str) -> list[datetime.date]:
    """Every full date of the text, in order."""
    return [day for match in DATE.finditer(text) if (day := parse_date(match))]


def history(text: str) -> list[Event]:
    """The events of a 题注 in printed order; days of force (自…起施行) and days inside titles of other documents are none."""
    inner = text.strip().strip("（）()")
    masked = _QUOTED.sub(lambda m: "＿" * len(m[0]), inner)
    starts = [m for m in DATE.finditer(masked) if not masked[: m.start()].endswith(("自", "从"))]
    events: list[Event] = []
    for match, after in zip(starts, [*starts[1:], None]):
        end = after.start() if after else len(inner)
        words = inner[match.end() : end].strip(" \u3000\t；;，,。（()）、和")
        words = re.sub(rf"(?:{SPACE}|[；;，,、]|^)*(?:根据|和)$", "", words)
        words = re.sub(rf"[{SPACE[1:-1]}，,；;]*自(?:公布|发布|颁布|批准|印发)?[^自]*(?:施行|实施|生效|执行)$", "", words).strip()
        day = parse_date(match)
        amends = masked[: match.start()].rstrip(" \u3000").endswith("根据") or "修正" in words or "通过的" in words
        with_the_next = after is not None and inner[match.end() : end].rstrip().endswith("、")  # 2001年4月5日甲院、2001年3月30日乙院通过
        if day and (_VERBS.search(words) or not words or with_the_next):
            events.append(Event(day, words or "印发", amends))
    return events


@dataclass(frozen=True)
class Force:
    """From when this version applies. effective is None where the text does not say; `why` is a sentence for the report."""

    effective: datetime.date | None
    why: str


def day_of_force(history_text: str, events: list[Event], announcement: str, last_articles: list[str]) -> Force:
    """Read the day of force from the 题注, the announcement (公告、令) and the last articles, in that order."""
    latest = max((e.date for e in events), default=None)
    for text, place in ((history_text, "题注"), (announcement, "公布令")):
        found = [day for m in _IN_FORCE.finditer(text) if (day := parse_date(m, 2))]
        if found:
            return Force(found[-1], f"{place}写明自{_print(found[-1])}起施行")
        if match := _ON_PUBLICATION.search(text):
            return _published(events, place, match[0])
    for text in reversed(last_articles):
        found = [day for m in _IN_FORCE.finditer(text) if (day := parse_date(m, 2))]
        if found:
            if latest is None or found[0] >= latest:
                return Force(found[0], f"末条写明自{_print(found[0])}起施行")
            return Force(None, f"末条写的{_print(found[0])}早于最后一次修改（{_print(latest)}），是以前版本的施行日，本版本的施行日文本没有写明")
        if _AFTER_PUBLICATION.search(text) and not _ON_PUBLICATION.search(text):
            return Force(None, "末条写的是公布后若干时间施行，没有写明日期")
        if match := _ON_PUBLICATION.search(text):
            return _published(events, "末条", match[0])
    return Force(None, "文本没有写明施行日期")


def _published(events: list[Event], place: str, words: str) -> Force:
    if events and events[-1].amends:
        return Force(None, f"{place}写“{words}”，是以前版本的；本版本的施行日文本没有写明")
    for event in reversed(events):
        if _PUBLISHED.search(event.event):
            return Force(event.date, f"{place}写“{words}”，即{_print(event.date)}")
    return Force(None, f"{place}写“{words}”，但文本没有写明这个日期")


def _print(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
