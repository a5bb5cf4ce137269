"""References between provisions, stored as links.

A reference is stored with the words that make it and the address it points to, or without an address when the document it names
is not held. A range (第五项至第十七项) gives one reference for each place in it. How places are read: `knowledge.reference_scan`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.catalogue import Document
from knowledge.names import UNHELD
from knowledge.reference_scan import Mention, Spot, abbreviations, mentions
from knowledge.structure import Node


@dataclass(frozen=True)
class Reference:
    """source, target: addresses; target is None where the document is not held. printed: the words of the reference."""

    source: str
    printed: str
    target: str | None
    target_title: str
    held: bool


def find_references(document: Document, tree: Node, held: Iterable[Document]) -> list[Reference]:
    """Every reference in a statute's provisions, in printed order.

    A place that does not exist in this law is left out; places in other laws are not looked up.
    """
    by_name = {name: other for other in held for name in other.names}
    addresses = {node.address for node in tree.walk()}
    articles = _articles(tree)
    found: list[Reference] = []
    for source, mention in _mentions(tree, articles, by_name):
        target = by_name.get(mention.law) if mention.law else document
        if target is None:
            found.append(Reference(source, mention.printed, None, mention.law, False))
            continue
        own = target.id == document.id
        for spot in _expand(mention, articles if own else None):
            address = f"{target.id}/{spot.path}"
            if not own or address in addresses:
                found.append(Reference(source, mention.printed, address, target.title, True))
    return list(dict.fromkeys(found))


def inner_targets(tree: Node) -> list[tuple[str, str, str]]:
    """(source, words, target) of every reference that the text makes to itself in so many words, whether the target exists or not."""
    articles = _articles(tree)
    return [
        (source, mention.printed, f"{tree.address}/{spot.path}")
        for source, mention in _mentions(tree, articles, ())
        if not mention.law and mention.explicit
        for spot in _expand(mention, articles)
    ]


def _articles(tree: Node) -> list[str]:
    return [node.address.split("/")[1] for node in tree.walk() if node.kind == "article"]


def _mentions(tree: Node, articles: list[str], names: Iterable[str]) -> Iterator[tuple[str, Mention]]:
    short = abbreviations(tree)
    known = sorted({*names, *UNHELD}, key=len, reverse=True)
    before = dict(zip(articles[1:], articles))
    for node in tree.walk():
        if node.text and node.kind in ("paragraph", "item", "subitem", "continuation") and node.address.split("/")[1][0].isdigit():
            for mention in mentions(node, known, short, before):
                yield node.address, mention


def _expand(mention: Mention, articles: list[str] | None) -> Iterator[Spot]:
    """The places of a mention: itself, or each of its range. `articles`: those of the law meant, in order, where known."""
    first, last = mention.spot, mention.through
    if last is None:
        yield first
    elif first.article != last.article:
        yield from map(Spot, _between(first.article, last.article, articles))
    elif first.item is not None and last.item is not None and last.paragraph == first.paragraph:
        for item in range(first.item, last.item + 1):
            yield Spot(first.article, first.paragraph, item)
    elif first.paragraph is not None and last.paragraph is not None:
        for paragraph in range(first.paragraph, last.paragraph + 1):
            yield Spot(first.article, paragraph)
    else:
        yield first


def _between(first: str, last: str, articles: list[str] | None) -> list[str]:
    if articles is not None and first in articles and last in articles:
        return articles[articles.index(first) : articles.index(last) + 1]
    low, high = int(first.split("-", maxsplit=1)[0]), int(last.split("-", maxsplit=1)[0])
    return [str(number) for number in range(low, high + 1)] if low <= high else [first, last]
