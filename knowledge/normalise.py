"""Fold the many ways of writing the same thing: width, script (traditional characters), control characters, homophone typos.

Used before any look-up or recognition; the person's own words are kept for display.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import jieba
import opencc
from pypinyin import Style, lazy_pinyin

LEGAL_TERMS = [
    "专利",
    "专利法",
    "专利权",
    "专利号",
    "发明专利",
    "实用新型",
    "外观设计",
    "著作权",
    "著作权法",
    "版权",
    "版权法",
    "地理标志",
    "地标",
    "集体商标",
    "证明商标",
    "商标",
    "注册",
    "侵权",
    "授权",
    "许可",
    "开放许可",
    "年费",
    "申请",
    "异议",
    "撤销",
    "无效",
    "登记",
    "合作社",
    "公告",
    "转让",
    "署名",
    "改编",
    "翻译",
    "汇编",
    "录音",
    "录像",
    "复制",
    "发行",
    "侵犯",
    "赔偿",
    "起诉",
    "诉讼",
    "期限",
    "优先权",
    "新颖性",
    "创造性",
    "实用性",
    "职务发明",
    "发明人",
    "设计人",
    "申请日",
    "申请书",
    "说明书",
    "权利要求",
    "权利人",
    "专用标志",
    "知识产权",
    "合理使用",
    "剽窃",
    "抄袭",
    "盗版",
    "仿冒",
    "假冒",
    "罚款",
    "处罚",
    "质押",
    "保护期",
    "强制许可",
    "表演者",
    "出版社",
    "广播",
    "电视台",
    "作品",
    "作者",
    "原创",
    "邻接权",
    "稿酬",
    "报酬",
    "奖励",
]
"""Words whose homophone misspellings are mended (专力 → 专利). Editors may add to it; each must be at least two characters."""

_DROPPED = ("Cc", "Cf", "Co", "Cs", "Cn")  # control, format (zero-width, bidi), private, surrogate, unassigned
_SPACES = re.compile(r"\s+")
_COMMON = 60  # occurrences in jieba's dictionary above which a homophone is taken as meant


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=65536)
def syllable(character: str) -> str:
    """Toneless pinyin of one character with the confusions of southern speech folded (zh=z, ch=c, sh=s, ng=n); '' if not Chinese."""
    if not "\u4e00" <= character <= "\u9fff":
        return ""
    pinyin: str = lazy_pinyin(character, style=Style.NORMAL)[0]
    for long, short in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n")):
        pinyin = pinyin.replace(long, short)
    return pinyin


@lru_cache(maxsize=1)
def _terms_by_sound() -> dict[tuple[str, ...], str]:
    return {tuple(syllable(c) for c in term): term for term in reversed(LEGAL_TERMS)}


def clean(text: str) -> str:
    """Fold width (NFKC), drop control, format and unassigned characters, squeeze white space.

    Quotation marks and brackets of Chinese print are kept; full-width digits and letters become half-width.
    """
    folded = unicodedata.normalize("NFKC", text)
    kept = (c if unicodedata.category(c) not in _DROPPED else " " if c in "\n\t\r" else "" for c in folded)
    return _SPACES.sub(" ", "".join(kept)).strip()


def simplify(text: str) -> str:
    """Traditional characters to simplified ones, by phrase."""
    result: str = _converter().convert(text)
    return result


@lru_cache(maxsize=16384)
def _is_common(word: str) -> bool:
    if not jieba.dt.initialized:
        jieba.setLogLevel(60)
        jieba.initialize()
    return bool(jieba.dt.FREQ.get(word, 0) >= _COMMON)


def mend_homophones(text: str) -> str:
    """Replace misspelt legal terms by the term they sound like; words that are common themselves are left alone.

    >>> mend_homophones("我的砖利和著做权")
    '我的专利和著作权'
    """
    terms = _terms_by_sound()
    sounds = [syllable(c) for c in text]
    out, i = [], 0
    while i < len(text):
        for length in (4, 3, 2):
            term = terms.get(tuple(sounds[i : i + length])) if i + length <= len(text) and all(sounds[i : i + length]) else None
            if term and len(term) == length:
                written = text[i : i + length]
                if written == term or not _could_be_meant(written, term):
                    out.append(term)
                    i += length
                    break
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def _could_be_meant(written: str, term: str) -> bool:
    """Is `written` a real word or made of one where it differs, so that it should be left alone?"""
    if _is_common(written):
        return True
    if len(written) == 2:
        return written[0] != term[0] and written[1] != term[1]
    return sum(a != b for a, b in zip(written, term)) > len(term) // 2


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """`clean`, `simplify` and `mend_homophones`, in that order: the form in which questions are compared."""
    return mend_homophones(simplify(clean(text)))
