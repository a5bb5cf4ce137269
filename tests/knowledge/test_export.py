"""Exports: JSON, and Akoma Ntoso 3.0 checked against the rules of the published schema (OASIS, akomantoso30.xsd, 29 August 2018).

The schema itself is not part of the project; where AKN_SCHEMA names a copy of it, every export is validated against it as well.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from knowledge.akn import to_akn
from knowledge.akn_meta import NAMESPACE
from knowledge.build import Content
from knowledge.catalogue import Document, Version
from knowledge.edition import Edition, NoSuchEdition, held_edition
from knowledge.export import to_json
from knowledge.statute import parse_statute
from knowledge.structure import Node

Q = f"{{{NAMESPACE}}}"
SCHEMA = os.environ.get("AKN_SCHEMA", "")
HELD = ["patent-law", "copyright-law", "gi-product-measures", "collective-mark-rules", "chongqing-ip-14th-plan", "ip-14th-plan"]

# Children in the order that the schema's sequences demand; "?" may be missing, "+" must be there, "*" may come often.
ORDER = {
    "act": "meta coverPage? preface? preamble? body conclusions? attachments? components?",
    "doc": "meta coverPage? preface? preamble? mainBody conclusions? attachments? components?",
    "meta": "identification publication? classification* lifecycle* workflow* analysis* temporalData* references* notes* proprietary* presentation*",
    "identification": "FRBRWork FRBRExpression FRBRManifestation FRBRItem?",
    "FRBRWork": "FRBRthis FRBRuri+ FRBRalias* FRBRdate+ FRBRauthor+ componentInfo? preservation? FRBRcountry FRBRsubtype? FRBRnumber* FRBRname*",
    "FRBRExpression": "FRBRthis FRBRuri+ FRBRalias* FRBRdate+ FRBRauthor+ componentInfo? preservation? FRBRversionNumber? FRBRlanguage+",
    "FRBRManifestation": "FRBRthis FRBRuri+ FRBRalias* FRBRdate+ FRBRauthor+ componentInfo? preservation? FRBRportion? FRBRformat?",
    "lifecycle": "eventRef+",
    "temporalData": "temporalGroup+",
    "temporalGroup": "timeInterval+",
    "notes": "note+",
    "attachments": "attachment+",
    "attachment": "num? heading? subheading? doc",
    "table": "caption? tr+",
}
_UNITS = "part|subpart|chapter|section|article|paragraph|list|point|hcontainer"
HIERARCHY = re.compile(rf"^((num|heading|subheading) )*((content )|((intro )?(({_UNITS}) )*(wrapUp )?))$")
"""complexType hierarchy: num, heading, subheading, then content, or intro, units and wrapUp."""
REQUIRED = {
    "act": ["name"], "doc": ["name"], "hcontainer": ["name"], "identification": ["source"], "lifecycle": ["source"], "references": ["source"],
    "notes": ["source"], "temporalData": ["source"], "FRBRdate": ["date", "name"], "FRBRauthor": ["href"], "FRBRlanguage": ["language"],
    "FRBRthis": ["value"], "FRBRuri": ["value"], "FRBRcountry": ["value"], "FRBRname": ["value"], "eventRef": ["date", "source"],
    "publication": ["date", "name", "showAs"], "timeInterval": ["refersTo"], "TLCOrganization": ["href", "showAs"], "TLCConcept": ["href", "showAs"],
}  # fmt: skip


def fits(children: list[str], order: str) -> bool:
    pattern = "".join(f"(?:{re.sub('[?+*]$', '', part)} ){part[-1] if part[-1] in '?+*' else ''}" for part in order.split())
    return re.fullmatch(pattern, "".join(f"{child} " for child in children)) is not None


def faults(root: etree._Element) -> list[str]:
    """Every breach of the schema's rules that can be seen without it."""
    found = []
    for element in root.iter():
        name = element.tag.removeprefix(Q)
        children = [child.tag.removeprefix(Q) for child in element]
        if name in ORDER and not fits(children, ORDER[name]):
            found.append(f"{name}: {children}")
        if name in _UNITS.split("|"):
            if not HIERARCHY.match("".join(f"{child} " for child in children)):
                found.append(f"{name}: {children}")
            if not element.get("eId"):
                found.append(f"{name} without eId")
        for attribute in REQUIRED.get(name, []):
            if not element.get(attribute):
                found.append(f"{name} without {attribute}")
        if re.search(r"\s", element.get("eId") or ""):
            found.append(f"eId {element.get('eId')}")
        for day in (element.get("date"),):
            if day:
                datetime.date.fromisoformat(day)
        if name in ("content", "intro", "wrapUp", "td") and not children:
            found.append(f"{name} is empty")
    ids = Counter(root.xpath("//@eId"))
    found += [f"eId {id_} occurs {n} times" for id_, n in ids.items() if n > 1]
    for reference in root.xpath("//@source | //@refersTo | //@start | //*[local-name()='FRBRauthor']/@href"):
        if reference.startswith("#") and reference[1:] not in ids:
            found.append(f"{reference} points nowhere")
    return found


