"""Policy documents: texts letter for letter, structure counted by hand, indicators, terms, departments, and the catalogue."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.policy import parse_policy, printed_section, source_lines
from knowledge.policy_facts import Responsibility, facts, indicators, responsibilities, terms
from knowledge.settings import SOURCES
from knowledge.structure import Node, source_text

RAW = Path(os.environ.get("KNOWLEDGE_RAW_SOURCES", Path(__file__).parents[3] / "shared" / "sources"))
needs_raw = pytest.mark.skipif(not RAW.is_dir(), reason="the delivered raw files are not on this machine")

# Counted by hand in the raw files: chapters, 节 and 一、 together, （N）, boxes, rows with the header, entries of 名词解释, —— items.
COUNTS = {
    "ip-powerhouse-outline": (0, 9, 24, 0, 0, 0, 4),
    "ip-14th-plan": (0, 8, 21, 11, 9, 0, 4),
    "patent-conversion-action-plan": (0, 5, 15, 0, 0, 0, 0),
    "chongqing-ip-outline": (0, 8, 23, 0, 0, 0, 0),
    "chongqing-ip-14th-plan": (8, 22, 0, 11, 13, 10, 9),
    "ip-strategy-action-plan-2014": (0, 4, 13, 0, 13, 0, 21),
    "ip-quality-guidance-2021": (0, 5, 13, 0, 0, 0, 4),
}
KINDS = ("chapter", "section", "subsection", "box", "row", "term", "item")
POLICIES = sorted(COUNTS)


@cache
def text(document: str) -> str:
    return (SOURCES / f"{document}.txt").read_text(encoding="utf-8")


@cache
def tree(document: str) -> Node:
    return parse_policy(document, text(document))


def node(address: str) -> Node:
    found = tree(address.split("/", maxsplit=1)[0]).find(address)
    assert found is not None, address
    return found


@cache
def catalogue() -> list[dict]:
    return yaml.safe_load((SOURCES / "catalogue.yml").read_text(encoding="utf-8"))["documents"]


def entry(document: str) -> dict:
    return next(e for e in catalogue() if e["id"] == document)


# letter for letter


@pytest.mark.parametrize("document", POLICIES)
def test_the_tree_written_out_is_the_source_letter_for_letter(document: str) -> None:
    assert source_text(tree(document).walk()).splitlines() == source_lines(text(document))


@pytest.mark.parametrize("document", POLICIES)
def test_source_has_one_paragraph_a_line_and_nothing_of_the_page(document: str) -> None:
    for line in text(document).splitlines():
        assert line == line.strip(" \u3000") and line, repr(line)
        assert not re.fullmatch(r"\d+", line), f"page number {line}"
        assert not re.search(r"\d (?=[\u4e00-\u9fff])|[\u4e00-\u9fff] (?=\d)", re.sub(r"^专栏\d+ ", "", line)), line
        assert "\ufffd" not in line


def raw_letters(file: str, first: int, last: int, kept: tuple[int, ...] = ()) -> str:
    """The letters of raw lines first..last without white space and without lines that are a bare page number."""
    lines = (RAW / file).read_text(encoding="utf-8").split("\n")[first - 1 : last]
    return re.sub(r"\s", "", "".join(s for n, s in enumerate(lines, first) if n in kept or not re.fullmatch(r"\s*\d+\s*", s)))


def stored_letters(document: str) -> str:
    return re.sub(r"\s", "", "".join(source_lines(text(document))))


@needs_raw
@pytest.mark.parametrize(
    "document",
    ["ip-powerhouse-outline", "patent-conversion-action-plan", "chongqing-ip-outline", "chongqing-ip-14th-plan", "ip-strategy-action-plan-2014"],
)
def test_stored_letters_are_the_delivered_ones(document: str) -> None:
    (raw,) = entry(document)["source"]["raw"]
    first, last = map(int, raw["lines"].split("-"))
    # line 5766 is the serial number 1 of the Chongqing table, not a page number
    assert raw_letters(raw["file"], first, last, kept=(5766,)) == stored_letters(document)


@needs_raw
def test_national_plan_is_both_clean_copies_plus_table_and_boxes() -> None:
    running = re.sub(r"\[\[box\]\].*?\[\[/box\]\]\n", "", text("ip-14th-plan"), flags=re.DOTALL)
    running = "".join(line for line in source_lines(running) if "\t" not in line)
    for raw in entry("ip-14th-plan")["source"]["raw"][:2]:
        first, last = map(int, raw["lines"].split("-"))
        assert raw_letters(raw["file"], first, last) == re.sub(r"\s", "", running)


@needs_raw
def test_guidance_is_the_page_without_its_furniture() -> None:
    (raw,) = entry("ip-quality-guidance-2021")["source"]["raw"]
    first, last = map(int, raw["lines"].split("-"))
    letters = (
        raw_letters(raw["file"], first, last).replace("发布时间：2021-03-05字号：大中小分享：", "").replace("附件：[", "附件：").replace("](#)", "")
    )
    assert letters == stored_letters("ip-quality-guidance-2021")


@needs_raw
def test_boxes_of_the_national_plan_are_the_scan_as_printed_but_for_three_numbers() -> None:
    scan = re.sub(r"\s", "", (RAW / "000_d7df6e5098c69b0e.txt").read_text(encoding="utf-8"))
    for box in (n for n in tree("ip-14th-plan").walk() if n.kind == "box"):
        printed = {"专栏6": "专栏10", "专栏8": "专栏9", "专栏9": "专栏10"}.get(box.label, box.marker.strip())
        assert re.sub(r"\s", "", printed + box.heading) in scan
        for paragraph in box.children:
            assert re.sub(r"\s", "", paragraph.text) in scan, paragraph.address


# structure


@pytest.mark.parametrize("document", POLICIES)
def test_counts_by_hand(document: str) -> None:
    found = Counter(n.kind for n in tree(document).walk())
    assert tuple(found[kind] for kind in KINDS) == COUNTS[document]


@pytest.mark.parametrize("document", POLICIES)
def test_addresses_are_unique_url_safe_and_below_their_parent_document(document: str) -> None:
    addresses = [n.address for n in tree(document).walk()]
    assert len(set(addresses)) == len(addresses)
    for address in addresses:
        assert re.fullmatch(r"[a-z0-9-]+(/[\w-]+)*", address) and address.split("/")[0] == document and len(address) <= 200


@pytest.mark.parametrize(
    "document", [d for d in POLICIES if d not in ("ip-quality-guidance-2021", "ip-strategy-action-plan-2014", "chongqing-ip-14th-plan")]
)
def test_running_numbers_have_no_gap(document: str) -> None:
    numbers = [int(n.address.split("/s")[1]) for n in tree(document).walk() if n.kind == "subsection"]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("address", "kind", "label", "section", "begins"),
    [
        ("ip-powerhouse-outline/1", "section", "一、战略背景", "一、战略背景", "一、战略背景"),
        ("ip-powerhouse-outline/1/p2", "paragraph", "一、战略背景第二段", "一、战略背景", "进入新发展阶段"),
        ("ip-powerhouse-outline/s2/p4", "item", "（二）第四段", "（二）", "——科学治理，合作共赢。"),
        ("ip-powerhouse-outline/s8", "subsection", "（八）", "（八）", "（八）健全公正高效、管辖科学、权界清晰、系统完备的司法保护体制。实施"),
        ("ip-powerhouse-outline/s24", "subsection", "（二十四）", "（二十四）", "（二十四）加强考核评估。国家知识产权局会同"),
        ("ip-14th-plan/s1/p1", "paragraph", "（一）", "（一）", "坚持以习近平"),
        ("ip-14th-plan/s4/p2", "paragraph", "（四）第二段", "（四）", "完善知识产权保护政策。健全大数据"),
        ("ip-14th-plan/box1", "box", "专栏1", "专栏1", "专栏1. 商业秘密保护工程"),
        ("ip-14th-plan/box5/p2", "paragraph", "专栏5第二段", "专栏5", "实施地理标志农产品质量提升工程。"),
        ("ip-14th-plan/indicators", "table", "“十四五”时期知识产权发展主要指标", "“十四五”时期知识产权发展主要指标", "“十四五”时期"),
        ("ip-14th-plan/indicators/1", "row", "“十四五”时期知识产权发展主要指标第1项", "“十四五”时期知识产权发展主要指标", "1. 每万人口高价值"),
        ("ip-14th-plan/indicators/note3", "footnote", "“十四五”时期知识产权发展主要指标注3", "“十四五”时期知识产权发展主要指标", "③④为2019年值。"),
        ("patent-conversion-action-plan/s15", "subsection", "（十五）", "（十五）", "（十五）营造良好环境。"),
        ("chongqing-ip-outline/s12", "subsection", "（十二）", "（十二）", "（十二）建立高效益市场化运营机制。"),
        ("chongqing-ip-14th-plan/c5", "chapter", "第五章", "第五章", "第五章 提升以促进产业发展"),
        ("chongqing-ip-14th-plan/c5/p1", "paragraph", "第五章", "第五章", "统筹推进知识产权运用生态建设"),
        ("chongqing-ip-14th-plan/c5/s1", "section", "第五章第一节", "第五章第一节", "第一节 提升知识产权转化运用效益"),
        ("chongqing-ip-14th-plan/c5/s3/p4", "paragraph", "第五章第三节第四段", "第五章第三节", "深化重庆自贸试验区知识产权工作。"),
        ("chongqing-ip-14th-plan/box8/p4", "paragraph", "专栏8第四段", "专栏8", "促进地理标志规范管理。"),
        ("chongqing-ip-14th-plan/indicators/1-1", "row", "专栏1第1-1项", "专栏1", "\t#每万人口高价值发明专利拥有量"),
        ("chongqing-ip-14th-plan/term/专利导航", "term", "名词解释第10项", "名词解释", "10．专利导航：指在宏观决策"),
        ("ip-strategy-action-plan-2014/2/3/p2", "item", "二、（三）第二段", "二、（三）", "——加强知识产权审查。"),
        ("ip-strategy-action-plan-2014/4/4", "subsection", "四、（四）", "四、（四）", "（四）完善法律法规。"),
        ("ip-quality-guidance-2021/1/3", "subsection", "一、（三）", "一、（三）", "（三）主要目标。"),
        ("ip-quality-guidance-2021/2/3", "subsection", "二、（三）", "二、（三）", "（三）高标准推进"),
        ("ip-quality-guidance-2021/3/4", "subsection", "三、（四）", "三、（四）", "（四）加强知识产权宏观政策研究。"),
        ("ip-quality-guidance-2021/5/p1", "paragraph", "五、工作要求", "五、工作要求", "各地方知识产权局"),
    ],
)
def test_addresses_labels_and_printed_sections(address: str, kind: str, label: str, section: str, begins: str) -> None:
    found = node(address)
    assert (found.kind, found.label, printed_section(found)) == (kind, label, section)
    assert found.own.startswith(begins)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ("ip-14th-plan", {1: "s4", 3: "s6", 4: "s6", 5: "s6", 6: "s8", 7: "s9", 8: "s10", 9: "s10", 10: "s10", 11: "s10", 12: "s11"}),
        (
            "chongqing-ip-14th-plan",
            {1: "c2/s3", 2: "c3/s2", 3: "c3/s3", 4: "c4/s2", 5: "c4/s2", 6: "c4/s2", 7: "c5/s1", 8: "c5/s3", 9: "c6/s3", 10: "c7/s1", 11: "c7/s2"},
        ),
    ],
)
def test_boxes_stand_in_the_section_they_belong_to(document: str, place: dict[int, str]) -> None:
    found = {}
    for parent in tree(document).walk():
        for child in parent.children:
            if child.kind == "box":
                found[int(child.address.split("/box")[1])] = parent.address.split("/", 1)[1]
    assert found == place


def test_section_resumes_after_a_box() -> None:
    kinds = [c.address.split("/")[1] for c in node("ip-14th-plan/s4").children]
    assert kinds == ["s4", "box1", "s4", "s4"]


@pytest.mark.parametrize(
    ("document", "title"),
    [
        ("ip-powerhouse-outline", "中共中央 国务院印发《知识产权强国建设纲要（2021－2035年）》"),
        ("chongqing-ip-outline", "重庆市知识产权强市建设纲要"),
        ("ip-14th-plan", ""),
    ],
)
def test_title_heads_the_document_only_where_it_comes_first(document: str, title: str) -> None:
    assert tree(document).heading == title
    if not title:
        assert node(f"{document}/preamble").heading == entry(document)["title"]


def test_notice_carries_number_and_date_and_has_no_printed_section() -> None:
    lines = [n.text for n in node("chongqing-ip-14th-plan/notice").children]
    assert lines[1] == "渝府办发〔2021〕132号" and lines[5] == "2021年11月22日" and len(lines) == 7
    assert printed_section(node("chongqing-ip-14th-plan/notice/p2")) == printed_section(node("chongqing-ip-14th-plan/preamble/p1")) == ""


@given(
    st.lists(
        st.sampled_from(
            "[[box]] [[/box]] [[table]] [[/table]] [[notice]] [[/notice]] [[glossary]] [[/glossary]] 专栏1 专栏一 一、总则 （一）目的。为了 （一）目的 "
            "第一章\u3000总则 第一节\u3000一般 百百、数 ——要点。 标题 甲\t乙 1\t乙 \t乙 注：①甲 1．词：义 词".replace("\t", "\\t").split(" ")
        ).map(lambda s: s.replace("\\t", "\t"))
    )
)
def test_odd_text_never_fails_and_loses_nothing(lines: list[str]) -> None:
    odd = "\n".join(lines)
    parsed = parse_policy("odd", odd)
    assert source_text(parsed.walk()).splitlines() == source_lines(odd)
    addresses = [n.address for n in parsed.walk()]
    assert len(set(addresses)) == len(addresses)


# facts


@pytest.mark.parametrize(
    ("document", "count"),
    [
        (
            d,
            {
                "ip-powerhouse-outline": 4,
                "ip-14th-plan": 8,
                "chongqing-ip-outline": 4,
                "chongqing-ip-14th-plan": 12,
                "ip-strategy-action-plan-2014": 12,
            }.get(d, 0),
        )
        for d in POLICIES
    ],
)
def test_every_indicator_is_read_and_adds_up(document: str, count: int) -> None:
    found = indicators(tree(document))
    assert len(found) == count
    assert all(i.adds_up and i.target and i.unit and i.kind == "预期性" for i in found)


def test_high_value_patents_in_2025_are_12_everywhere_and_the_misprint_is_on_record() -> None:
    name = "每万人口高价值发明专利拥有量"
    targets = {d: [i.target for i in indicators(tree(d)) if i.name == name] for d in POLICIES}
    assert {d: t for d, t in targets.items() if t} == {
        d: ["12"] for d in ("ip-powerhouse-outline", "ip-14th-plan", "chongqing-ip-outline", "chongqing-ip-14th-plan")
    }
    assert "11.2" not in text("ip-14th-plan")
    (record,) = [d for d in entry("ip-14th-plan")["defects"] if d["where"] == "ip-14th-plan/indicators/1"]
    assert "11.2" in record["printed"] and record["stands"] == "12" and "6.3加5.7" in record["reason"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ip-14th-plan/indicators/1", ("每万人口高价值发明专利拥有量", "件", 2020, "6.3", 2025, "12", "5.7", "预期性")),
        ("ip-14th-plan/indicators/5", ("专利密集型产业增加值占 GDP 比重", "%", 2019, "11.6", 2025, "13.0", "1.4", "预期性")),  # note ③
        ("ip-14th-plan/indicators/8", ("知识产权民事一审案件服判息诉率", "%", 2020, None, 2025, "85", None, "预期性")),
        ("ip-powerhouse-outline/s3/p1", ("专利密集型产业增加值占 GDP 比重", "%", None, None, 2025, "13", None, "预期性")),
        ("chongqing-ip-14th-plan/indicators/8", ("知识产权质押融资登记金额", "亿元", 2020, "66", 2025, "140", None, "预期性")),
        ("ip-strategy-action-plan-2014/indicators/8", ("专有权利使用费和特许费出口收入", "亿美元", 2013, "13.6", 2020, "80", None, "预期性")),
    ],
)
def test_indicators(address: str, expected: tuple) -> None:
    found = next(i for i in indicators(tree(address.split("/", maxsplit=1)[0])) if i.address == address)
    assert (found.name, found.unit, found.base_year, found.base, found.target_year, found.target, found.increase, found.kind) == expected


def test_middle_year_is_kept() -> None:
    first = indicators(tree("ip-strategy-action-plan-2014"))[0]
    assert first.values == ((2013, "4"), (2015, "6"), (2020, "14"))


def test_terms_are_the_ten_of_the_chongqing_plan() -> None:
    found = [t for d in POLICIES for t in terms(tree(d))]
    assert [t.name for t in found][::9] == ["标准必要专利", "专利导航"] and len(found) == 10
    assert found[3].definition.startswith("即诉讼当事人") and found[7].definition == "指推行《企业知识产权管理规范》（国家标准 GB/T29490—2013）。"


@pytest.mark.parametrize(
    ("address", "lead", "participants", "others"),
    [
        ("ip-14th-plan/s6/p1", ("国家知识产权局",), ("中央宣传部", "文化和旅游部", "市场监管总局"), True),
        ("ip-14th-plan/s5/p1", (), ("最高人民法院", "最高人民检察院"), True),
        ("ip-14th-plan/s18/p1", ("国家知识产权局",), ("有关部门", "地方各级人民政府"), False),
        ("ip-14th-plan/box1/p2", ("市场监管总局",), ("最高人民法院", "公安部", "国家安全部"), True),  # half-width brackets
        ("ip-14th-plan/box8/p3", (), ("国家知识产权局",), True),  # no brackets
        ("ip-14th-plan/box11/p4", (), ("农业农村部", "市场监管总局", "国家林草局", "国家知识产权局"), True),  # printed 来源：
        ("ip-14th-plan/box6/p4", ("国家知识产权局",), (), False),
        ("ip-quality-guidance-2021/3/8", ("国际合作司", "保护司"), (), False),
    ],
)
def test_departments(address: str, lead: tuple[str, ...], participants: tuple[str, ...], others: bool) -> None:
    document = address.split("/", maxsplit=1)[0]
    (found,) = [r for r in responsibilities(tree(document)) if r.address == address]
    assert found == Responsibility(document, address, lead, participants, others, found.quote)


def test_every_printed_responsibility_is_read() -> None:
    assert {d: n for d in POLICIES if (n := len(responsibilities(tree(d))))} == {"ip-14th-plan": 50, "ip-quality-guidance-2021": 14}
    for document in ("ip-14th-plan", "ip-quality-guidance-2021"):
        assert len(re.findall(r"负责[）)]|按职责分工负责。", text(document))) == len(responsibilities(tree(document)))


@pytest.mark.parametrize("document", POLICIES)
def test_facts_quote_the_provision_they_stand_at(document: str) -> None:
    rows = facts(tree(document))
    assert len({r["id"] for r in rows}) == len(rows)
    for row in rows:
        assert row["quote"] in node(row["address"]).own


# catalogue


def test_catalogue_holds_the_eleven_documents_with_current_hashes() -> None:
    assert len(catalogue()) == 11
    for document in catalogue():
        (version,) = document["versions"]
        assert hashlib.sha256((SOURCES / version["file"]).read_bytes()).hexdigest() == document["source"]["sha256"], document["id"]
        assert (document["kind"] == "policy") == (document["id"] in COUNTS) == (version["status"] == "policy")


def test_effective_dates_only_where_the_text_gives_them() -> None:
    given_dates = {e["id"]: str(e["versions"][0]["effective"]) for e in catalogue() if e["versions"][0]["effective"]}
    assert given_dates == {"gi-product-measures": "2024-02-01", "collective-mark-rules": "2024-02-01"}


def test_no_alias_fits_two_documents() -> None:
    folded: dict[str, str] = {}
    for document in catalogue():
        for name in (document["title"], document["short_title"], *document["aliases"]):
            key = re.sub(r"[\s《》“”（）()〔〕\[\]、—－-]", "", name).lower()
            assert folded.setdefault(key, document["id"]) == document["id"], name


def test_every_defect_is_complete_and_stands_at_an_address() -> None:
    for document in catalogue():
        for defect in document["defects"]:
            assert set(defect) == {"where", "printed", "stands", "treatment", "reason"} and all(defect.values())
            assert defect["treatment"] in ("replaced", "removed", "kept", "doubtful", "missing")
            if document["kind"] == "policy":
                assert node(defect["where"])


@pytest.mark.parametrize("document", POLICIES)
def test_doubtful_passages_are_stored_as_printed(document: str) -> None:
    held = text(document)
    for defect in entry(document)["defects"]:
        if defect["treatment"] == "doubtful" and defect["printed"] == defect["stands"]:
            for piece in defect["printed"].split("／"):
                assert piece in held, piece
