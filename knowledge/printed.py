"""How a Chinese statute prints its units: headings, articles, items, annexes.

The forms are those of 《立法技术规范（试行）（一）》 (编、分编、章、节、条、款、项、目) and of older texts, which use 一、 and 1． as well.
Patterns here say only what a line looks like; whether it is meant so is decided by `knowledge.statute` and `knowledge.intake`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from knowledge.numerals import to_int

SPACE = r"[ \t\u00a0\u2000-\u200a\u202f\u3000]"
"""One white space character that may stand inside a line."""

_DIGIT = r"[〇零○一二三四五六七八九十百千两廿卅\d]"
NUMBER = rf"{_DIGIT}(?:{SPACE}*{_DIGIT})*"
"""A number, with spaces between its digits where the printer spread them (第 一 百 条)."""

HEADING = re.compile(rf"^(第{SPACE}*({NUMBER}){SPACE}*(分{SPACE}*编|编|章|节)({SPACE}*))(.*)$")
"""Groups: marker, number, unit, white space behind the marker, words."""

_ARTICLE_NUMBER = rf"第{SPACE}*({NUMBER}){SPACE}*条(?:{SPACE}*之{SPACE}*({NUMBER})(?![、，款项条日年月人]))?"
ARTICLE = re.compile(rf"^({_ARTICLE_NUMBER}({SPACE}+|[:：]{SPACE}*|(?=[（(【\[〔])|$))(.*)$")
"""Groups: marker, number, inserted number (之一), what separates marker and text, text."""

UNSPACED_ARTICLE = re.compile(rf"^({_ARTICLE_NUMBER}())(.+)$")
"""The same where nothing stands between the marker and the text; a line that begins with a reference looks alike."""

SUPPLEMENT = re.compile(rf"^附{SPACE}*则$")
PROLOGUE = re.compile(rf"^(?:序{SPACE}*言|前{SPACE}*言|引{SPACE}*言)$")
CONTENTS = re.compile(rf"^[【\[]?目{SPACE}*[录錄次]{SPACE}*[】\]]?[:：]?$")
ANNEX_NAME = re.compile(rf"^附{SPACE}*(?:件|表|录|图)?{SPACE}*(?:{NUMBER}|[A-Z])?(?:-\d+)?(?=[:：])")
"""附件二 of 附件二：收费标准."""
ANNEX = re.compile(
    rf"^附{SPACE}*(?:$|[:：].{{0,60}}$|[一二三四五六七八九十]+[:：].{{0,60}}$"
    rf"|(?:件|表|录|图){SPACE}*(?:{NUMBER}|[A-Z])?(?:-\d+)?{SPACE}*(?:$|[:：].{{0,60}}$|{SPACE}.{{1,60}}$|[（(《].{{1,60}}[）)》]$))"
)
ARTICLE_HEADING = re.compile(r"^([（(](?![一二三四五六七八九十百\d]+[）)])[^（()）。；]{1,40}[）)]|【[^】]{1,40}】|\[[^\]]{1,40}\])")
"""The printed name of an article (第一条（目的和依据）), as local regulations have it."""

END = re.compile(r"[。；;：:！!？?…][”’」』）)》〉】\]]*$")
"""A line that ends as a sentence, a member of a list or an introduction does."""

_SENTENCE = re.compile(r"[。；;：:]")
_REFERENCE_GOES_ON = re.compile(r"(?:的|规定|和|与|或者|至|以及|及|、|，|,|中|所|第)")

_ITEM_STYLES = (
    ("（一）", re.compile(rf"^([（(﹙]{SPACE}*([〇零○一二三四五六七八九十百]+){SPACE}*[）)﹚]{SPACE}*)(.*)$")),
    ("㈠", re.compile(rf"^(([㈠-㈩㊀-㊉]){SPACE}*)(.*)$")),
    ("（1）", re.compile(rf"^([（(]?{SPACE}*(\d{{1,3}}){SPACE}*[）)]{SPACE}*)(.*)$")),
    ("⑴", re.compile(rf"^(([⑴-⒇]){SPACE}*)(.*)$")),
    ("1.", re.compile(rf"^((\d{{1,3}}){SPACE}*[.．、](?!\d){SPACE}*)(.*)$")),
    ("⒈", re.compile(rf"^(([⒈-⒛]){SPACE}*)(.*)$")),
    ("①", re.compile(rf"^(([①-⑳㉑-㉟]){SPACE}*)(.*)$")),
    ("一、", re.compile(rf"^(([〇零○一二三四五六七八九十百]{{1,4}}){SPACE}*、{SPACE}*)(.*)$")),
    ("（a）", re.compile(rf"^([（(]{SPACE}*([a-zａ-ｚ]){SPACE}*[）)]{SPACE}*)(.*)$")),
)


@dataclass(frozen=True)
class ItemMark:
    """A line's item number: its style (named by its first member), value, printed marker, and the text behind it."""

    style: str
    number: int
    marker: str
    text: str


def number(text: str) -> int:
    """The value of a printed number, spaces and full-width digits folded. Raises ValueError when it is none (百十)."""
    return to_int(re.sub(SPACE, "", text).replace("○", "〇"))


def item_mark(line: str) -> ItemMark | None:
    """The item marker that a line begins with, or None."""
    for style, pattern in _ITEM_STYLES:
        if match := pattern.match(line):
            try:
                value = _value(match[2])
            except ValueError:
                continue
            return ItemMark(style, value, match[1], match[3])
    return None


def _value(text: str) -> int:
    if len(text) == 1:
        folded = unicodedata.normalize("NFKC", text)
        if folded.isascii() and folded.isalpha():
            return ord(folded) - ord("a") + 1
        if text not in "十百":
            return int(unicodedata.numeric(text))
    return number(text)


def heading_match(line: str) -> re.Match[str] | None:
    """The match of HEADING when the line is a heading and not a sentence that begins with 第三章规定的…."""
    match = HEADING.match(line)
    if match is None or len(match[5]) > 60 or _SENTENCE.search(match[5]):
        return None
    if not match[4] and _REFERENCE_GOES_ON.match(match[5]):
        return None
    try:
        number(match[2])
    except ValueError:
        return None
    return match


def is_annex(line: str) -> bool:
    """Does the line open an annex (附件一, 附表：…)? 附则 and sentences that begin with 附 do not."""
    return bool(ANNEX.match(line)) and not re.search(r"[。；，]", line)


def bare(text: str) -> str:
    """The text without any white space."""
    return re.sub(r"\s", "", text)