@cache
def content() -> Content:
    return Content()


def akn(edition: Edition) -> etree._Element:
    root = etree.fromstring(to_akn(edition))
    if SCHEMA:
        schema = etree.XMLSchema(etree.parse(SCHEMA))
        assert schema.validate(root), schema.error_log
    return root


def one(root: etree._Element, eid: str) -> etree._Element:
    (found,) = root.xpath("//*[@eId=$id]", id=eid)
    return found


@pytest.mark.parametrize("document", HELD)
def test_every_export_keeps_the_rules_of_the_schema(document: str) -> None:
    assert faults(akn(held_edition(content(), document))) == []


def test_the_checks_see_what_is_wrong() -> None:
    root = akn(held_edition(content(), "patent-law"))
    article = one(root, "art_1")
    article.append(etree.SubElement(article, f"{Q}num"))
    one(root, "art_2").set("eId", "art_3")
    root.find(f".//{Q}FRBRcountry").attrib.clear()
    assert {f.split(":")[0] for f in faults(root)} >= {"article", "eId art_3 occurs 2 times", "FRBRcountry without value"}


def test_eids_follow_the_naming_convention() -> None:
    root = akn(held_edition(content(), "patent-law"))
    point = one(root, "art_24__para_1__list_1__point_2")
    assert (point.tag, point.findtext(f"{Q}num")) == (f"{Q}point", "（二）")
    assert one(root, "art_24__para_1__list_1").getparent().get("eId") == "art_24__para_1"
    assert one(akn(held_edition(content(), "copyright-law")), "chp_4__sec_1").findtext(f"{Q}heading") == "图书、报刊的出版"
    assert re.fullmatch(r"(?:(?:part|subpart|chp|sec|art|para|list|point|event|tmpg)_[\w-]+(?:__)?)+|library|issuer|inForce", point.get("eId"))


def test_the_frbr_levels_and_the_lifecycle_tell_the_history() -> None:
    root = akn(held_edition(content(), "patent-law"))
    uris = [e.get("value") for e in root.iter(f"{Q}FRBRuri")]
    assert uris == [
        "/akn/cn/act/1984-03-12/patent-law",
        "/akn/cn/act/1984-03-12/patent-law/zho@2020-10-17",
        "/akn/cn/act/1984-03-12/patent-law/zho@2020-10-17.xml",
    ]
    events = [(e.get("type"), e.get("date")) for e in root.iter(f"{Q}eventRef")]
    assert events[0] == ("generation", "1984-03-12")
    assert [kind for kind, _ in events[1:]] == ["amendment"] * 4
    assert root.find(f"{Q}act").get("contains") == "singleVersion"


def test_the_day_of_force_is_an_interval() -> None:
    root = akn(held_edition(content(), "gi-product-measures"))
    assert one(root, "event_force").get("date") == "2024-02-01"
    assert root.find(f".//{Q}timeInterval").get("start") == "#event_force"
    assert root.find(f".//{Q}publication").get("number") == "国家知识产权局令第80号"


