"""Terms of Chinese text, by which search compares a question with a provision: jieba's words, pairs of letters, single letters."""

from __future__ import annotations

import re
from hashlib import blake2b

import jieba

from knowledge.normalise import clean, normalise, simplify

jieba.setLogLevel(60)  # it reports its loading on stderr otherwise
_WORDS = jieba.Tokenizer()
"""A tokenizer of our own: whatever dictionary another part gives to jieba, a text and a question are cut alike, in every process."""

_RUN = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z0-9]+")
_STOP_LETTERS = frozenset("的了是在和与或者有我你他她它们这那吗呢吧啊就都也还要能会不")


def terms(text: str) -> list[str]:
    """Words of three letters and more, and all pairs of letters, of what a person writes."""
    return [term for term in _split(normalise(text)) if len(term) > 1 or term.isascii()]


def query_terms(text: str) -> list[str]:
    """Everything in a question that provisions are searched by: `terms` and the single letters (酒 finds 葡萄酒)."""
    return _split(normalise(text))


def text_terms(text: str) -> list[str]:
    """Everything that a held text can be found by. Its words are taken as they stand: no homophone is mended."""
    return _split(simplify(clean(text)))


def _split(text: str) -> list[str]:
    found: list[str] = []
    for run in _RUN.findall(text):
        if run.isascii():
            found.append(run.lower())
            continue
        found += [letter for letter in run if letter not in _STOP_LETTERS]
        found += [run[i : i + 2] for i in range(len(run) - 1)]
        found += [word for word in _WORDS.cut(run) if len(word) > 2]
    return found


def key_of(term: str) -> int:
    """A 64-bit number for a term, the same in every process."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")
