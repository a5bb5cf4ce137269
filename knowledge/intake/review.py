"""Read a parsed statute as a careful clerk would: what is missing, doubled or odd. Every remark names the place."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.numerals import to_chinese
from knowledge.printed import END
from knowledge.references import inner_targets
from knowledge.statute import article_label
from knowledge.structure import Node

_ODD = re.compile(r"[\ufffd\ue000-\uf8ff□■▲△◆◇?]{1,3}|&[a-z]{2,6};|<[^<>]{1,40}>|\*\*|[\u0080-\u009f]")
_SHOWN = 12


@dataclass(frozen=True)
class Counts:
    """How many units of each kind were recognised."""

    parts: int
    chapters: int
    sections: int
    articles: int
    paragraphs: int
    items: int
    subitems: int
    annexes: int
    rows: int


def count(tree: Node) -> Counts:
    """The counts of a statute's tree. 分编 count as parts."""
    kinds = Counter(node.kind for node in tree.walk())
    return Counts(
        kinds["part"] + kinds["subpart"], kinds["chapter"], kinds["section"], kinds["article"], kinds["paragraph"] - _annexed(tree),
        kinds["item"], kinds["subitem"], kinds["annex"], kinds["row"],
    )  # fmt: skip


def _annexed(tree: Node) -> int:
    return sum(child.kind == "paragraph" for node in tree.children if node.kind == "annex" for child in node.children)


def review(tree: Node) -> list[str]:
    """Everything doubtful about the tree, in Chinese, worst first."""
    doubts = [*_article_order(tree), *_heading_order(tree), *_lists(tree), *_sentences(tree), *_references(tree), *_letters(tree)]
    return list(dict.fromkeys(doubts))


def _key(node: Node) -> tuple[int, int]:
    main, _, inserted = node.address.split("/")[1].split("~")[0].partition("-")
    return int(main), int(inserted or 0)


def _article_order(tree: Node) -> Iterator[str]:
    articles = [node for node in tree.walk() if node.kind == "article"]
    last = (0, 0)
    for node in articles:
        value = _key(node)
        if "~" in node.address:
            yield f"{node.label}出现不止一次"
        elif value < last:
            yield f"{node.label}排在{article_label(_name(last))}之后，次序颠倒"
        elif value[0] > last[0] + 1:
            missing = f"第{to_chinese(last[0] + 1)}条" + (f"至第{to_chinese(value[0] - 1)}条" if value[0] - 1 > last[0] + 1 else "")
            yield f"缺{missing}（{article_label(_name(last)) if last[0] else '开头'}之后就是{node.label}）"
        elif value[0] == last[0] and value[1] > last[1] + 1:
            yield f"{node.label}之前缺之{to_chinese(last[1] + 1)}"
        last = max(last, value)
        if not any(child.text or child.children for child in node.children):
            yield f"{node.label}没有正文"


def _name(key: tuple[int, int]) -> str:
    return f"{key[0]}-{key[1]}" if key[1] else str(key[0])


def _heading_order(tree: Node) -> Iterator[str]:
    """Chapters and sections run from one within their parent; chapters may run on through the 分编 of a 编."""
    running: dict[str, int] = {}
    for node in tree.walk():
        if node.kind not in ("part", "subpart", "chapter", "section"):
            continue
        match = re.search(r"/[pucs](\d+)(~\d+)?$", node.address)
        if match is None:
            continue
        if match[2]:
            yield f"{node.label}出现不止一次"
            continue
        parent = node.address[: match.start()]
        scope = re.sub(r"/u\d+$", "", parent) + node.kind
        last, value = running.get(scope, 0), int(match[1])
        if value not in (last + 1, 1):
            yield f"{node.label}之前缺一{'章' if node.kind == 'chapter' else '节' if node.kind == 'section' else '编'}（上一个是第{to_chinese(last)}）"
        running[scope] = value
        if not any(below.kind == "article" for below in node.walk()):
            yield f"{node.label}“{node.heading}”下面没有条文"


def _lists(tree: Node) -> Iterator[str]:
    last = {node.children[-1].address for node in tree.walk() if node.kind == "article" and node.children}
    for node in tree.walk():
        if node.kind not in ("paragraph", "item", "subitem") or "/annex" in node.address:
            continue
        members = [child for child in node.children if child.kind in ("item", "subitem")]
        numbers = [int(re.sub(r"~\d+$", "", child.address).rsplit("/", 1)[1]) for child in members]
        if any("~" in child.address.rsplit("/", 1)[1] for child in members):
            yield f"{node.label}里有编号相同的项"
        elif numbers and numbers != list(range(1, len(numbers) + 1)):
            yield f"{node.label}的项不连续：{'、'.join(map(str, numbers[:20]))}"
        if node.address in last and not node.children and re.search(r"(?:下列|如下|以下)[^。]{0,40}[：:]$", node.text):
            yield f"{node.label}以“{node.text[-12:]}”结尾，后面却没有分项"


def _sentences(tree: Node) -> Iterator[str]:
    for node in tree.walk():
        if node.kind not in ("paragraph", "item", "subitem", "continuation") or "/annex" in node.address or not node.text:
            continue
        if not END.search(node.text) and not node.children and not (node.text.startswith(("（", "(")) and node.text.endswith(("）", ")"))):
            yield f"{node.label}没有句末标点，可能不完整：“…{node.text[-16:]}”"
    for article in tree.walk():
        if article.kind == "article" and article.children:
            last = list(article.walk())[-1]
            if last.text.endswith(("；", ";", "：", ":", "，")):
                yield f"{article.label}以“{last.text[-1]}”结尾，后面可能有缺漏：“…{last.text[-16:]}”"


def _references(tree: Node) -> Iterator[str]:
    """References inside the law to a paragraph or item that is not there: a sign of lost paragraphs (or of a slip in the original)."""
    addresses = {node.address for node in tree.walk()}
    labels = {node.address: node.label for node in tree.walk()}
    for source, printed, target in inner_targets(tree):
        if target not in addresses:
            yield f"{labels[source]}引用“{printed}”，但没有这一{_unit(target)}"


def _unit(address: str) -> str:
    return {2: "条", 3: "款"}.get(len(address.split("/")), "项")


def _letters(tree: Node) -> Iterator[str]:
    for node in tree.walk():
        own = node.heading + node.text
        if match := _ODD.search(own):
            yield f"{node.label or '标题'}有可疑字符“{match[0]}”"
        if any(unicodedata.category(c) in ("Cc", "Co", "Cn") and c != "\t" for c in own):
            yield f"{node.label or '标题'}有不可见的控制字符"
        if len(own) > 3000:
            yield f"{node.label}长达{len(own)}字，可能有几段连在一起"


def shorten(doubts: list[str]) -> list[str]:
    """At most a dozen remarks of one sort, so that one systematic fault does not hide the others."""
    seen: Counter[str] = Counter()
    out: list[str] = []
    for doubt in doubts:
        sort = re.sub(r"第[^，：“]*?[条款项章节编目]|“[^”]*”|\d+", "", doubt)
        seen[sort] += 1
        if seen[sort] <= _SHOWN:
            out.append(doubt)
    hidden = len(doubts) - len(out)
    return [*out, *([f"另有{hidden}处同类疑点未列"] if hidden else [])]
