"""Chinese and Arabic numerals to integers and back.

Recognises what people type for a number: 五十, 一百零二, 柒拾壹, 廿四, 二〇二四, 二零二四, ５０, 50, 两.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import cn2an

DIGITS = "〇零一二三四五六七八九两壹贰叁肆伍陆柒捌玖"
UNITS = "十百千万亿拾佰仟廿卅"
NUMERAL = rf"(?:\d+|[{DIGITS}{UNITS}]+)"
"""Regular expression (no groups captured) for one integer written in any supported way, after `fold`."""

_DIGIT_RUN = re.compile(rf"^[{DIGITS}]{{2,}}$")
_VALUE = {c: v for v, group in enumerate(("〇零", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")) for c in group}


def fold(text: str) -> str:
    """Fold full-width digits, letters and punctuation to their half-width forms (NFKC)."""
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=8192)
def to_int(text: str) -> int:
    """The integer that `text` writes.

    >>> [to_int(t) for t in ("五十", "柒拾壹", "二〇二四", "１２", "廿四", "两")]
    [50, 71, 2024, 12, 24, 2]

    Raises ValueError when `text` is not one numeral.
    """
    folded = fold(text).strip()
    if re.fullmatch(r"\d+", folded):
        return int(folded)
    if not re.fullmatch(rf"[{DIGITS}{UNITS}]+", folded):
        raise ValueError(f"不是数字：{text!r}")
    if _DIGIT_RUN.match(folded):  # read digit by digit: 二〇二四
        return int("".join(str(_VALUE[c]) for c in folded))
    folded = folded.replace("廿", "二十").replace("卅", "三十").replace("两", "二")
    if folded[0] in "十拾":
        folded = "一" + folded
    return int(cn2an.cn2an(folded, "smart"))


@lru_cache(maxsize=8192)
def to_chinese(value: int) -> str:
    """`value` as statutes print it: 12 -> 十二, 102 -> 一百零二.

    Raises ValueError for a negative value.
    """
    if value < 0:
        raise ValueError("只能转换非负整数")
    text = str(cn2an.an2cn(value, "low"))
    return text[1:] if text.startswith("一十") else text
