"""From a file to a statute that has been read: its text as the library keeps it, its tree, its dates, and what was doubtful."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.intake.annexes import split_annexes
from knowledge.intake.block import FOOTNOTE
from knowledge.intake.canonical import canonical, part_articles
from knowledge.intake.contents import opens_body, take_out
from knowledge.intake.dates import Event, Force, dates_in, day_of_force, history
from knowledge.intake.file import read_file
from knowledge.intake.front import Front, read_front, without_version
from knowledge.intake.judge import refuse_amending, refuse_fragment, refuse_unless_statute, title_doubt
from knowledge.intake.lines import Line, Log, join_wrapped, part_units, to_lines
from knowledge.intake.numbered import split_numbered
from knowledge.intake.review import Counts, count, review
from knowledge.printed import ARTICLE, END, item_mark
from knowledge.statute import parse_statute
from knowledge.structure import Node

_FILE_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
FIRST_DAY = datetime.date(1949, 10, 1)
"""No statute of the People's Republic is older; what a text without any date is dated by, as `not_before`."""


@dataclass(frozen=True)
class ReadStatute:
    """A statute read from a file.

    text: the source file as it will be kept, UTF-8, one unit a line. tree: parsed from `text` under the id `statute`. adopted: day of the last
    event of its history; adopted_note: None where the text says it, else not_before, not_after or file_name (see `adopted_of`).
    """

    title: str
    text: str
    tree: Node
    events: tuple[Event, ...]
    adopted: datetime.date
    adopted_note: str | None
    force: Force
    front: Front
    counts: Counts
    contents: int
    footnotes: int
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    removed: tuple[tuple[str, str], ...]
    spaces: int
    form: str


def read_statute(path: Path, adopted: datetime.date | None = None, numbered: bool = False) -> ReadStatute:
    """Read a file. Raises Refusal when it is no statute.

    adopted: overrides the day that the text gives. numbered: its articles are printed 一、二、三 (see `knowledge.intake.numbered`).
    """
    reading = read_file(path)
    log = Log(list(reading.notes), list(reading.doubts))
    lines = part_articles(part_units(to_lines(reading.blocks, log), log), log)
    if numbered:
        above, body, annexes = split_numbered(lines)
        log.doubts.append("正文用“一、二、”编号，没有“第…条”；每个编号按一条收录，请核对")
    else:
        start = _body_start(lines)
        above, body, annexes = lines[:start], lines[start:], []
    front = read_front(above, whole=not body)
    title = without_version(front.title) or _bare_stem(path)
    refuse_amending(read_front(above, whole=True).title, title)
    refuse_unless_statute(title, body or above, numbered)
    contents: list[Line] = []
    if not numbered:
        contents, rest = take_out(body, log)
        body, annexes = split_annexes(rest, log)
    body = canonical(join_wrapped(body, log), log)
    footnotes = [block.text for block in reading.blocks if block.kind == FOOTNOTE]
    text = _text(front, title, body, annexes, footnotes, numbered)
    tree = parse_statute("statute", text)
    refuse_fragment(title, tree)
    events = [event for line in front.lines("history") for event in history(line)]
    announcement = "\n".join((*front.notice, *front.lines("preamble")))
    events += [] if events else _announced(announcement)
    force = day_of_force("\n".join(front.lines("history")), events, announcement, _last_articles(tree))
    day, note = (adopted, None) if adopted else _adopted_of(events, force, path, text)
    log.doubts += [d for d in (title_doubt(front.title), _date_doubt(note, path)) if d]
    return ReadStatute(
        title, text, tree, tuple(events), day, note, force, front, count(tree), len(contents), len(footnotes),
        tuple(log.notes), tuple(dict.fromkeys((*log.doubts, *review(tree)))), tuple(log.removed), log.spaces, reading.form,
    )  # fmt: skip


def _body_start(lines: list[Line]) -> int:
    """Where the contents or the body begin; a heading 一、… right above the first article belongs to the body."""
    first = next((n for n, line in enumerate(lines) if opens_body(line)), len(lines))
    if 0 < first < len(lines) and ARTICLE.match(lines[first].text):
        above = lines[first - 1].text
        mark = item_mark(above)
        if mark and mark.style == "一、" and not END.search(above):
            return first - 1
    return first


def _bare_stem(path: Path) -> str:
    """The title as the national database names its files: 标题_20201017_ff80, 标题__ff80."""
    return re.split(r"_(?:\d{8})?_", path.stem)[0].strip()


def _text(front: Front, title: str, body: list[Line], annexes: list[list[Line]], footnotes: list[str], numbered: bool) -> str:
    out: list[str] = []
    if front.notice:
        out += ["[[notice]]", *front.notice, "[[/notice]]"]
    out += [front.printed or title, *(text for _, text in front.behind)]
    out += [*(["[[numbered]]"] if numbered else []), *(line.text for line in body), *(["[[/numbered]]"] if numbered else [])]
    for annex in annexes:
        out += ["[[annex]]", *(line.text for line in annex), "[[/annex]]"]
    if footnotes:
        out += ["[[footnote]]", *footnotes, "[[/footnote]]"]
    return "\n".join(out) + "\n"


def _last_articles(tree: Node) -> list[str]:
    """The text of the last three articles, in order."""
    articles = [node for node in tree.walk() if node.kind == "article"]
    return ["\n".join(part.text for part in article.walk() if part.text) for article in articles[-3:]]


def _announced(announcement: str) -> list[Event]:
    """The day on which an order or announcement that stands before the title is dated: its last date line."""
    days = [line for line in announcement.split("\n") if len(line) <= 20 and dates_in(line)]
    if days:
        return [Event(dates_in(days[-1])[-1], "公布")]
    return [event for line in announcement.split("\n") for event in history(line) if re.search("通过|公布|发布", event.event)][-1:]


def _adopted_of(events: list[Event], force: Force, path: Path, text: str) -> tuple[datetime.date, str | None]:
    """(day, note): the last event; else what can be said of it.

    file_name: from the name of the file, as the national database dates it. not_after: the day of force, before which it was adopted.
    not_before: the latest day that the text mentions.
    """
    if events:
        return max(event.date for event in events), None
    if match := _FILE_DATE.search(path.stem):
        try:
            return datetime.date(*map(int, match.groups())), "file_name"
        except ValueError:
            pass
    if force.effective:
        return force.effective, "not_after"
    past = [day for day in dates_in(text) if day <= datetime.date.today()]
    return max(past, default=FIRST_DAY), "not_before"


def _date_doubt(note: str | None, path: Path) -> str | None:
    return {
        None: None,
        "file_name": f"文本没有写明通过或公布日期，暂用文件名里的日期（{path.name[:40]}）",
        "not_after": "文本没有写明通过或公布日期，只知道不晚于施行日",
        "not_before": "文本没有写明通过或公布日期，可用 --adopted 补上",
    }[note]
