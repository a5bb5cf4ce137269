"""Importing: files and catalogue entries written, names that do not collide, versions by title, nothing changed when refused."""

from __future__ import annotations

import hashlib

import pytest
import yaml

from knowledge.build import Content
from knowledge.intake import Refusal, Wishes
from knowledge.intake.naming import aliases, make_id, short_title
from knowledge.search import search
from tests.knowledge.conftest import Home
from tests.knowledge.sample_law import LAW, TITLE, regulation

OLDER = [
    line.replace("　根据2010年4月1日第十一届全国人民代表大会常务委员会第十四次会议《关于修改〈中华人民共和国样品登记法〉的决定》修正", "")
    for line in LAW
]
TRADEMARK = regulation(
    "中华人民共和国商标法", "甲。", "乙。", *["丙。"] * 6, history="（2019年4月23日第十三届全国人民代表大会常务委员会第十次会议通过）"
)


def entry(home: Home, name: str) -> dict:
    return yaml.safe_load((home.held / name).read_text(encoding="utf-8"))["documents"][0]


def test_an_imported_law_is_written_letter_for_letter_with_its_catalogue_entry(home: Home) -> None:
    done = home.take_in(LAW)
    assert sorted(home.files()) == ["yang-pin-deng-ji-fa.catalogue.yml", "yang-pin-deng-ji-fa.txt"]
    text = (home.held / "yang-pin-deng-ji-fa.txt").read_text(encoding="utf-8")
    assert text == done.statute.text
    kept = entry(home, "yang-pin-deng-ji-fa.catalogue.yml")
    assert (kept["id"], kept["kind"], kept["title"], kept["short_title"]) == ("yang-pin-deng-ji-fa", "statute", TITLE, "样品登记法")
    assert kept["issuer"] == "全国人民代表大会常务委员会"
    version = kept["versions"][0]
    assert version["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert version["source"]["file"] == "law.txt"
    assert [d["treatment"] for d in version["defects"]] == ["replaced", "removed"]
    assert "doubts" not in version


def test_look_up_and_search_find_the_law_at_once(home: Home) -> None:
    assert not [h for h in search(home.library, "样品登记的保管费", 3) if h.provision.document.title == TITLE]
    home.take_in(LAW)
    provision = home.library.provision("yang-pin-deng-ji-fa/4-1/1")
    assert provision.full_label == "《中华人民共和国样品登记法》第四条之一"
    assert [n.id for n in home.library.names().find("样品登记法第三条怎么说")] == ["yang-pin-deng-ji-fa"]
    assert search(home.library, "样品登记的保管费", 3)[0].provision.address == "yang-pin-deng-ji-fa/4-1"


def test_the_rest_of_the_library_is_untouched(home: Home) -> None:
    before = home.library.provisions_of("patent-law", "paragraph")
    home.take_in(LAW)
    assert home.library.provisions_of("patent-law", "paragraph") == before
    assert [d.id for d in home.library.documents()][-1] == "yang-pin-deng-ji-fa"


def test_references_of_held_laws_to_a_new_one_are_resolved(home: Home) -> None:
    row = home.library.references_from("collective-mark-rules/8/2")[0]
    assert (row.held, row.target) == (False, None)
    home.take_in(TRADEMARK, wishes=Wishes(id="trademark-law"))
    row = home.library.references_from("collective-mark-rules/8/2")[0]
    assert (row.held, row.target, row.printed) == (True, "trademark-law/16", "商标法第十六条")


def test_an_older_text_becomes_a_version_under_the_same_id(home: Home) -> None:
    home.take_in(LAW)
    done = home.take_in(OLDER)
    assert (done.plan.action, done.plan.id, done.plan.text_file.name) == ("version", "yang-pin-deng-ji-fa", "yang-pin-deng-ji-fa-20010301.txt")
    versions = home.library.versions("yang-pin-deng-ji-fa")
    assert [(str(v.adopted), str(v.effective), v.status) for v in versions] == [
        ("2001-03-01", "2001-07-01", "superseded"),
        ("2010-04-01", "None", "in_force"),
    ]


def test_another_text_of_a_law_of_the_catalogue_becomes_its_version(home: Home) -> None:
    lines = regulation(
        "中华人民共和国专利法", "旧甲。", "旧乙。", "旧丙。", history="（1984年3月12日第六届全国人民代表大会常务委员会第四次会议通过）"
    )
    done = home.take_in(lines)
    assert (done.plan.id, sorted(home.files())) == ("patent-law", ["patent-law-19840312.txt", "patent-law.catalogue.yml"])
    assert home.library.provision("patent-law/2/1").text.startswith("发明") is False
    assert home.library.provision("patent-law/2/2").text.startswith("发明，是指")


def test_the_same_text_again_changes_nothing(home: Home) -> None:
    home.take_in(LAW)
    before = home.files()
    assert home.take_in([line.replace("　", " ") for line in LAW], "again.txt").plan.action == "same"
    assert home.files() == before


def test_a_text_that_differs_in_the_width_of_punctuation_only_is_the_same(home: Home) -> None:
    home.take_in(LAW)
    before = home.files()
    plan = home.take_in([line.replace("：", ":").replace("，", ",") for line in LAW], "again.txt").plan
    assert (plan.action, home.files()) == ("same", before)
    assert "只是全角、半角不同" in plan.remarks[0]


def test_another_text_of_the_same_day_is_refused_unless_replacing(home: Home) -> None:
    home.take_in(LAW)
    before = home.files()
    other = [line.replace("两件", "三件") for line in LAW]
    with pytest.raises(Refusal, match="有1处不同"):
        home.take_in(other)
    assert home.files() == before
    assert home.take_in(other, wishes=Wishes(replace=True)).plan.action == "replace"
    assert "三件相同的样品" in home.library.provision("yang-pin-deng-ji-fa/4/1").text
    assert len(home.library.versions("yang-pin-deng-ji-fa")) == 1


def test_a_text_of_the_catalogue_is_never_replaced(home: Home) -> None:
    lines = regulation(
        "中华人民共和国专利法", "甲。", "乙。", "丙。", history="（2020年10月17日第十三届全国人民代表大会常务委员会第二十二次会议通过）"
    )
    with pytest.raises(Refusal, match="库里自带的文本不替换"):
        home.take_in(lines, wishes=Wishes(replace=True))
    assert home.files() == {}


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        (Wishes(id="patent-law"), "编号 patent-law 已用于"),
        (Wishes(id="样品法"), "不能用"),
        (Wishes(id="Sample"), "不能用"),
        (Wishes(id="../sample"), "不能用"),
        (Wishes(id="a" * 65), "不能用"),
        (Wishes(short_title="专利法"), "简称“专利法”已是另一份文件的名称"),
        (Wishes(status="asleep"), "状态"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused_and_nothing_is_written(home: Home, wishes: Wishes, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        home.take_in(LAW, wishes=wishes)
    assert home.files() == {}


def test_one_law_has_one_id(home: Home) -> None:
    home.take_in(LAW)
    with pytest.raises(Refusal, match="已经收录，编号是 yang-pin-deng-ji-fa"):
        home.take_in(OLDER, wishes=Wishes(id="samples"))


def test_wished_id_short_title_and_status_are_kept(home: Home) -> None:
    home.take_in(LAW, wishes=Wishes(id="sample-law", short_title="样品法", status="repealed"))
    document = home.library.document("sample-law")
    assert (document.short_title, document.status) == ("样品法", "repealed")


def test_what_two_texts_say_of_one_another_is_remarked(home: Home) -> None:
    home.take_in(LAW)
    done = home.take_in(
        regulation(
            "新样品登记法",
            "甲。",
            "乙。",
            f"本法自2030年1月1日起施行。《{TITLE}》同时废止。",
            history="（2029年1月1日第十五届全国人民代表大会第一次会议通过）",
        )
    )
    assert f"本文写明废止《{TITLE}》" in done.plan.remarks[0]


def test_an_error_while_writing_leaves_everything_as_it_was(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("knowledge.intake.store.add", fail)
    with pytest.raises(OSError, match="disk full"):
        home.take_in(LAW)
    assert home.files() == {}
    assert home.library.document("yang-pin-deng-ji-fa") is None


def test_a_new_text_in_force_that_the_topics_contradict_is_held_and_the_topics_wait_for_review(home: Home) -> None:
    """The project's own topics quote 专利法 of 2020; a later text in force of other words overtakes them."""
    later = regulation(
        "中华人民共和国专利法", "甲。", "乙。", "丙。", history="（2021年10月17日第十三届全国人民代表大会常务委员会第二十二次会议通过）"
    )
    assert home.take_in(later).plan.action == "version"
    content = Content()
    assert not content.check()
    assert any("patent-annual-fee-start" in str(problem.file) for problem in content.outdated)


def test_a_text_not_yet_in_force_may_contradict_the_topics(home: Home) -> None:
    later = regulation(
        "中华人民共和国专利法",
        "甲。",
        "乙。",
        "本法自2999年1月1日起施行。",
        history="（2026年1月17日第十四届全国人民代表大会常务委员会第三十次会议修订）",
    )
    assert home.take_in(later).plan.action == "version"
    assert [v.status for v in home.library.versions("patent-law")] == ["in_force", "not_yet_in_force"]


# names


@pytest.mark.parametrize(
    ("title", "short", "id_"),
    [
        ("中华人民共和国商标法", "商标法", "shang-biao-fa"),
        ("居住证暂行条例", "居住证暂行条例", "ju-zhu-zheng-zan-xing-tiao-li"),
        ("最高人民法院关于审理样品案件的解释", "关于审理样品案件的解释", "shen-li-yang-pin-an-jian-de-jie-shi"),
        ("女职工劳动保护特别规定", "女职工劳动保护特别规定", "nv-zhi-gong-lao-dong-bao-hu-te-bie-gui-ding"),
    ],
)
def test_short_titles_and_ids_are_derived(title: str, short: str, id_: str) -> None:
    assert (short_title(title), make_id(short_title(title), [])) == (short, id_)


def test_ids_are_short_and_never_taken_twice() -> None:
    long = make_id("关于" + "样品" * 60, [])
    assert len(long) <= 64
    assert make_id("商标法", ["shang-biao-fa", "shang-biao-fa-2"]) == "shang-biao-fa-3"
    assert make_id("２０２０年规定", [])[0].isalpha()


def test_aliases_are_the_obvious_forms() -> None:
    found = aliases("样品、标本管理办法（试行）", "样品、标本管理办法（试行）", "中华人民共和国国务院令第7号")
    assert {"样品标本管理办法（试行）", "样品和标本管理办法（试行）", "样品、标本管理办法", "国务院令第7号", "国务院第7号令"} <= set(found)
    assert "中国商标法" in aliases("中华人民共和国商标法", "商标法", None)
