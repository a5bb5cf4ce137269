"""What stands before the body: announcement or order, title, document number, history in brackets, preamble."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.intake.block import TITLE
from knowledge.intake.dates import DATE, dates_in
from knowledge.intake.lines import Line
from knowledge.printed import SPACE, bare
from knowledge.statute import NUMBER_LINE

KINDS = [
    "法典",
    "法",
    "通则",
    "条例",
    "规定",
    "办法",
    "细则",
    "规则",
    "规程",
    "规范",
    "章程",
    "准则",
    "解释",
    "决定",
    "安排",
    "规约",
    "公约",
    "条约",
    "协定",
    "议定书",
    "标准",
    "守则",
    "批复",
    "意见",
    "纲要",
    "大纲",
    "总章",
    "制度",
    "措施",
    "程序",
    "要求",
    "目录",
]
"""Words with which the title of a statute ends."""
TITLE_END = re.compile(rf"(?:{'|'.join(KINDS)})(?:[（(][^（()）]{{1,20}}[）)])*》?$")
ISSUER = re.compile(
    r"^(?:中华人民共和国)?(?:最高人民(?:法院|检察院)|国务院|全国人民代表大会(?:常务委员会)?|中央军事委员会|国家监察委员会"
    r"|[\u4e00-\u9fff]{2,20}(?:部|委员会|总局|局|署|银行|办公厅|办公室|人民政府|人民代表大会(?:常务委员会)?|海关总署|法院|检察院))$"
)
_VERBS = re.compile(r"通过|公布|发布|批准|批转|修正|修订|施行|制定|印发|颁布|转发")
_SIGNATURE = re.compile(
    rf"^(?:局|部|主|院|署|行|委员|总|省|市|州|县|区){SPACE}*(?:长|席|理|任)?{SPACE}*[\u4e00-\u9fff]{{1,2}}{SPACE}?[\u4e00-\u9fff]{{1,3}}$|^(?:国家)?(?:主席|总理|局长|部长|主任|院长|署长|行长|委员长|省长|市长|检察长){SPACE}*[\u4e00-\u9fff·]{{1,4}}(?:{SPACE}[\u4e00-\u9fff])*$"
)
_DATE_LINE = re.compile(rf"^{DATE.pattern}$")
_CHINESE = re.compile(r"[\u4e00-\u9fff《》〈〉（）()、“”]+")
_SENTENCE = re.compile(r"[。：:；;！]$|。")
_SUFFIX = re.compile(
    r"[（(][^（()）]*(?:\d{4}|[〇零一二三四五六七八九]{4})年?(?:第[一二三四五六七八九十]+次)?(?:修正|修订|修改|公布|发布)?(?:文本|本|版)?[）)]$"
)
_ORDER = re.compile(rf"(?:令|公告|通告){SPACE}*(?:[（(]?第?{SPACE}*[〇零一二三四五六七八九十百千\d]+{SPACE}*号[）)]?)?$")


@dataclass(frozen=True)
class Front:
    """title: without spaces; printed: its line as kept. notice: lines before it. behind: lines after it, each with what it is (history,
    number, or a line of the preamble)."""

    title: str
    printed: str
    notice: tuple[str, ...]
    behind: tuple[tuple[str, str], ...]

    def lines(self, kind: str) -> list[str]:
        """The lines behind the title of one kind."""
        return [text for found, text in self.behind if found == kind]


def read_front(lines: list[Line], whole: bool = False) -> Front:
    """Sort the lines before the body. The title is '' when there is none. whole: the text has no body, its title is the first, not the last."""
    units = _histories(lines)
    kinds = [_kind(line) for line in units]
    start, end = _title(units, kinds, whole)
    printed = _joined([line.text for line in units[start:end]])
    printed, inline = _inline_history(printed)
    behind = [("history", text) for text in inline]
    for line, kind in zip(units[end:], kinds[end:]):
        if bare(line.text) == bare(printed):  # the title printed once more above the text
            continue
        kept = kind if kind in ("history", "number") else "preamble"
        behind.append((kept, re.sub(rf"{SPACE}+", " ", line.text).strip() if kept == "history" else line.text))
    title = bare("、".join(printed.split(" ")) if all(_is_issuer(word) for word in printed.split(" ")[:-1]) else printed)
    title = title[1:-1] if re.fullmatch(r"《[^《》]+》", title) else title
    return Front(title, printed, tuple(line.text for line in units[:start]), tuple(behind))


def _is_issuer(text: str) -> bool:
    return bool(ISSUER.match(bare(text))) and not text.startswith("关于")


def _kind(line: Line) -> str:
    text = line.text
    if line.kind == TITLE:
        return "title"
    if re.match(r"^[（(\[〔【]", text) and (DATE.search(text) or _VERBS.search(text) or NUMBER_LINE.match(text.strip("（）()"))):
        return "history"
    if DATE.match(text.removeprefix("根据")) and _VERBS.search(text) and not text.endswith(("：", ":", "。")):
        return "history"
    if NUMBER_LINE.match(text) and len(text) <= 40:
        return "number"
    if _DATE_LINE.match(text) or re.fullmatch(rf"{DATE.pattern}[\u3000 ]*", text):
        return "date"
    if _SIGNATURE.match(text):
        return "signature"
    if _ORDER.search(text) and len(text) <= 40 and not TITLE_END.search(text):
        return "order"
    if _SENTENCE.search(text) or len(text) > 90:
        return "sentence"
    return "piece"


def _histories(lines: list[Line]) -> list[Line]:
    """Join the lines of a bracketed history that the printer broke, up to its closing bracket."""
    out: list[Line] = []
    for line in lines:
        above = out[-1] if out else None
        if above is not None and DATE.match(above.text) and not _VERBS.search(above.text) and re.search(r"(?:通过|公布|批准)$", line.text):
            out[-1] = Line(above.text + line.text, above.kind, above.gap, above.indented)
        elif above is not None and above.text[:1] in "（(" and _unclosed(above.text) and _kind(above) == "history":
            glue = " " if DATE.match(line.text) or line.text.startswith("根据") else ""
            out[-1] = Line(above.text + glue + line.text, above.kind, above.gap, above.indented)
        else:
            out.append(line)
    return out


def _unclosed(text: str) -> bool:
    return text.count("（") + text.count("(") > text.count("）") + text.count(")")


def _title(units: list[Line], kinds: list[str], whole: bool) -> tuple[int, int]:
    """The lines [start, end) that make the title: the last run of short lines that ends as the title of a statute does."""
    marked = [n for n, kind in enumerate(kinds) if kind == "title"]
    if marked:
        best = next((n for n in marked if TITLE_END.search(bare(units[n].text))), marked[0])
        return best, best + 1
    runs = _runs(units, kinds)
    if not runs:
        first = next((n for n, kind in enumerate(kinds) if kind not in ("date", "signature")), 0)
        return (first, first + 1) if units and len(units[first].text) <= 90 else (0, 0)
    good = [run for run in runs if TITLE_END.search(_inline_history(_joined([line.text for line in units[run[0] : run[1]]]))[0])]
    start, end = runs[0] if whole else (good or runs)[-1]
    while (
        end - start > 1
        and _is_issuer(units[start].text)
        and not re.match("关于|对|印发", bare(units[start + 1].text))
        and not _heads_on(units[start:end])
    ):
        start += 1
    return start, end


def _heads_on(run: list[Line]) -> bool:
    """最高人民法院 / 最高人民检察院 / 关于…的解释: issuers that belong to the title."""
    rest = [bare(line.text) for line in run]
    body = next((text for text in rest if not _is_issuer(text)), "")
    return body.startswith("关于")


def _runs(units: list[Line], kinds: list[str]) -> list[tuple[int, int]]:
    """Unbroken runs of title-like lines. An empty line parts two runs unless an issuer's name stands alone above 关于…."""
    runs: list[list[int]] = []
    for n, kind in enumerate(kinds):
        if kind != "piece":
            continue
        if runs and runs[-1][1] == n:
            above = bare(units[n - 1].text)
            if not units[n].gap or (_is_issuer(above) and bare(units[n].text).startswith("关于")) or _unfinished(above):
                runs[-1][1] = n + 1
                continue
        runs.append([n, n + 1])
    return [(a, b) for a, b in runs]


def _unfinished(text: str) -> bool:
    return text.count("《") > text.count("》") or text.endswith(("关于", "和", "与", "、", "的")) or text == "中华人民共和国"


def _joined(pieces: list[str]) -> str:
    """Title lines as one: names of two issuers keep a space between them."""
    out = ""
    for piece in (re.sub(rf"{SPACE}+", " ", p).strip() for p in pieces):
        both = _is_issuer(out.rsplit(" ", 1)[-1]) and _is_issuer(piece)
        out += (" " if both else "") + piece
    words = out.split(" ")
    issuers = len(words) > 1 and all(map(_is_issuer, words[:-1]))
    return out if issuers or not all(map(_CHINESE.fullmatch, words)) else "".join(words)


def _inline_history(title: str) -> tuple[str, list[str]]:
    """(title, [history]) of a title line that carries its history in brackets."""
    match = re.match(r"^(.{2,90}?)([（(].{8,}[）)])$", title)
    if match and dates_in(match[2]) and _VERBS.search(match[2]) and not _SUFFIX.search(title):
        return match[1], [match[2]]
    return title, []


def without_version(title: str) -> str:
    """The title without （2020年修正） and the like, which names a version and not the document."""
    return _SUFFIX.sub("", title)
