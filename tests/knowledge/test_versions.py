"""Versions beside each other: which text applies on a day, and no look-up that mixes two."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.build import Content
from knowledge.catalogue import load_all
from knowledge.intake import Imported
from knowledge.lookup import Found, look_up
from knowledge.problems import Problems
from knowledge.search import search
from knowledge.versions import applying, statuses
from tests.knowledge.conftest import Home
from tests.knowledge.sample_law import regulation

D = datetime.date


@dataclass(frozen=True)
class Dated:
    adopted: D
    effective: D | None = None
    status: str = "in_force"


FIRST, SECOND, THIRD = Dated(D(2001, 3, 1), D(2001, 7, 1)), Dated(D(2010, 4, 1)), Dated(D(2020, 5, 1), D(2021, 1, 1))


@pytest.mark.parametrize(
    ("day", "expected", "chosen"),
    [
        (D(2000, 1, 1), ["not_yet_in_force"] * 3, 0),
        (D(2001, 3, 1), ["not_yet_in_force"] * 3, 0),
        (D(2001, 6, 30), ["not_yet_in_force"] * 3, 0),
        (D(2001, 7, 1), ["in_force", "not_yet_in_force", "not_yet_in_force"], 0),
        (D(2010, 3, 31), ["in_force", "not_yet_in_force", "not_yet_in_force"], 0),
        (D(2010, 4, 1), ["superseded", "in_force", "not_yet_in_force"], 1),
        (D(2020, 12, 31), ["superseded", "in_force", "not_yet_in_force"], 1),
        (D(2021, 1, 1), ["superseded", "superseded", "in_force"], 2),
    ],
)
def test_status_follows_the_day(day: D, expected: list[str], chosen: int) -> None:
    found = statuses([FIRST, SECOND, THIRD], day)
    assert (found, applying(found)) == (expected, chosen)


def test_policy_and_repealed_stay_what_they_are() -> None:
    assert statuses([Dated(D(2021, 1, 1), status="policy")], D(2000, 1, 1)) == ["policy"]
    assert statuses([Dated(D(2021, 1, 1), status="repealed")], D(2030, 1, 1)) == ["repealed"]


# the library


def law(year: int, fee: str, effective: str) -> list[str]:
    return regulation(
        "样品收费条例", "为了规范收费，制定本条例。", f"登记一件样品收取{fee}元。", *(["登记机关可以减收样品登记费。"] if year > 2010 else []),
        f"本条例自{effective}起施行。", history=f"（{year}年1月1日国务院令第{year}号公布）",
    )  # fmt: skip


OLD, CURRENT, COMING = law(2000, "五", "2000年3月1日"), law(2015, "十", "2015年6月1日"), law(2026, "二十", "2999年1月1日")


@pytest.fixture
def three(home: Home) -> Home:
    """Imported out of order, as people do."""
    done: list[Imported] = [home.take_in(lines) for lines in (CURRENT, COMING, OLD)]
    assert [d.plan.action for d in done] == ["new", "version", "version"]
    return home


ID = "yang-pin-shou-fei-tiao-li"
DAYS = {D(2005, 1, 1): "五", D(2015, 5, 31): "五", D(2015, 6, 1): "十", D(2026, 1, 1): "十", D(2999, 1, 1): "二十"}


def test_versions_are_listed_oldest_first_with_their_status(three: Home) -> None:
    found = three.library.versions(ID)
    assert [(v.adopted.year, v.status) for v in found] == [(2000, "superseded"), (2015, "in_force"), (2026, "not_yet_in_force")]
    assert [v.number for v in found] == ["国务院令第2000号", "国务院令第2015号", "国务院令第2026号"]
    assert [v.status for v in three.library.versions(ID, D(2999, 1, 1))] == ["superseded", "superseded", "in_force"]


@pytest.mark.parametrize("day", DAYS)
def test_every_look_up_reads_the_text_of_its_day(three: Home, day: D) -> None:
    library, fee = three.library, f"登记一件样品收取{DAYS[day]}元。"
    assert library.provision(f"{ID}/2/1", day).text == fee
    assert library.children(f"{ID}/2", day)[0].text == fee
    assert library.provisions_of(ID, "article", day)[1].full_text == fee
    assert library.neighbour(f"{ID}/1", 1, day).full_text == fee
    assert library.article_count(ID, day) == (3 if day < D(2015, 6, 1) else 4)
    named = library.names().find("样品收费条例第二条")
    (found,) = look_up(library, "样品收费条例第二条", named, on=day)
    assert isinstance(found, Found)
    assert (found.provisions[0].full_text, found.document.status) == (fee, "in_force")
    assert next(h for h in search(library, "登记一件样品收取多少元", 5, day) if h.provision.document.id == ID).provision.full_text == fee
    assert next(d for d in library.documents(day) if d.id == ID).version_id == library.document(ID, day).version_id


def test_before_the_first_version_the_law_says_that_it_is_not_yet_in_force(three: Home) -> None:
    assert three.library.document(ID, D(1990, 1, 1)).status == "not_yet_in_force"


def test_the_content_check_reads_the_texts_in_force_today(three: Home) -> None:
    content = Content()
    assert content.own_texts()[f"{ID}/2/1"] == "登记一件样品收取十元。"
    assert content.own_texts(D(2005, 1, 1))[f"{ID}/2/1"] == "登记一件样品收取五元。"
    assert f"{ID}/4/1" in content.own_texts()
    assert f"{ID}/4/1" not in content.own_texts(D(2005, 1, 1))


def test_facts_are_those_of_the_day(three: Home) -> None:
    assert three.library.facts(kind="indicator")
    assert three.library.facts(kind="indicator", on=D(1990, 1, 1)) == three.library.facts(kind="indicator")


def test_the_note_on_an_uncertain_day_reaches_the_reader(home: Home) -> None:
    assert home.library.document("chongqing-ip-outline").adopted_note == "not_before"
    assert home.library.document("patent-law").adopted_note is None
    home.take_in(regulation("样品保管办法", "甲。", "乙。", "本办法自2020年3月1日起施行。"))
    document = home.library.document("yang-pin-bao-guan-ban-fa")
    assert (document.adopted_note, str(document.adopted)) == ("not_after", "2020-03-01")


# the catalogue


def catalogue(folder: Path, name: str, **entry: object) -> None:
    import yaml

    (folder / "a.txt").write_text("甲法\n第一条 甲。\n", encoding="utf-8")
    base = {
        "id": "a",
        "kind": "statute",
        "title": "甲法",
        "short_title": "甲法",
        "versions": [{"file": "a.txt", "adopted": D(2000, 1, 1), "status": "in_force"}],
    }
    (folder / name).write_text(yaml.safe_dump({"documents": [{**base, **entry}]}, allow_unicode=True), encoding="utf-8")


def test_entries_of_one_id_are_merged_and_each_version_keeps_its_own_source(tmp_path: Path) -> None:
    other = {
        "file": "a.txt",
        "adopted": D(2010, 1, 1),
        "status": "in_force",
        "source": {"file": "neu.docx"},
        "defects": [{"where": "全文"}],
        "number": "第9号",
    }
    catalogue(tmp_path, "catalogue.yml", source={"raw": "old"}, defects=[{"where": "a/1"}])
    catalogue(tmp_path, "a.catalogue.yml", versions=[other])
    problems = Problems()
    (document,) = load_all([tmp_path], problems)
    assert not problems
    assert [(v.adopted.year, v.source, len(v.defects), v.number) for v in document.versions] == [
        (2000, {"raw": "old"}, 1, None),
        (2010, {"file": "neu.docx"}, 1, "第9号"),
    ]


def test_faults_between_entries_are_reported(tmp_path: Path) -> None:
    catalogue(tmp_path, "catalogue.yml")
    catalogue(tmp_path, "b.catalogue.yml", title="乙法")
    catalogue(tmp_path, "c.catalogue.yml", id="c", title="丙法", aliases=["甲法"])
    catalogue(tmp_path, "d.catalogue.yml")
    problems = Problems()
    load_all([tmp_path], problems)
    found = "\n".join(map(str, problems))
    assert "a 同时是《甲法》和《乙法》" in found
    assert "a 有两个版本的通过日期相同" in found
    assert "名称“甲法”同时指 a 和 c" in found


def test_a_folder_of_imports_needs_no_catalogue_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "held").mkdir()
    catalogue(tmp_path, "catalogue.yml")
    problems = Problems()
    assert len(load_all([tmp_path, tmp_path / "held", tmp_path / "missing"], problems)) == 1
    assert not problems
