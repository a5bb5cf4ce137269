"""Reading the library: look-ups by address and by words, headings, neighbours, references, facts, and rebuilding."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from knowledge.build import build, fingerprint, has_tables, is_current
from knowledge.library import Library
from knowledge.lookup import Found, Missing, WhichLaw, look_up
from tests.knowledge.conftest import Home
from tests.knowledge.sample_law import TITLE

CODE = [
    TITLE, "（2001年3月1日第九届全国人民代表大会常务委员会第二十次会议通过）",
    "第一编　总则", "第一章　目的", "第一条　甲。", "第一条之一　乙。", "第二编　物权", "第一分编　通则", "第一章　一般规定", "第二条　丙。",
    "第二分编　所有权", "第二章　一般所有权", "第一节　取得", "第三条　丁。", "第四条　戊。", "附则", "第五条　本法自2001年7月1日起施行。",
]  # fmt: skip
ID = "yang-pin-deng-ji-fa"


@pytest.fixture
def code(home: Home) -> Library:
    """The library with a law in 编 and 分编."""
    home.take_in(CODE)
    return home.library


def asked(library: Library, words: str) -> list:
    return look_up(library, words, library.names().find(words))


def found(library: Library, words: str) -> list[str]:
    (result,) = asked(library, words)
    assert isinstance(result, Found), result
    return [p.address.removeprefix(f"{ID}/") for p in result.provisions]


def missing(library: Library, words: str) -> str:
    (result,) = asked(library, words)
    assert isinstance(result, Missing), result
    return result.explanation


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("样品登记法第一条之一", ["1-1"]),
        ("样品登记法第一编", ["1", "1-1"]),
        ("样品登记法第二编第一章", ["2"]),
        ("样品登记法第二编第二分编第二章第一节", ["3", "4"]),
        ("样品登记法第二编第二章", ["3", "4"]),
        ("样品登记法第二章", ["3", "4"]),
        ("样品登记法第一节", ["3", "4"]),
        ("样品登记法最后一条", ["5"]),
        ("样品登记法第三条到第五条", ["3", "4", "5"]),
    ],
)
def test_places_are_found_by_their_names(code: Library, words: str, places: list[str]) -> None:
    assert found(code, words) == places


@pytest.mark.parametrize(
    ("words", "explanation"),
    [
        ("样品登记法第一章", "有几个第一章：第一编第一章、第二编第一分编第一章。请说明是哪一个。"),
        ("样品登记法第三编", "共2编，没有第三编"),
        ("样品登记法第九章", "共3章，没有第九章"),
        ("样品登记法第二编第二章第三节", "第二编第二分编第二章“一般所有权”共1节，没有第二编第二章第三节"),
        ("样品登记法第六条", "没有第六条"),
        ("样品登记法第三条到第九条", "没有第九条"),
        ("样品登记法第三条第二款", "第三条共1款，没有第三条第二款"),
    ],
)
def test_what_is_not_there_is_explained(code: Library, words: str, explanation: str) -> None:
    assert explanation in missing(code, words)


def test_a_place_without_a_law_asks_which(code: Library) -> None:
    (result,) = asked(code, "第八十二条")
    assert isinstance(result, WhichLaw)
    assert [d.id for d in result.candidates] == ["patent-law"]


def test_neighbours_cross_the_headings(code: Library) -> None:
    assert code.neighbour(f"{ID}/1", 1).address == f"{ID}/1-1"
    assert code.neighbour(f"{ID}/1-1", 1).address == f"{ID}/2"
    assert code.neighbour(f"{ID}/5", 1) is None


def test_references_are_stored_in_both_directions(home: Home) -> None:
    assert [r.target for r in home.library.references_from("patent-law/78")] == ["patent-law/19"]
    assert "patent-law/78/1" in [r.source for r in home.library.references_to("patent-law/19")]


def test_facts_of_the_policy_documents_are_stored(home: Home) -> None:
    rows = home.library.facts(address="ip-powerhouse-outline", kind="indicator")
    assert rows
    for row in rows:
        assert home.library.provision(row.address) is not None
        assert row.data["document"] == "ip-powerhouse-outline"
        assert row.quote
    assert {row.kind for row in home.library.facts(address="chongqing-ip-14th-plan")} == {"indicator", "term"}
    assert "responsibility" in {row.kind for row in home.library.facts(address="ip-14th-plan")}


# building


def test_a_database_of_an_older_program_is_made_anew(home: Home) -> None:
    url = f"sqlite:///{home.folder / 'old.db'}"
    engine = create_engine(url, future=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE versions (id INTEGER PRIMARY KEY, document_id TEXT)"))
    assert not has_tables(url)
    build(url, topics=home.folder / "topics")
    assert has_tables(url)
    assert "adopted_note" in {column["name"] for column in inspect(engine).get_columns("versions")}


def test_building_twice_gives_the_same(home: Home) -> None:
    topics = home.folder / "topics"
    before = home.library.provisions_of("patent-law", "article")
    assert build(topics=topics) == build(topics=topics)
    assert home.library.provisions_of("patent-law", "article") == before
    assert is_current(home.library.engine, topics=topics)


def test_the_fingerprint_sees_every_change_of_content(home: Home) -> None:
    topics = home.folder / "topics"
    before = fingerprint(topics=topics)
    (home.held / "note.txt").write_text("x", encoding="utf-8")
    assert fingerprint(topics=topics) != before
    assert not is_current(home.library.engine, topics=topics)


def test_an_import_into_a_current_database_leaves_it_current(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from functools import partial

    from knowledge.intake import store

    topics: Path = home.folder / "topics"
    build(topics=topics)
    monkeypatch.setattr(store, "is_current", partial(is_current, topics=topics))
    monkeypatch.setattr(store, "fingerprint", partial(fingerprint, topics=topics))
    home.take_in(CODE)
    assert is_current(home.library.engine, topics=topics)


def test_an_import_into_a_stale_database_leaves_it_stale(home: Home) -> None:
    home.take_in(CODE)
    assert not is_current(home.library.engine, topics=home.folder / "topics")
    assert home.library.document(ID) is not None
