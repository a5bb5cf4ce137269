"""From one place in a text to the next."""

from __future__ import annotations

import pytest

from knowledge.library import Library
from knowledge.neighbours import chapter_of, paragraph_of, section_of, step


@pytest.mark.parametrize(
    ("address", "by", "unit", "there"),
    [
        ("patent-law/42/1", 1, "条", "patent-law/43"),
        ("patent-law/42", -2, "条", "patent-law/40"),
        ("patent-law/1", -1, "条", None),
        ("patent-law/42/1", 1, "款", "patent-law/42/2"),
        ("patent-law/42", 1, "款", None),
        ("ip-14th-plan/s8", 1, "条", "ip-14th-plan/s9"),
        ("ip-14th-plan/s8/p1", -1, "节", "ip-14th-plan/s7"),
        ("ip-14th-plan/box3", 1, "专栏", "ip-14th-plan/box4"),
        ("ip-14th-plan/box3", 1, "条", "ip-14th-plan/box4"),
        ("chongqing-ip-14th-plan/c3/s1/p1", 1, "节", "chongqing-ip-14th-plan/c3/s2"),
        ("chongqing-ip-14th-plan/c3/s1/p1", 1, "章", "chongqing-ip-14th-plan/c4"),
        ("chongqing-ip-14th-plan/c8", 1, "章", None),
        ("ip-powerhouse-outline/s5", 1, "段", None),
    ],
)
def test_a_step_in_printed_order(library: Library, address: str, by: int, unit: str, there: str | None) -> None:
    here = library.provision(address)
    assert here is not None
    found = step(library, here, by, unit)
    assert (found.address if found else None) == there


def test_a_box_before_or_behind_a_section(library: Library) -> None:
    here = library.provision("ip-14th-plan/s4")
    assert here is not None
    before, behind = step(library, here, -1, "专栏"), step(library, here, 1, "专栏")
    assert behind is not None and behind.kind == "box" and behind.position > here.position
    assert before is None or before.position < here.position


def test_the_section_and_the_paragraphs_of_a_place(library: Library) -> None:
    here = library.provision("chongqing-ip-14th-plan/c3/s2/p1")
    assert here is not None
    section, second = section_of(library, here), paragraph_of(library, here, 2)
    assert section is not None and section.address == "chongqing-ip-14th-plan/c3/s2"
    assert second is not None and second.address == "chongqing-ip-14th-plan/c3/s2/p2"
    assert paragraph_of(library, here, 0) is None and paragraph_of(library, here, 99) is None


def test_the_chapter_of_an_article(library: Library) -> None:
    here = library.provision("patent-law/64/1")
    assert here is not None and chapter_of(library, here) == 7
