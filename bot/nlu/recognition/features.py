"""What of a question the recogniser looks at: characters, words, sounds and concepts.

All views read the normalised text without white space and punctuation. Sounds make the recogniser deaf to homophone
typos; concepts (lexicon.yml) let topics share what they learn about copying, selling, suing, how long, how much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import jieba
import yaml

from knowledge.normalise import normalise, syllable

DICTIONARY = Path(__file__).parent.parent / "dictionary" / "legal.txt"
LEXICON = Path(__file__).with_name("lexicon.yml")
_PUNCTUATION = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]+")
_DIGITS = re.compile(r"\d+")


@lru_cache(maxsize=1)
def concepts() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """The lexicon as one pattern (longest words first) and a map from word to its concepts."""
    table: dict[str, list[str]] = {}
    for name, words in (yaml.safe_load(LEXICON.read_text(encoding="utf-8")) or {}).items():
        for word in words:
            table.setdefault(str(word).lower(), []).append(name)
    ordered = sorted(table, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)"), {word: tuple(names) for word, names in table.items()}


def squeeze(text: str) -> str:
    """Normalised, lower case, without white space and punctuation; runs of digits become 0."""
    return _DIGITS.sub("0", _PUNCTUATION.sub("", normalise(text).lower()))


def concepts_in(text: str) -> list[str]:
    """The concepts that a squeezed text names, in order, each once."""
    pattern, table = concepts()
    found: dict[str, None] = {}
    for match in pattern.finditer(text):
        for name in table[match[0]]:
            found[name] = None
    return list(found)


def characters(text: str, low: int = 1, high: int = 3) -> Iterator[str]:
    """Character n-grams of a squeezed text."""
    for size in range(low, high + 1):
        for i in range(len(text) - size + 1):
            yield "c:" + text[i : i + size]


@lru_cache(maxsize=1)
def learn_legal_words() -> None:
    """Give jieba the legal dictionary, as the pipeline's tokenizer does, so that words are cut alike wherever the recogniser runs."""
    jieba.load_userdict(str(DICTIONARY))


def words(text: str) -> Iterator[str]:
    """Jieba words and pairs of neighbouring words."""
    learn_legal_words()
    cut = [w for w in jieba.lcut(text) if w.strip()]
    for word in cut:
        yield "w:" + word
    for left, right in zip(cut, cut[1:]):
        yield f"w:{left}_{right}"


def sounds(text: str) -> Iterator[str]:
    """Pairs and triples of toneless syllables."""
    heard = [syllable(c) or c for c in text]
    for size in (2, 3):
        for i in range(len(heard) - size + 1):
            yield "p:" + ".".join(heard[i : i + size])


def concept_features(text: str) -> Iterator[str]:
    """Concepts and pairs of concepts."""
    names = concepts_in(text)
    for i, name in enumerate(names):
        yield "k:" + name
        for other in names[i + 1 :]:
            yield "k:" + "+".join(sorted((name, other)))


def long_characters(text: str) -> Iterator[str]:
    """Character n-grams up to four."""
    return characters(text, 1, 4)


VIEWS: dict[str, Callable[[str], Iterator[str]]] = {
    "characters": characters,
    "long_characters": long_characters,
    "words": words,
    "sounds": sounds,
    "concepts": concept_features,
}
MEMBERS = (("characters", "words", "concepts"), ("long_characters", "concepts"))
"""The views of each network of the recogniser; two that look differently err differently (experiments/results.md)."""


def analyser(views: tuple[str, ...]) -> Callable[[str], list[str]]:
    """A function from a question to all its features in these views, with repeats."""

    def analyse(text: str) -> list[str]:
        squeezed = squeeze(text)
        return [feature for view in views for feature in VIEWS[view](squeezed)]

    return analyse
