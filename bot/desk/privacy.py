"""What people write without what leads back to them: numbers, addresses and names are taken out before anything is shown or kept."""

from __future__ import annotations

import re

_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:https?://|www\.)[^\s，。；、）]+", re.I), "〔网址〕"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "〔邮箱〕"),
    (re.compile(r"(?:微信|vx|wx|qq|weixin)(?:号|id)?[:：是为\s]*[A-Za-z0-9_-]{5,}", re.I), "〔账号〕"),
    (re.compile(r"(?<![A-Za-z0-9])(?:ZL|CN)?[\s]?\d(?:[\d\s-]{5,}|\d{5,}\.)[\dXx](?:\.\d)?(?![A-Za-z0-9]|\s*[元万亿块件美])", re.I), "〔号码〕"),
    (
        re.compile(
            r"(?<=我叫)[\u4e00-\u9fff·]{2,4}(?=[，,。；;！!\s]|$)|(?<=姓名[:：])\s*[\u4e00-\u9fff·]{2,4}|(?<=本人)[\u4e00-\u9fff]{2,3}(?=[,，])"
        ),
        "〔姓名〕",
    ),
)
_DATE = re.compile(r"\d{4}\s?[-–—~～至到]\s?\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_MARK = re.compile("〔(?:网址|邮箱|账号|号码|姓名)〕")


def anonymous(text: str) -> str:
    """The text with numbers of seven digits and more, addresses, accounts and names marked as such; dates and years stay.

    >>> anonymous("我叫王小明，电话13800138000，2016-06-30申请的")
    '我叫〔姓名〕，电话〔号码〕，2016-06-30申请的'
    """
    kept: list[str] = []

    def hold(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{chr(0xE000 + len(kept) - 1)}\x00"

    held = _DATE.sub(hold, text)
    for pattern, mark in _MARKS:
        held = pattern.sub(mark, held)
    for index, date in enumerate(kept):
        held = held.replace(f"\x00{chr(0xE000 + index)}\x00", date)
    return held


def without_marks(text: str) -> str:
    """An anonymous text without the marks, for training."""
    return _MARK.sub("", text).strip()
