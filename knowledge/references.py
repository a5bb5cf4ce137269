"""References between provisions: 本法第五十三条第（二）项, 前款, 商标法第十六条.

A reference is stored with the words that make it and the address it points to, or without an address when the
document it names is not held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.catalogue import Document
from knowledge.numerals import NUMERAL, to_int
from knowledge.structure import Node

_N = NUMERAL.removeprefix("(?:").removesuffix(")")
_ITEMS = rf"第?[（(]?({_N})[）)]?项"
_REFERENCE = re.compile(
    rf"(?P<law>《[^》]+》|本法|本办法|本规定|本条例|本条|[\u4e00-\u9fff]{{1,6}}?(?:法|条例))?"
    rf"第(?P<article>{_N})条(?:之(?P<inserted>{_N}))?(?:第(?P<paragraph>{_N})款)?(?:第?[（(]?(?P<item>{_N})[）)]?项)?"
    rf"(?:(?P<range>[至、])第(?P<to_article>{_N})条)?"
)
_PARAGRAPH = re.compile(
    rf"(?P<where>前款|前两款|前三款|前条|本条第(?P<paragraph>{_N})款|第(?P<bare>{_N})款)"
    rf"(?:第?[（(]?(?P<item>{_N})[）)]?项(?:至第?[（(]?(?P<to_item>{_N})[）)]?项)?)?"
)
_SELF = ("本法", "本办法", "本规定", "本条例")


@dataclass(frozen=True)
class Reference:
    """source, target: addresses; target is None where the document is not held. printed: the words of the reference."""

    source: str
    printed: str
    target: str | None
    target_title: str
    held: bool


def find_references(document: Document, tree: Node, held: Iterable[Document]) -> list[Reference]:
    """Every reference in a statute's provisions, in printed order. A target that does not exist in a held law is left out."""
    by_name = {name: other for other in held for name in other.names}
    addresses = {node.address for node in tree.walk()}
    found: list[Reference] = []
    for node in tree.walk():
        if node.text and node.kind in ("paragraph", "item", "subitem"):
            found += _of_node(node, document, by_name, addresses)
    return list(dict.fromkeys(found))


def _of_node(node: Node, document: Document, by_name: dict[str, Document], addresses: set[str]) -> Iterator[Reference]:
    last_title = ""
    for match in _REFERENCE.finditer(node.text):
        law = (match["law"] or "").strip("《》")
        if law == "本条":
            continue
        name = law if law and law not in _SELF else ""
        if match["law"] is None and node.text[: match.start()].endswith(("和", "、", "至", "或者", "或")) and last_title:
            name = last_title
        last_title = name
        target_document = by_name.get(name) if name else document
        title = target_document.title if target_document else (name if name.startswith("中华") else name)
        if target_document is None:
            yield Reference(node.address, match[0], None, title, False)
            continue
        for address in _targets(match, target_document.id):
            if target_document.id != document.id or address in addresses:
                yield Reference(node.address, match[0], address, title, True)
    article, paragraph = node.address.split("/")[1:3]
    for match in _PARAGRAPH.finditer(node.text):
        if match["bare"] and not _stands_alone(node.text, match.start()):
            continue
        for address in _neighbours(match, document.id, article, int(paragraph), addresses):
            yield Reference(node.address, match[0], address, document.title, True)


def _stands_alone(text: str, start: int) -> bool:
    """A bare 第二款 refers to this article only when no 第…条 stands right before it."""
    return not re.search(r"(条|之[一二三四五六七八九十])$", text[:start]) and not text[:start].endswith(("本条",))


def _targets(match: re.Match[str], document_id: str) -> list[str]:
    first = to_int(match["article"])
    if match["range"] == "至":
        return [f"{document_id}/{n}" for n in range(first, to_int(match["to_article"]) + 1)]
    address = f"{document_id}/{first}" + (f"-{to_int(match['inserted'])}" if match["inserted"] else "")
    if match["paragraph"] or match["item"]:
        address += f"/{to_int(match['paragraph']) if match['paragraph'] else 1}"
    if match["item"]:
        address += f"/{to_int(match['item'])}"
    extra = [f"{document_id}/{to_int(match['to_article'])}"] if match["range"] else []
    return [address, *extra]


def _neighbours(match: re.Match[str], document_id: str, article: str, paragraph: int, addresses: set[str]) -> list[str]:
    where = match["where"]
    base = f"{document_id}/{article}"
    if where == "前条":
        targets = [f"{document_id}/{int(article.split('-')[0]) - 1}"]
    elif match["paragraph"] or match["bare"]:
        targets = [f"{base}/{to_int(match['paragraph'] or match['bare'])}"]
    else:
        count = {"前款": 1, "前两款": 2, "前三款": 3}[where]
        targets = [f"{base}/{n}" for n in range(paragraph - count, paragraph)]
    if match["item"] and targets:
        first = to_int(match["item"])
        last = to_int(match["to_item"]) if match["to_item"] else first
        targets = [f"{targets[-1]}/{n}" for n in range(first, last + 1)]
    return [target for target in targets if target in addresses]
