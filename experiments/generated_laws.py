"""A library of any size for measurements: the held statutes and, beside them, made-up ones of the held texts' own sentences.

The same seed gives the same files. Nothing here is law; it is written to a folder of its own and never to the library's sources.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

import jieba
import yaml

from knowledge.catalogue import load
from knowledge.numerals import to_chinese
from knowledge.policy import parse_policy
from knowledge.problems import Problems
from knowledge.settings import SOURCES
from knowledge.statute import parse_statute
from knowledge.structure import Node

jieba.setLogLevel(60)

HELD_STATUTES = 213
_ARTICLES_A_LAW = (40, 130)
_CHAPTERS = ("总则", "申请", "审查", "权利的保护", "监督管理", "法律责任", "附则")
_SENTENCE = re.compile(r"[^。；]{12,160}[。；]")
_PLACE = re.compile(r"第[〇零一二三四五六七八九十百\d]+[条款项章]|[本前][条款]")
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True)
class Query:
    """Words of one article and the address of that article."""

    text: str
    address: str


def held() -> list[tuple[str, str, str, Path, Node]]:
    """(id, kind, title, file, tree) of every document of the project's own sources."""
    found = []
    for document in load(SOURCES, Problems()):
        version = document.versions[-1]
        parser = parse_policy if document.kind == "policy" else parse_statute
        found.append((document.id, document.kind, document.title, version.file, parser(document.id, version.text())))
    return found


def sentences() -> list[str]:
    """The sentences of all held texts that refer to no place, in printed order, each once."""
    texts = (node.text for *_, tree in held() for node in tree.walk() if node.kind in ("paragraph", "item", "term"))
    found = (sentence for text in texts for sentence in _SENTENCE.findall(text) if not _PLACE.search(sentence))
    return list(dict.fromkeys(found))


def write(folder: Path, articles: int, seed: int = 20240501) -> None:
    """Write sources of a library with this many articles (at least those held) to an empty folder."""
    entries = []
    for id_, kind, title, file, _ in held():
        if kind == "statute":
            (folder / file.name).write_bytes(file.read_bytes())
            entries.append(_entry(id_, title, title, file.name))
    pool, chance = sentences(), random.Random(seed)  # noqa: S311 - no secret
    written, number = HELD_STATUTES, 0
    while written < articles:
        number += 1
        count = min(chance.randint(*_ARTICLES_A_LAW), articles - written)
        title = f"中华人民共和国测试用第{to_chinese(number)}号法"
        (folder / f"made-{number}.txt").write_text(_law(title, count, pool, chance), encoding="utf-8")
        entries.append(_entry(f"made-{number}", title, f"测试{number}号法", f"made-{number}.txt"))
        written += count
    (folder / "catalogue.yml").write_text(yaml.dump({"documents": entries}, allow_unicode=True, Dumper=yaml.CSafeDumper), encoding="utf-8")


def _entry(id_: str, title: str, short: str, file: str) -> dict[str, object]:
    version = {"file": file, "adopted": "2020-01-01", "effective": None, "status": "in_force"}
    return {"id": id_, "kind": "statute", "title": title, "short_title": short, "issuer": "", "versions": [version]}


def _law(title: str, articles: int, pool: list[str], chance: random.Random) -> str:
    lines, chapter = [title], 0
    for number in range(1, articles + 1):
        if (number - 1) * len(_CHAPTERS) // articles >= chapter:
            lines.append(f"第{to_chinese(chapter + 1)}章 {_CHAPTERS[chapter]}")
            chapter += 1
        paragraphs = ["".join(chance.choices(pool, k=chance.choice((1, 1, 2, 2, 3)))) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
        lines += [f"第{to_chinese(number)}条 {paragraphs[0]}", *paragraphs[1:]]
    return "\n".join(lines) + "\n"


def queries(articles: list[tuple[str, str]], count: int, keep: float = 0.4, seed: int = 7) -> list[Query]:
    """Questions made of (address, text) articles: up to two sentences of one, most of the words dropped, the rest in order."""
    chance = random.Random(seed)  # noqa: S311
    found: list[Query] = []
    while len(found) < count:
        address, text = chance.choice(articles)
        parts = [part for part in re.split(r"[。；\n]", text) if len(part) > 8]
        chosen = sorted(chance.sample(range(len(parts)), min(2, len(parts))))
        words = [word for index in chosen for word in jieba.cut(parts[index]) if _WORD.fullmatch(word) and chance.random() < keep]
        if len(words) >= 3:
            found.append(Query(" ".join(words[:24]), address))
    return found
