"""Citations as people write them: a table of cases."""

from __future__ import annotations

import pytest

from knowledge.citation import Citation, parse_locator, parse_lower
from knowledge.normalise import normalise

WRITTEN = [
    ("第二十四条第一款第（六）项", [Citation(24, paragraph=1, item=6)]),
    ("24条1款6项", [Citation(24, paragraph=1, item=6)]),
    ("第24条", [Citation(24)]),
    ("第２４条第１款", [Citation(24, paragraph=1)]),
    ("第柒拾壹条", [Citation(71)]),
    ("第廿四条", [Citation(24)]),
    ("第一百零二条", [Citation(102)]),
    ("第一百二十条之一第二款", [Citation(120, inserted=1, paragraph=2)]),
    ("第十一条第二款第三项第1目", [Citation(11, paragraph=2, item=3, subitem=1)]),
    ("第 二十 条 第 一 款", [Citation(20, paragraph=1)]),
    ("第二十二条第（三）项", [Citation(22, item=3)]),
    ("30至33条", [Citation(30, to_article=33)]),
    ("第三十到三十三条", [Citation(30, to_article=33)]),
    ("30-33条", [Citation(30, to_article=33)]),
    ("第五条和第八条", [Citation(5), Citation(8)]),
    ("第五、六条", [Citation(5), Citation(6)]),
    ("最后一条", [Citation(from_end=1)]),
    ("倒数第三条", [Citation(from_end=3)]),
    ("第二章第三节", [Citation(chapter=2, section=3)]),
    ("第四章", [Citation(chapter=4)]),
    ("條第五十條第二款", [Citation(50, paragraph=2)]),
    ("专利怎么申请", []),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_every_way_of_writing_a_citation_is_read(text: str, expected: list[Citation]) -> None:
    assert parse_locator(normalise(text)) == expected


PRINTED = [
    (Citation(24, paragraph=1, item=6), "第二十四条第一款第六项", "24/1/6"),
    (Citation(24, item=6), "第二十四条第六项", "24/1/6"),
    (Citation(50), "第五十条", "50"),
    (Citation(120, inserted=1), "第一百二十条之一", "120-1"),
    (Citation(50, to_article=52), "第五十条至第五十二条", "50"),
    (Citation(chapter=2, section=3), "第二章第三节", "c2/s3"),
    (Citation(from_end=1), "最后一条", ""),
    (Citation(from_end=2), "倒数第二条", ""),
]


@pytest.mark.parametrize(("citation", "text", "path"), PRINTED)
def test_a_citation_prints_as_the_law_does(citation: Citation, text: str, path: str) -> None:
    assert str(citation) == text
    assert citation.path == path


@pytest.mark.parametrize("citation", [c for c, _, _ in PRINTED])
def test_what_is_printed_is_read_back(citation: Citation) -> None:
    assert parse_locator(str(citation)) == [citation]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第二款呢", Citation(paragraph=2)),
        ("第（三）项", Citation(item=3)),
        ("第一款第二项", Citation(paragraph=1, item=2)),
        ("第五条第二款", None),
        ("多久", None),
    ],
)
def test_a_place_within_an_article_is_read_alone(text: str, expected: Citation | None) -> None:
    assert parse_lower(normalise(text)) == expected