@pytest.mark.parametrize("document", HELD)
def test_no_letter_of_the_text_is_lost(document: str) -> None:
    edition = held_edition(content(), document)
    root = akn(edition)
    body = "".join("".join(e.itertext()) for e in root.iter(f"{Q}preface", f"{Q}preamble", f"{Q}body", f"{Q}mainBody", f"{Q}notes"))
    marks = {"——"}
    for node in edition.tree.walk():
        if node.kind in ("document", "term", "glossary", "item") and edition.document.kind == "policy":
            continue
        for piece in (node.heading, node.text):
            for cell in piece.split("\t"):
                assert re.sub(r"\s", "", cell) in re.sub(r"\s", "", body) or cell in marks, node.address


ODD = """[[notice]]
公告
[[/notice]]
样品法
（2000年1月1日公布）
为了样品，制定本法。
第一编 总则
第一章 甲
编前的话。
第一条 （一）甲；
甲的补充。
（二）乙：
1.子；
2.丑。
第一条 又一个第一条。
第一条之一 如下表：
名称	数量
附则
第二条 本法自公布之日起施行。
[[annex]]
附件一
说明。
甲	乙
[[/annex]]
[[annex]]
附件二
[[/annex]]
[[footnote]]
脚注。
[[/footnote]]
"""


def odd(tmp_path: Path) -> Edition:
    file = tmp_path / "x.txt"
    file.write_text(ODD, encoding="utf-8")
    version = Version(file, datetime.date(2000, 1, 1), None, "in_force", (), "0", "not_after")
    return Edition("样品法", parse_statute("x", ODD), Document("x", "statute", "样品法", "样品法", (), None, "", (version,)), version, "in_force")


def test_annexes_tables_notes_and_odd_numbers_keep_the_rules(tmp_path: Path) -> None:
    root = akn(odd(tmp_path))
    assert faults(root) == []
    assert {"part_1__chp_1", "art_1", "art_1~2", "art_1-1", "part_supplement", "att_1", "att_2", "note_1"} <= set(root.xpath("//@eId"))
    assert [td.findtext(f"{Q}p") for td in one(root, "att_1").iter(f"{Q}td")] == ["甲", "乙"]
    assert [p.text for p in one(root, "art_1__para_1__list_1__point_1").iter(f"{Q}p")] == ["甲；", "甲的补充。"]
    assert {d.get("name") for d in root.iter(f"{Q}FRBRdate")} == {"notAfter", "markup"}


# JSON


def test_the_json_holds_the_version_and_gives_the_text_back() -> None:
    edition = held_edition(content(), "patent-law")
    data = json.loads(to_json(edition, content()))
    assert (data["schema"], data["id"], data["version"]["adopted"], data["version"]["status"]) == (
        "ip-law-document/1",
        "patent-law",
        "2020-10-17",
        "in_force",
    )
    assert data["version"]["sha256"] == edition.version.sha256
    assert {"from": "patent-law/78/1", "words": "本法第十九条", "to": "patent-law/19", "title": "中华人民共和国专利法"} in data["references"]

    def written(node: dict) -> str:
        own = node.get("marker", "") + node.get("heading", "") + node.get("text", "")
        end = "" if node["kind"] == "article" or not own else "\n"
        return own + end + "".join(map(written, node.get("children", ())))

    assert written(data["tree"]) == edition.version.text()


def test_what_is_not_there_is_said_in_chinese() -> None:
    for wanted, words in (("no-law", "库里没有“no-law”"), ("patent-law@yesterday", "不是日期"), ("patent-law@1950-01-01", "还没有施行")):
        with pytest.raises(NoSuchEdition, match=words):
            held_edition(content(), wanted)
    assert held_edition(content(), "专利法@2020-10-17").document.id == "patent-law"
    assert isinstance(held_edition(content(), "patent-law").tree, Node)
