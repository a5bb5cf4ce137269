"""Statutes: the held texts letter for letter, their structure counted in print, and the forms that a parser must not mistake."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.build import parse
from knowledge.catalogue import Document, load
from knowledge.enumeration import read_article
from knowledge.library import Library
from knowledge.problems import Problems
from knowledge.rows import provision_rows
from knowledge.settings import SOURCES
from knowledge.statute import article_label, parse_statute, source_lines
from knowledge.structure import Node, full_text, source_text
from tests.knowledge.conftest import Home
from tests.knowledge.sample_law import BODY, HISTORY, TITLE, TREE

# Counted in the printed lines without the parser (grep): chapters, sections, articles, paragraphs (articles and unmarked lines), items.
COUNTS = {
    "patent-law": (8, 0, 82, 147, 24),
    "copyright-law": (6, 8, 67, 116, 94),
    "gi-product-measures": (7, 0, 36, 54, 35),
    "collective-mark-rules": (0, 0, 28, 46, 22),
}
KINDS = ("chapter", "section", "article", "paragraph", "item")


@cache
def held() -> dict[str, Document]:
    return {d.id: d for d in load(SOURCES, Problems()) if d.kind == "statute"}


@cache
def tree(document: str) -> Node:
    return parse(held()[document], held()[document].versions[-1])


def at(document: str, place: str) -> Node:
    found = tree(document).find(f"{document}/{place}")
    assert found is not None, place
    return found


# the held texts


@pytest.mark.parametrize("document", COUNTS)
def test_the_tree_written_out_is_the_source_letter_for_letter(document: str) -> None:
    text = held()[document].versions[-1].text()
    assert source_text(tree(document).walk()).splitlines() == source_lines(text)


@pytest.mark.parametrize("document", COUNTS)
def test_every_stored_provision_joined_is_the_source_letter_for_letter(document: str, home: Home) -> None:
    library: Library = home.library
    rows = sorted(
        (p for kind in ("history", "preamble", *KINDS, "subitem", "continuation") for p in library.provisions_of(document, kind)),
        key=lambda p: p.position,
    )
    title = library.provision(document)
    assert title is not None
    out = title.heading + "\n"
    for row in rows:
        out += row.marker + row.heading + row.text + ("" if row.kind == "article" else "\n")
    assert out == held()[document].versions[-1].text()


@pytest.mark.parametrize("document", COUNTS)
def test_the_structure_is_as_counted_in_print(document: str) -> None:
    kinds = Counter(node.kind for node in tree(document).walk())
    assert tuple(kinds[kind] for kind in KINDS) == COUNTS[document]


@pytest.mark.parametrize("document", COUNTS)
def test_articles_run_from_one_without_a_gap(document: str) -> None:
    numbers = [node.address.split("/")[1] for node in tree(document).walk() if node.kind == "article"]
    assert numbers == [str(n) for n in range(1, COUNTS[document][2] + 1)]


def test_copyright_law_10_has_three_paragraphs_and_seventeen_items() -> None:
    article = at("copyright-law", "10")
    assert [len(paragraph.children) for paragraph in article.children] == [17, 0, 0]
    assert article.children[0].children[-1].label == "第十条第一款第十七项"


def test_patent_law_12_is_one_paragraph_and_goes_by_the_articles_name() -> None:
    article = at("patent-law", "12")
    assert [(p.address, p.label) for p in article.children] == [("patent-law/12/1", "第十二条")]


def test_sub_items_are_read_where_the_text_prints_them() -> None:
    item = next(n for n in tree("gi-product-measures").walk() if n.children and n.children[0].kind == "subitem")
    assert [child.marker for child in item.children] == [f"{n}. " for n in range(1, 8)]
    assert item.children[6].label.endswith("项第七目")


def test_headings_carry_the_articles_below_them() -> None:
    section = at("copyright-law", "c4/s1")
    assert (section.label, section.marker, section.heading) == ("第四章第一节", "第一节 ", "图书、报刊的出版")
    assert [n.address for n in section.children][:2] == ["copyright-law/32", "copyright-law/33"]


# forms


def read(*lines: str) -> Node:
    return parse_statute("x", "\n".join([TITLE, *lines]))


def shape(node: Node) -> dict[str, str]:
    return {n.address.partition("/")[2]: n.own for n in node.walk() if n.address != node.address}


def test_inserted_articles_have_their_own_address_and_label() -> None:
    law = read("第一百二十条 甲。", "第一百二十条之一 乙。", "第一百二十条之二 丙。")
    assert [(n.address, n.label) for n in law.children] == [
        ("x/120", "第一百二十条"),
        ("x/120-1", "第一百二十条之一"),
        ("x/120-2", "第一百二十条之二"),
    ]
    assert article_label("120-1") == "第一百二十条之一"


def test_parts_subparts_chapters_and_sections_nest_in_their_order() -> None:
    law = read(
        "第一编 总则",
        "第一章 甲",
        "第一条 一。",
        "第二编 物权",
        "第一分编 通则",
        "第一章 乙",
        "第一节 丙",
        "第二条 二。",
        "第二分编 所有权",
        "第二章 丁",
        "第三条 三。",
        "附则",
        "第四条 四。",
    )
    addresses = [n.address for n in law.walk() if n.kind in ("part", "subpart", "chapter", "section")]
    assert addresses == ["x/p1", "x/p1/c1", "x/p2", "x/p2/u1", "x/p2/u1/c1", "x/p2/u1/c1/s1", "x/p2/u2", "x/p2/u2/c2", "x/supplement"]
    assert law.find("x/p2/u1/c1/s1").label == "第二编第一分编第一章第一节"
    assert law.find("x/supplement").children[0].address == "x/4"


def test_history_number_preamble_and_prologue_stand_before_the_articles() -> None:
    law = read(HISTORY, "法释〔2020〕1号", "为了统一标准，制定本解释。", "第一条 甲。")
    assert [n.kind for n in law.children] == ["history", "number", "preamble", "article"]
    constitution = read("序言", "中国是世界上历史最悠久的国家之一。", "第一章 总纲", "第一条 甲。")
    assert shape(constitution) == {
        "preamble-1": "序言",
        "preamble-2": "中国是世界上历史最悠久的国家之一。",
        "c1": "第一章 总纲",
        "1": "第一条 ",
        "1/1": "甲。",
    }


@pytest.mark.parametrize(
    "line",
    [
        "附加刑也可以独立适用。",
        "附图中除必需的词语外，不应当含有其他注释。",
        "第二章规定的条件，申请人应当具备。",
        "第五条规定的费用由申请人交纳。",
        "附条件的，从其约定。",
    ],
)
def test_sentences_that_begin_like_a_heading_stay_paragraphs(line: str) -> None:
    law = read("第一条 甲。", line, "第二条 乙。")
    assert shape(law) == {"1": "第一条 ", "1/1": "甲。", "1/2": line, "2": "第二条 ", "2/1": "乙。"}


def test_annexes_and_footnotes_are_kept_behind_the_articles() -> None:
    law = read(
        "第一条 甲。",
        "[[annex]]",
        "附件一",
        "目录",
        "名称\t数量",
        "第一条 附件里的条不是本法的条。",
        "[[/annex]]",
        "[[annex]]",
        "甲\t乙",
        "[[/annex]]",
        "[[footnote]]",
        "注。",
        "[[/footnote]]",
    )
    assert list(shape(law)) == ["1", "1/1", "annex1", "annex1/p1", "annex1/r1", "annex1/p2", "annex2", "annex2/r1", "note1"]
    assert law.find("x/annex1/p2").label == "附件一第二段"
    assert source_text(law.walk()).splitlines() == [
        TITLE,
        "第一条 甲。",
        "附件一",
        "目录",
        "名称\t数量",
        "第一条 附件里的条不是本法的条。",
        "甲\t乙",
        "注。",
    ]


def test_a_number_printed_twice_gives_two_addresses() -> None:
    law = read("第五条 甲。", "第五条 乙。", "（一）丙；", "（一）丁。")
    assert [n.address for n in law.walk()][1:] == ["x/5", "x/5/1", "x/5~2", "x/5~2/1", "x/5~2/1/1", "x/5~2/1/1~2"]
    assert [row["article"] for row in provision_rows(law, 1)] == [None, 5, 5, 5, 5, 5, 5]


LISTS: list[tuple[str, list[str], dict[str, str]]] = [
    ("items and sub-items", ["如下：", "（一）甲：", "1.子；", "2.丑；", "（二）乙。", "前款……。"], {"1": "如下：", "1/1": "甲：", "1/1/1": "子；", "1/1/2": "丑；", "1/2": "乙。", "2": "前款……。"}),
    ("three levels", ["如下：", "（一）甲：", "1.子：", "（1）一；", "（2）二；", "2.丑。"], {"1": "如下：", "1/1": "甲：", "1/1/1": "子：", "1/1/1/1": "一；", "1/1/1/2": "二；", "1/1/2": "丑。"}),
    ("numbers below the introduction", ["如下：", "1．甲；", "2．乙。"], {"1": "如下：", "1/1": "甲；", "1/2": "乙。"}),
    ("old numbers", ["如下：", "一、甲；", "二、乙。"], {"1": "如下：", "1/1": "甲；", "1/2": "乙。"}),
    ("circled numbers", ["如下：", "（一）甲：", "①子；", "②丑。"], {"1": "如下：", "1/1": "甲：", "1/1/1": "子；", "1/1/2": "丑。"}),
    ("half-width brackets", ["如下：", "(一)甲；", "(二)乙。"], {"1": "如下：", "1/1": "甲；", "1/2": "乙。"}),
    ("a number that begins no list", ["甲。", "1.只有一个。"], {"1": "甲。", "2": "1.只有一个。"}),
    ("a year and a decimal", ["甲。", "1997年以前的，不适用。", "1.5倍以下。"], {"1": "甲。", "2": "1997年以前的，不适用。", "3": "1.5倍以下。"}),
    ("a line between two members", ["如下：", "（一）甲。", "甲的补充。", "（二）乙。", "另一款。"], {"1": "如下：", "1/1": "甲。", "1/1/p2": "甲的补充。", "1/2": "乙。", "2": "另一款。"}),
    ("two lists in one article", ["如下：", "（一）甲。", "又如下：", "（一）乙；", "（二）丙。"], {"1": "如下：", "1/1": "甲。", "2": "又如下：", "2/1": "乙；", "2/2": "丙。"}),
    ("nothing above the items", ["（一）甲；", "（二）乙。"], {"1": "", "1/1": "甲；", "1/2": "乙。"}),
    ("a table", ["如下表：", "名称\t数量", "甲\t1", "说明。"], {"1": "如下表：", "1/r1": "名称\t数量", "1/r2": "甲\t1", "2": "说明。"}),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), [pytest.param(lines, expected, id=name) for name, lines, expected in LISTS])
def test_lists_are_read_by_the_order_of_their_numbers(lines: list[str], expected: dict[str, str]) -> None:
    article = read_article(Node("article", "x/1", "第一条"), lines)
    assert {n.address.removeprefix("x/1/"): n.text for n in article.walk() if n is not article} == expected


def test_groups_of_a_judicial_interpretation_are_chapters() -> None:
    law = read("一、管辖", "第一条 甲。", "二、责任", "第二条 有下列情形的：", "一、乙；", "二、丙。")
    assert [(n.address, n.heading) for n in law.walk() if n.kind == "chapter"] == [("x/c1", "管辖"), ("x/c2", "责任")]
    assert [n.address for n in law.walk() if n.kind == "item"] == ["x/2/1/1", "x/2/1/2"]


def test_an_article_quoted_whole_has_its_text_without_its_number() -> None:
    law = parse_statute("x", "\n".join([TITLE, HISTORY, *(line.replace("　", " ") for line in BODY)]))
    assert full_text(law.find("x/3")).splitlines()[:3] == ["下列样品应当登记：", "（一）药品；", "（二）食品："]
    assert {a for a in shape(law) if law.find(f"x/{a}").heading + law.find(f"x/{a}").text} - {"history-1"} == set(TREE)


@given(
    st.lists(
        st.sampled_from(
            [
                "第一编 总则",
                "第一分编 甲",
                "第一章 乙",
                "第一节 丙",
                "附则",
                "第一条 丁。",
                "第一条",
                "第二条之一 戊",
                "第１条 己",
                "（一）庚；",
                "（二）辛",
                "1.壬",
                "①癸",
                "一、子",
                "附件一",
                "序言",
                "[[annex]]",
                "[[/annex]]",
                "[[notice]]",
                "[[/notice]]",
                "[[footnote]]",
                "[[/footnote]]",
                "甲\t乙",
                "普通的一句话。",
                "（2020年1月1日通过）",
                "法释〔2020〕1号",
            ]
        )
    )
)
def test_odd_text_never_fails_and_loses_nothing(lines: list[str]) -> None:
    odd = "\n".join(lines)
    parsed = parse_statute("odd", odd)
    assert "".join(source_text(parsed.walk()).split()) == "".join("".join(source_lines(odd)).split())
    addresses = [n.address for n in parsed.walk()]
    assert len(set(addresses)) == len(addresses)
    provision_rows(parsed, 1)
