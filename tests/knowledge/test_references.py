"""References between provisions, as statutes print them."""

from __future__ import annotations

from functools import cache

import pytest

from knowledge.build import parse
from knowledge.catalogue import Document, load
from knowledge.problems import Problems
from knowledge.references import find_references, inner_targets
from knowledge.settings import SOURCES
from knowledge.statute import parse_statute


@cache
def held() -> tuple[Document, ...]:
    return tuple(load(SOURCES, Problems()))


LAW = Document("x", "statute", "样品法", "样品法", (), None, "", ())


def references(text: str, article: int = 20, paragraphs: int = 3) -> list[tuple[str, str | None]]:
    """(words, target without x/) of every reference in the last paragraph of an article of a law of 30 articles."""
    lines = ["样品法"]
    for n in range(1, 31):
        lines += [f"第{n}条 分为：", "（一）甲；", "（二）乙；", "（三）丙；", "（四）丁。"]
        lines += ["中间的一款。"] * (paragraphs - 2) + [text] if n == article else ["又分为：", "（一）甲；", "（二）乙。"]
    lines.append("第三十条之一 戊。")
    found = find_references(LAW, parse_statute("x", "\n".join(lines)), (*held(), LAW))
    return [(r.printed, r.target.removeprefix("x/") if r.target else None) for r in found]


CASES: list[tuple[str, list[tuple[str, str | None]]]] = [
    ("依照本法第五条的规定", [("本法第五条", "5")]),
    ("违反本法第五条第一款第（二）项规定", [("本法第五条第一款第（二）项", "5/1/2")]),
    ("除依照本法第五条第二项外", [("本法第五条第二项", "5/1/2")]),
    ("本法第三十条之一的规定", [("本法第三十条之一", "30-1")]),
    ("依照第五条、第六条和第七条处罚", [("第五条", "5"), ("第六条", "6"), ("第七条", "7")]),
    ("依照第五条至第七条处罚", [("第五条至第七条", "5"), ("第五条至第七条", "6"), ("第五条至第七条", "7")]),
    ("本法第五条第一款第二项至第四项", [("本法第五条第一款第二项至第四项", f"5/1/{n}") for n in (2, 3, 4)]),
    ("本法第五条第一款、第二款", [("本法第五条第一款", "5/1"), ("第二款", "5/2")]),
    ("第五条第一款第一项、第三项", [("第五条第一款第一项", "5/1/1"), ("第三项", "5/1/3")]),
    ("前款规定的", [("前款", "20/2")]),
    ("前两款规定的", [("前两款", "20/1"), ("前两款", "20/2")]),
    ("前条规定的", [("前条", "19")]),
    ("本条第一款第三项", [("本条第一款第三项", "20/1/3")]),
    ("第一款中关于期限的规定", [("第一款", "20/1")]),
    ("适用商标法第十六条的规定", [("商标法第十六条", None)]),
    ("《中华人民共和国专利法》第二十条", [("《中华人民共和国专利法》第二十条", "patent-law/20")]),
    ("专利法第十一条、第十二条和著作权法第十条第一款", [("专利法第十一条", "patent-law/11"), ("第十二条", "patent-law/12"), ("著作权法第十条第一款", "copyright-law/10/1")]),
    ("《商标法实施条例》（以下简称实施条例）第四条，实施条例第六条", [("《商标法实施条例》（以下简称实施条例）第四条", None), ("实施条例第六条", None)]),
    ("专利法有规定的，依照该法第三条", [("该法第三条", "3")]),
    ("依照刑法第一百二十条之一", [("刑法第一百二十条之一", None)]),
    ("本法第九十九条", []),
    ("第三人、第一次、三项权利", []),
    ("三十条意见和第三项措施", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_references_are_read_as_printed(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert references(text) == expected


def test_the_title_of_a_law_that_is_not_held_is_kept() -> None:
    rules = next(d for d in held() if d.id == "collective-mark-rules")
    found = {r.printed: r.target_title for r in find_references(rules, parse(rules, rules.versions[0]), held()) if not r.held}
    assert found == {
        "商标法第十六条": "中华人民共和国商标法",
        "实施条例第四条第二款": "中华人民共和国商标法实施条例",
        "商标法第四十九条": "中华人民共和国商标法",
    }


@pytest.mark.parametrize("document", ["patent-law", "copyright-law", "gi-product-measures", "collective-mark-rules"])
def test_every_reference_of_a_held_law_to_itself_has_its_target(document: str) -> None:
    law = next(d for d in held() if d.id == document)
    tree = parse(law, law.versions[0])
    addresses = {node.address for node in tree.walk()}
    assert [place for place in inner_targets(tree) if place[2] not in addresses] == []


def test_no_reference_of_a_held_law_is_taken_for_one_to_another() -> None:
    for law in held():
        if law.kind == "statute":
            for reference in find_references(law, parse(law, law.versions[0]), held()):
                assert "本" not in reference.target_title, reference


def test_the_article_before_an_inserted_one_is_the_printed_one() -> None:
    law = parse_statute("x", "样品法\n第五条 甲。\n第五条之一 乙。\n第六条 依照前条规定。")
    assert [r.target for r in find_references(LAW, law, [LAW])] == ["x/5-1"]
