"""Forms that real statutes have beside the plain one: each is read as it is meant, and no letter is lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from knowledge.intake import ReadStatute, Refusal, read_statute
from knowledge.statute import parse_statute, source_lines
from knowledge.structure import source_text
from tests.knowledge.sample_law import BODY, HISTORY, LAW, TITLE, letters, regulation, save, text_file, word
from tests.knowledge.test_intake import found, wrap


def read(folder: Path, lines: Iterable[str], **options: bool) -> ReadStatute:
    return read_statute(text_file(folder / "law.txt", lines), **options)


def outline(statute: ReadStatute) -> list[tuple[str, str]]:
    """(address below the law, label) of everything but paragraphs, items and lines before the body."""
    kinds = ("part", "subpart", "chapter", "section", "article", "annex")
    return [(n.address.partition("/")[2], n.label) for n in statute.tree.walk() if n.kind in kinds]


# numbered 一、二、三

OLD = [
    "关于样品旅行管理的规定",
    "（公安部制定　1982年10月9日国务院、中央军委批转）",
    "为了管理样品的旅行，特作如下规定：",
    "一、样品由公安部管理。",
    "二、样品分为以下几类：",
    "1．甲类样品；",
    "2．乙类样品。",
    "三、　非开放地区，不得旅行。",
    "接待单位应当安排。",
    "四、本规定自批准之日起施行。",
    "附表",
    "乙类地区",
    "河北　石家庄市",
]


def test_a_statute_in_numbers_is_refused_with_the_way_to_take_it_in(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="加 --numbered 再导入") as refused:
        read(tmp_path, OLD)
    assert "没有“第一条”这样的条文" in refused.value.reason


def test_a_statute_in_numbers_is_taken_in_when_the_person_says_so(tmp_path: Path) -> None:
    statute = read(tmp_path, OLD, numbered=True)
    assert outline(statute) == [("1", "第一条"), ("2", "第二条"), ("3", "第三条"), ("4", "第四条"), ("annex1", "附表")]
    units = found(statute)
    assert (units["2/1/2"], units["3/1"], units["3/2"]) == ("乙类样品。", "非开放地区，不得旅行。", "接待单位应当安排。")
    assert statute.tree.find("statute/3").marker == "三、"
    assert (str(statute.adopted), str(statute.force.effective)) == ("1982-10-09", "1982-10-09")
    assert any("每个编号按一条收录" in doubt for doubt in statute.doubts)
    assert letters(source_lines(statute.text)) == letters(OLD)
    again = parse_statute("statute", statute.text)
    assert again == statute.tree
    assert source_text(again.walk()).splitlines() == source_lines(statute.text)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (LAW, "正文用“第…条”编号"),
        (["关于旅行的规定", "一、甲。", "二、乙。"], "没有从“一、”起连续编到“三、”"),
        (["国务院关于修改《样品条例》的决定", "一、将第一条修改为“甲”。", "二、删去第二条。", "三、略。"], "修改或者废止法规的文件"),
    ],
)
def test_saying_so_does_not_make_a_statute(lines: list[str], reason: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=reason):
        read(tmp_path, lines, numbered=True)


@pytest.mark.parametrize("title", ["国务院办公厅关于加强样品工作的通知", "最高人民法院关于样品问题的批复", "样品工作座谈会纪要"])
def test_notices_and_replies_in_numbers_are_not_offered_this_way(title: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        read(tmp_path, [title, "一、甲。", "二、乙。", "三、丙。"])
    assert refused.value.hint == ""


# several texts in one file


def test_a_decision_with_the_amended_law_behind_it_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    decision = [
        "全国人民代表大会常务委员会关于修改《样品登记法》的决定",
        "（2019年4月23日通过）",
        "一、将第二条修改为：“略。”",
        "本决定自公布之日起施行。",
    ]
    with pytest.raises(Refusal, match="修改或者废止法规的文件") as refused:
        read(tmp_path, [*decision, "", TITLE, HISTORY, *BODY])
    assert refused.value.hint == f"后面所附《{TITLE}》的全文请另存为一个文件再导入"


def test_a_resolution_that_approves_a_regulation_is_its_notice(tmp_path: Path) -> None:
    resolution = [
        "全国人民代表大会常务委员会关于批准《国务院关于样品干部的暂行办法》的决议",
        "（1978年5月24日通过）",
        "会议决定批准《国务院关于样品干部的暂行办法》。",
    ]
    statute = read(tmp_path, [*resolution, "", *regulation("国务院关于样品干部的暂行办法", "甲。", "乙。", "丙。")])
    assert (statute.title, str(statute.adopted), statute.counts.articles) == ("国务院关于样品干部的暂行办法", "1978-05-24", 3)
    assert statute.front.notice[0] == resolution[0]


def test_a_second_regulation_in_the_file_is_kept_as_an_annex_and_doubted(tmp_path: Path) -> None:
    first, second = (regulation(title, "甲。", "乙。", "丙。") for title in ("样品管理办法", "样品检验办法"))
    statute = read(tmp_path, [*first, *second])
    assert (statute.counts.articles, outline(statute)[-1]) == (3, ("annex1", "样品检验办法"))
    assert any("请另存为一个文件再导入" in doubt for doubt in statute.doubts)


# front


def test_a_preamble_stands_before_the_first_chapter_and_is_an_entry_of_the_contents(tmp_path: Path) -> None:
    contents = ["目　　录", "序　　言", "第一章　总　　纲", "第二章　国家机构", "第一节　主席"]
    body = ["序　　言", "样品历史悠久。", "第一章　总　　纲", "第一条　甲。", "第二章　国家机构", "第一节　主席", "第二条　乙。", "第三条　丙。"]
    statute = read(tmp_path, [TITLE, HISTORY, *contents, *body])
    assert [(n.heading, n.text) for n in statute.tree.walk() if n.kind == "preamble"] == [("序　　言", ""), ("", "样品历史悠久。")]
    assert (statute.contents, statute.doubts) == (5, ())


def test_a_preamble_between_the_contents_and_the_first_chapter_is_kept(tmp_path: Path) -> None:
    contents = ["目录", "第一章　总则……1", "第二章　附则……2"]
    statute = read(
        tmp_path,
        [TITLE, HISTORY, *contents, "为了管理样品，制定本法。", "第一章　总则", "第一条　甲。", "第二章　附则", "第二条　乙。", "第三条　丙。"],
    )
    assert [n.text for n in statute.tree.walk() if n.kind == "preamble"] == ["为了管理样品，制定本法。"]
    assert (statute.contents, statute.doubts) == (3, ())


def test_every_body_that_passed_a_joint_interpretation_is_in_its_history(tmp_path: Path) -> None:
    history = "（2001年4月5日最高人民法院审判委员会第1168次会议、2001年3月30日最高人民检察院检察委员会第84次会议通过）"
    statute = read(tmp_path, regulation("关于办理样品案件的解释", "甲。", "乙。", "丙。", history=history))
    assert [str(event.date) for event in statute.events] == ["2001-04-05", "2001-03-30"]
    assert str(statute.adopted) == "2001-04-05"


def test_a_title_printed_in_two_blocks_is_one_title(tmp_path: Path) -> None:
    lines = ["中华人民共和国", "", "样品管理条例", "", "（2011年1月8日国务院令第588号公布）", "", *regulation("", "甲。", "乙。", "丙。")[2:]]
    assert read(tmp_path, lines).title == "中华人民共和国样品管理条例"


@pytest.mark.parametrize("stem", ["样品管理条例_20110108_ff8080816f", "样品管理条例__ff80808177"])
def test_the_name_of_the_file_gives_the_title_where_the_text_has_none(stem: str, tmp_path: Path) -> None:
    path = text_file(tmp_path / f"{stem}.txt", regulation("", "甲。", "乙。", "丙。")[2:])
    assert read_statute(path).title == "样品管理条例"


def test_a_statute_of_two_articles_is_whole(tmp_path: Path) -> None:
    assert read(tmp_path, regulation("最高人民法院关于样品问题的规定", "甲。", "本规定自2020年2月1日起施行。")).counts.articles == 2


# articles


@pytest.mark.parametrize("separator", ["", " ", "　"])
def test_names_of_articles_in_brackets_are_names_and_not_text(separator: str, tmp_path: Path) -> None:
    names = ("立法目的", "适用范围", "施行")
    lines = ["样品条例", *(f"第{n}条{separator}【{name}】本条例规定{name}。" for n, name in zip("一二三", names))]
    statute = read(tmp_path, lines)
    articles = [n for n in statute.tree.walk() if n.kind == "article"]
    assert [(a.heading, a.children[0].text) for a in articles] == [(f"【{name}】", f"本条例规定{name}。") for name in names]


def test_articles_that_begin_like_a_reference_are_articles(tmp_path: Path) -> None:
    texts = (
        "为了管理样品。",
        "中国公民可以登记。",
        "所有权受保护。",
        "和解的，应当登记。",
        "及时公告。",
        "至少两人检查。",
        "项目应当登记。",
        "中药材适用本法。",
    )
    statute = read(tmp_path, ["样品登记法", *(f"第{n}条{text}" for n, text in zip("一二三四五六七八", texts))])
    assert list(found(statute).values()) == list(texts)


def test_an_article_with_a_table_keeps_its_rows_and_the_paragraph_behind_it(tmp_path: Path) -> None:
    document = word(["样品收费办法", "第一条　甲。", "第二条　收费标准如下："])
    table = document.add_table(2, 2)
    for row, cells in zip(table.rows, (("金额", "费用"), ("1000元以下", "40元"))):
        for cell, text in zip(row.cells, cells):
            cell.text = text
    for line in ("前款金额以请求的数额为准。", "第三条　丙。"):
        document.add_paragraph(line)
    units = found(read_statute(save(document, tmp_path / "law.docx")))
    assert units == {
        "1/1": "甲。",
        "2/1": "收费标准如下：",
        "2/1/r1": "金额\t费用",
        "2/1/r2": "1000元以下\t40元",
        "2/2": "前款金额以请求的数额为准。",
        "3/1": "丙。",
    }


def test_headings_in_numbers_between_articles_are_headings_and_lists_in_articles_are_not(tmp_path: Path) -> None:
    between = ["第一条　甲。", "一、管辖", "第二条　下列样品：", "（一）甲；", "（二）乙。", "二、责任", "第三条　丙。"]
    assert outline(read(tmp_path, ["样品纠纷规定", *between])) == [
        ("1", "第一条"), ("c1", "一、管辖"), ("2", "第二条"), ("c2", "二、责任"), ("3", "第三条"),
    ]  # fmt: skip
    inside = ["第一条　甲。", "第二条　下列样品：", "一、甲；", "二、乙", "第三条　丙。"]
    assert found(read(tmp_path, ["样品纠纷规定", *inside]))["2/1/2"] == "乙"


def test_lists_outside_articles_stand_below_their_chapter(tmp_path: Path) -> None:
    lines = [
        "样品标准规定",
        "第一章　总则",
        "第一条　甲。",
        "第二条　乙。",
        "第二章　标准",
        "样品应当：",
        "（一）洁净；",
        "（二）完整。",
        "第三条　丙。",
    ]
    statute = read(tmp_path, lines)
    chapter = statute.tree.find("statute/c2")
    assert [child.kind for child in chapter.children] == ["preamble", "preamble", "preamble", "article"]
    assert letters(source_lines(statute.text)) == letters(lines)


# annexes


def test_an_annex_is_named_by_its_printed_number(tmp_path: Path) -> None:
    annexes = ["附件一：行政长官的产生办法", "一、由选举委员会选出。", "附件二：", "立法会的产生办法", "附件三所列法律增减的决定", "附表：税额"]
    statute = read(tmp_path, [*LAW, *annexes])
    assert outline(statute)[-3:] == [("annex1", "附件一"), ("annex2", "附件二"), ("annex3", "附表")]
    assert [n.text for n in statute.tree.find("statute/annex2").children] == ["立法会的产生办法", "附件三所列法律增减的决定"]


# wrapped lines


@pytest.mark.parametrize("width", [24, 30, 38])
@pytest.mark.parametrize("indent", ["", "　　"])
def test_wrapping_loses_nothing_and_what_cannot_be_told_is_doubted(width: int, indent: str, tmp_path: Path) -> None:
    last = "第七条　本法自2001年7月1日起施行。1963年4月10日国务院公布的《样品管理条例》同时废止；其他规定与本法抵触的，以本法为准。"
    web = "第八条　将他人的名称作为企业名称中的字号使用，或者关闭窗口、打印样品目录，误导公众的，下载次数不计入浏览次数，依照有关法律处理。"
    lines = [TITLE, HISTORY, *wrap([*BODY, last, web], width, indent)]
    statute = read(tmp_path, lines)
    assert letters(source_lines(statute.text)) == letters(lines)
    assert (statute.removed, statute.counts.articles, statute.counts.annexes) == ((), 9, 0)
    doubted = sum("恰好排满" in doubt for doubt in statute.doubts)
    assert 9 <= statute.counts.paragraphs - 2 <= 9 + doubted


def test_a_list_of_short_lines_is_no_wrapped_text(tmp_path: Path) -> None:
    cities = ["北京市　天津市　上海市", "太原市　沈阳市　长春市", "南京市　苏州市　无锡市", "济南市　青岛市　郑州市", "洛阳市　武汉市　长沙市"]
    statute = read(tmp_path, [TITLE, HISTORY, *BODY[:2], "第二条　下列地方不办登记：", *cities, *BODY[4:]])
    assert [found(statute)[f"2/{n}"] for n in range(2, 7)] == cities


# packages


def test_the_text_is_found_by_the_name_that_the_package_gives(tmp_path: Path) -> None:
    whole = zipfile.ZipFile(save(word(LAW), tmp_path / "law.docx"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in whole.namelist():
            data = whole.read(name)
            archive.writestr(name.replace("word/document.xml", "word/text7.xml"), data.replace(b"word/document.xml", b"word/text7.xml"))
    (tmp_path / "other.docx").write_bytes(out.getvalue())
    assert read_statute(tmp_path / "other.docx").counts.articles == 7
