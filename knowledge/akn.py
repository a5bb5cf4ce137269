"""Write a document as Akoma Ntoso 3.0 (OASIS LegalDocML).

编 part, 分编 subpart, 章 chapter, 节 section, 条 article, 款 paragraph, 项 and 目 list/point. eIds follow the Naming Convention: abbreviations
joined by __ (art_24__para_1__list_1__point_6); articles are numbered through the whole law, so their eId has no prefix. What stands
before the articles is preface (title, history, number) and preamble; annexes are attachments; footnotes are notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from lxml import etree

from knowledge.akn_meta import E, Iri, iri_of, meta
from knowledge.edition import Edition
from knowledge.structure import Node

_CONTAINERS = {"part": "part", "subpart": "subpart", "chapter": "chp", "section": "sec"}
_FRONT = ("title", "notice", "history", "number")


def to_akn(edition: Edition) -> bytes:
    """The document as UTF-8 XML with declaration. Statutes become <act>, policy documents <doc>."""
    assert edition.document is not None
    tree, iri = edition.tree, iri_of(edition)
    notes = [node.text for node in tree.children if node.kind == "footnote"]
    if edition.document.kind == "statute":
        root = _act(edition, tree, iri, notes)
    else:
        root = E.doc(meta(edition, iri, notes), E.preface(E.p(E.docTitle(edition.document.title))), _generic_body(tree), name="policy")
    xml: bytes = etree.tostring(E.akomaNtoso(root), encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return xml


def _act(edition: Edition, tree: Node, iri: Iri, notes: list[str]) -> etree._Element:
    version = edition.version
    assert version is not None
    parts = [meta(edition, iri, notes), _preface(tree)]
    preamble = [node for node in tree.children if node.kind == "preamble"]
    if preamble:
        parts.append(E.preamble(*(E.p(node.own) for node in preamble)))
    parts.append(E.body(*(_unit(node, "") for node in tree.children if node.kind in _CONTAINERS or node.kind == "article")))
    annexes = [node for node in tree.children if node.kind == "annex"]
    if annexes:
        parts.append(E.attachments(*(_attachment(edition, iri, node, n) for n, node in enumerate(annexes, 1))))
    return E.act(*parts, name="act", contains="originalVersion" if len(version.history) <= 1 else "singleVersion")


def _preface(tree: Node) -> etree._Element:
    lines = [E.p(E.docTitle(tree.heading))] if tree.heading else []
    for node in tree.children:
        if node.kind == "title":
            lines.append(E.p(E.docTitle(node.heading)))
        elif node.kind == "number":
            lines.append(E.p(E.docNumber(node.own)))
        elif node.kind in _FRONT:
            lines.append(E.p(node.own, **{"class": node.kind}))
    return E.preface(*lines)


# the body


def _unit(node: Node, prefix: str) -> etree._Element:
    """A 编, 分编, 章, 节 or 条; a preamble below a heading becomes an hcontainer."""
    key = node.address.rsplit("/", 1)[1]
    if node.kind == "article":
        eid = f"art_{key}"
        head = [E.num(node.marker.strip()), *([E.heading(node.heading)] if node.heading else [])]
        return E.article(*head, *(_paragraph(child, eid) for child in node.children), eId=eid)
    if node.kind not in _CONTAINERS:
        return E.hcontainer(E.content(E.p(node.own)), name=node.kind, eId=f"{prefix}hcontainer_{key}")
    name = _CONTAINERS[node.kind]
    number = key[1:] if key[1:2].isdigit() else key
    eid = f"{prefix}{name}_{number}"
    head = [*([E.num(node.marker.strip())] if node.marker else []), *([E.heading(node.heading)] if node.heading else [])]
    element: etree._Element = E(node.kind, *head, *(_unit(child, f"{eid}__") for child in node.children), eId=eid)
    return element


def _paragraph(node: Node, prefix: str) -> etree._Element:
    eid = f"{prefix}__para_{_key(node)}"
    return E.paragraph(*_inside(node, eid), eId=eid)


def _inside(node: Node, eid: str) -> list[etree._Element]:
    """The content of a paragraph or point: its text, or its introduction and the list below it."""
    points = [child for child in node.children if child.kind in ("item", "subitem")]
    if not points:
        return [E.content(*_blocks([node, *node.children]))]
    first, last = node.children.index(points[0]), node.children.index(points[-1])
    intro, wrap = _blocks([node, *node.children[:first]]), _blocks(node.children[last + 1 :])
    inner = [child for child in node.children[first : last + 1] if child in points]
    stray = _blocks([child for child in node.children[first : last + 1] if child not in points])
    list_id = f"{eid}__list_1"
    parts = [*([E.intro(*intro)] if intro else []), *(_point(child, list_id) for child in inner)]
    if wrap or stray:
        parts.append(E.wrapUp(*stray, *wrap))
    return [E("list", *parts, eId=list_id)]


def _point(node: Node, prefix: str) -> etree._Element:
    eid = f"{prefix}__point_{_key(node)}"
    return E.point(E.num(node.marker.strip()), *_inside(node, eid), eId=eid)


def _key(node: Node) -> str:
    return node.address.rsplit("/", 1)[1]


def _blocks(nodes: Iterable[Node]) -> list[etree._Element]:
    """Paragraphs of text and tables, in printed order; lines without text are left out."""
    blocks: list[etree._Element] = []
    for rows, group in groupby(nodes, key=lambda node: node.kind == "row"):
        if rows:
            blocks.append(E.table(*(E.tr(*(E.td(E.p(cell)) for cell in node.own.split("\t"))) for node in group)))
        else:
            blocks += [E.p(node.text) for node in group if node.text]
    return blocks


# annexes and policy documents


def _attachment(edition: Edition, iri: Iri, node: Node, number: int) -> etree._Element:
    name = f"annex{number}"
    body = E.mainBody(*(_blocks(node.children) or [E.p()]))
    head = [E.heading(node.heading)] if node.heading else []
    return E.attachment(*head, E.doc(meta(edition, iri.below(name), [], main=False), body, name="annex"), eId=f"att_{number}")


def _generic_body(tree: Node) -> etree._Element:
    return E.mainBody(*(_generic(child, "") for child in tree.children if child.kind != "footnote"))


def _generic(node: Node, prefix: str) -> etree._Element:
    """A unit of a policy document as an hcontainer that is named after its kind."""
    eid = f"{prefix}hcontainer_{_key(node)}"
    head = [*([E.num(node.marker.strip())] if node.marker.strip() else []), *([E.heading(node.heading)] if node.heading else [])]
    rows = [child for child in node.children if child.kind == "row"]
    below = [child for child in node.children if child.kind != "row"]
    blocks: Sequence[etree._Element] = _blocks([*([node] if node.text else []), *rows])
    if not below:
        return E.hcontainer(*head, E.content(*(blocks or [E.p()])), name=node.kind, eId=eid)
    intro = [E.intro(*blocks)] if blocks else []
    return E.hcontainer(*head, *intro, *(_generic(child, f"{eid}__") for child in below), name=node.kind, eId=eid)
