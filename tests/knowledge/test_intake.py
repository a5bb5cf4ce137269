"""Reading files: the same law in every form in which laws come must give the same tree, letter for letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from knowledge.intake import ReadStatute, read_statute
from knowledge.statute import source_lines
from knowledge.structure import source_text
from tests.knowledge.sample_law import (
    BODY,
    CONTENTS,
    HISTORY,
    LAW,
    TITLE,
    TREE,
    add_numbering,
    letters,
    number_paragraph,
    regulation,
    save,
    text_file,
    word,
)


def found(statute: ReadStatute) -> dict[str, str]:
    """Address below the law -> own words, of every unit of the body that has any."""
    nodes = [n for n in statute.tree.walk() if n.kind not in ("document", "history") and n.heading + n.text]
    return {n.address.partition("/")[2]: n.heading + n.text for n in nodes}


def assert_is_the_law(statute: ReadStatute) -> None:
    units = found(statute)
    assert list(units) == list(TREE)
    for address, beginning in TREE.items():
        assert units[address].startswith(beginning), address
    assert letters(source_lines(statute.text)) == letters([TITLE, HISTORY, *BODY])
    assert statute.title == TITLE


def read_text(folder: Path, lines: Iterable[str], name: str = "law.txt") -> ReadStatute:
    return read_statute(text_file(folder / name, lines))


def read_word(folder: Path, lines: Iterable[str]) -> ReadStatute:
    return read_statute(save(word(lines), folder / "law.docx"))


# the form of the national database


def test_a_docx_of_the_national_database_is_read_whole(tmp_path: Path) -> None:
    statute = read_word(tmp_path, LAW)
    assert_is_the_law(statute)
    assert statute.doubts == ()
    assert statute.contents == len(CONTENTS)
    assert [(str(e.date), e.event[-2:], e.amends) for e in statute.events] == [("2001-03-01", "通过", False), ("2010-04-01", "修正", True)]
    assert (str(statute.adopted), statute.adopted_note, statute.force.effective) == ("2010-04-01", None, None)


def test_the_kept_text_has_one_unit_a_line_and_gives_the_tree_back(tmp_path: Path) -> None:
    statute = read_word(tmp_path, LAW)
    lines = statute.text.splitlines()
    assert lines[0] == TITLE
    assert "第一章 总则" in lines
    assert "第四条之一 登记机关可以收取保管费，保管费的标准由国务院价格主管部门规定，登记机关不得在标准以外收取其他费用。" in lines
    assert source_text(statute.tree.walk()).splitlines() == source_lines(statute.text)


# the same law in other forms


def spread(line: str) -> str:
    """第四条之一 as 第 四 条 之 一."""
    return re.sub(r"^第(.+?)([章节条])(之.)?　", lambda m: f"第 {m[1]} {m[2]}{' 之 ' + m[3][1] if m[3] else ''}　", line)


def wrap(lines: Iterable[str], width: int = 24, indent: str = "") -> list[str]:
    """Cut every line at the page's width."""
    return [piece for line in lines for piece in re.findall(f".{{1,{width}}}", indent + line if line else "") or [""]]


def one_line_a_chapter(lines: list[str]) -> list[str]:
    """Whole chapters run on in one line."""
    return re.sub(r"\n(?!第.章)", "", "\n".join(line.replace("　", " ") if line[:1] != "第" else line for line in lines)).split("\n")


TEXTS: dict[str, Callable[[], list[str]]] = {
    "as it is": lambda: LAW,
    "ASCII spaces": lambda: [line.replace("　", " ") for line in LAW],
    "tabs": lambda: [line.replace("　", "\t") for line in LAW],
    "spaces inside the numbers": lambda: [spread(line) for line in LAW],
    "no space behind the number": lambda: [TITLE, HISTORY, *(re.sub(r"^(第.{1,5}?[条章节](?:之一)?)　", r"\1", line) for line in BODY)],
    "text on the line below": lambda: [p for line in LAW for p in re.sub(r"^(第.条(?:之一)?)　", r"\1\n", line).split("\n")],
    "headings on two lines": lambda: [*LAW[:4], *(p for line in BODY for p in re.sub(r"^(第.[章节])　", r"\1\n", line).split("\n"))],
    "contents with leaders and page numbers": lambda: [
        TITLE, HISTORY, CONTENTS[0], *(f"{c}……………{n + 1}" for n, c in enumerate(CONTENTS[1:])), *BODY,
    ],
    "contents without a word above them": lambda: [TITLE, HISTORY, *CONTENTS[1:], *BODY],
    "no contents": lambda: [TITLE, HISTORY, *BODY],
    "history on three lines": lambda: [TITLE, HISTORY[:20], HISTORY[20:60], HISTORY[60:], *BODY],
    "title on two lines": lambda: [TITLE[:7], TITLE[7:], "", HISTORY, *BODY],
    "wrapped": lambda: [TITLE, HISTORY, *wrap(BODY)],
    "wrapped with indents": lambda: [TITLE, HISTORY, *wrap(BODY, indent="　　")],
    "wrapped with page numbers": lambda: [TITLE, HISTORY, *wrap(BODY[:6]), "- 1 -", *wrap(BODY[6:13]), "- 2 -", *wrap(BODY[13:])],
    "a page number inside a sentence": lambda: [TITLE, HISTORY, *wrap(BODY)[:6], "12", *wrap(BODY)[6:]],
    "articles on one line": lambda: [TITLE, HISTORY, *BODY[:3], BODY[3], *BODY[4:11], *BODY[11:13], BODY[13] + BODY[14], *BODY[15:]],
    "items on one line": lambda: [TITLE, HISTORY, *BODY[:4], *BODY[4:6], *BODY[6:]],
    "markdown": lambda: [f"# {TITLE}", "", HISTORY, "", *(f"## {x}" if "章" in x[:3] else f"### {x}" if "节" in x[:3] else re.sub(r"^(第.条(?:之一)?)", r"**\1**", x) for x in BODY)],
    "markdown lists": lambda: [f"# {TITLE}", HISTORY, *(f"- {x}" if x[0] == "（" else x for x in BODY)],
    "web page": lambda: [f"<h1>{TITLE}</h1>", f"<p>{HISTORY}</p>", *(f"<p>{x.replace('　', '&nbsp;&nbsp;')}</p>" for x in BODY)],
    "history without brackets": lambda: [f"# {TITLE}", "", *HISTORY.strip("（）").split("　"), "", "<!-- INFO END -->", "", *BODY],
}  # fmt: skip


@pytest.mark.parametrize("form", [name for name in TEXTS if name != "history without brackets"])
@pytest.mark.parametrize("kind", ["txt", "md", "docx"])
def test_every_form_gives_the_same_law(form: str, kind: str, tmp_path: Path) -> None:
    lines = TEXTS[form]()
    if kind == "docx" and form.startswith(("markdown", "web")):
        pytest.skip("marks of Markdown and the web do not stand in Word files")
    if kind == "txt" and form == "markdown lists":
        pytest.skip("bullets are marks in Markdown only")
    statute = read_word(tmp_path, lines) if kind == "docx" else read_text(tmp_path, lines, f"law.{kind}")
    assert_is_the_law(statute)


def test_a_history_without_brackets_is_read(tmp_path: Path) -> None:
    statute = read_text(tmp_path, TEXTS["history without brackets"](), "law.md")
    assert [str(e.date) for e in statute.events] == ["2001-03-01", "2010-04-01"]
    assert list(found(statute)) == list(TREE)


@pytest.mark.parametrize(
    ("encoding", "end"), [("utf-8", "\r\n"), ("utf-8-sig", "\n"), ("gbk", "\r\n"), ("gb18030", "\n"), ("utf-16", "\n"), ("utf-8", "\r")]
)
def test_every_encoding_is_read(encoding: str, end: str, tmp_path: Path) -> None:
    assert_is_the_law(read_statute(text_file(tmp_path / "law.txt", LAW, encoding, end)))


@pytest.mark.parametrize("digits", ["123456", "１２３４５６"])
def test_arabic_article_numbers_are_read_and_kept(digits: str, tmp_path: Path) -> None:
    table = str.maketrans("一二三四五六", digits)
    lines = [TITLE, HISTORY, *(re.sub(r"^第.条(?:之.)?", lambda m: m[0].translate(table), line) for line in BODY)]
    statute = read_text(tmp_path, lines)
    assert list(found(statute)) == list(TREE)
    assert f"第{digits[2]}条 下列样品应当登记：" in statute.text


def test_a_table_of_contents_is_compared_with_the_headings(tmp_path: Path) -> None:
    wrong = [line.replace("审　　查", "检　　查") for line in CONTENTS]
    statute = read_text(tmp_path, [TITLE, HISTORY, *wrong, *BODY])
    assert any("目录里有而正文里没有：第二节 检查" in doubt for doubt in statute.doubts)
    assert any("正文里有而目录里没有：第二节 审查" in doubt for doubt in statute.doubts)


# what only Word has


def test_bold_runs_and_tabs_do_not_matter(tmp_path: Path) -> None:
    document = word([TITLE, HISTORY])
    for line in BODY:
        paragraph = document.add_paragraph()
        for n, piece in enumerate(re.findall(".{1,3}", line.replace("　", "\t"))):
            paragraph.add_run(piece).bold = n % 2 == 0
    assert_is_the_law(read_statute(save(document, tmp_path / "law.docx")))


def test_soft_line_breaks_inside_a_paragraph_are_read(tmp_path: Path) -> None:
    document = word([TITLE, HISTORY, *BODY[:4]])
    paragraph = document.add_paragraph()
    for n, line in enumerate(BODY[4:11]):
        paragraph.add_run(line)
        if n < 6:
            paragraph.add_run().add_break()
    for line in BODY[11:]:  # a break in the middle of a sentence
        paragraph = document.add_paragraph(line[:14])
        paragraph.add_run().add_break() if len(line) > 20 else None
        paragraph.add_run(line[14:])
    assert_is_the_law(read_statute(save(document, tmp_path / "law.docx")))


def test_numbers_that_word_counts_itself_are_written_out(tmp_path: Path) -> None:
    document = word([TITLE, HISTORY])
    article, item = add_numbering(document, "chineseCountingThousand", "第%1条　"), add_numbering(document, "chineseCounting", "（%1）")
    for line in BODY:
        match = re.match(r"^(第.条　|（.）)(.*)$", line)
        paragraph = document.add_paragraph(match[2] if match else line)
        if match:
            number_paragraph(paragraph, article if "条" in match[1] else item)
    statute = read_statute(save(document, tmp_path / "law.docx"))
    assert_is_the_law(statute)
    assert any("自动编号" in note for note in statute.notes)


def test_text_boxes_and_alternate_content_are_read_once(tmp_path: Path) -> None:
    document = word([TITLE, HISTORY, *BODY[:-1]])
    box = f"<w:txbxContent {nsdecls('w')}><w:p><w:r><w:t>{BODY[-1]}</w:t></w:r></w:p></w:txbxContent>"
    spaces = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    document.add_paragraph()._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")} {spaces}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
            f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    assert_is_the_law(read_statute(save(document, tmp_path / "law.docx")))


def test_deleted_hidden_and_field_text_is_left_out(tmp_path: Path) -> None:
    document = word(LAW)
    for extra in (
        f'<w:del {nsdecls("w")} w:id="1" w:author="x"><w:r><w:delText>删去的字</w:delText></w:r></w:del>',
        f"<w:r {nsdecls('w')}><w:rPr><w:vanish/></w:rPr><w:t>隐藏的字</w:t></w:r>",
        f"<w:r {nsdecls('w')}><w:instrText> PAGEREF x </w:instrText></w:r>",
    ):
        document.paragraphs[-1]._p.append(parse_xml(extra))
    statute = read_statute(save(document, tmp_path / "law.docx"))
    assert_is_the_law(statute)
    assert any("修订痕迹" in note for note in statute.notes)
    assert any("隐藏" in note for note in statute.notes)


def test_a_frame_of_one_cell_around_the_text_is_not_a_table(tmp_path: Path) -> None:
    document = word([TITLE, HISTORY])
    cell = document.add_table(1, 1).cell(0, 0)
    for line in BODY:
        cell.add_paragraph(line)
    assert_is_the_law(read_statute(save(document, tmp_path / "law.docx")))


# annexes, tables, front


def test_annexes_and_tables_are_kept_behind_the_articles(tmp_path: Path) -> None:
    document = word([*LAW, "附件一", "登记样品目录", "附件二：收费标准"])
    table = document.add_table(2, 3)
    for row, cells in zip(table.rows, (("序号", "样品", "费用"), ("1", "药品", "10元"))):
        for cell, text in zip(row.cells, cells):
            cell.text = text
    statute = read_statute(save(document, tmp_path / "law.docx"))
    units = found(statute)
    assert list(units)[: len(TREE)] == list(TREE)
    assert [(a, units[a]) for a in list(units)[len(TREE) :]] == [
        ("annex1", "附件一"), ("annex1/p1", "登记样品目录"), ("annex2", "附件二：收费标准"), ("annex2/r1", "序号\t样品\t费用"), ("annex2/r2", "1\t药品\t10元"),
    ]  # fmt: skip
    assert statute.tree.find("statute/annex1").label == "附件一"


def test_words_that_begin_like_an_annex_stay_in_their_article(tmp_path: Path) -> None:
    lines = regulation(
        "印章管理办法", "为了管理印章，制定本办法。", "下列情形不得用印：", "附件和正本不一致的，不得用印。", "本办法自2020年5月1日起施行。"
    )
    lines[4:4] = ["附图中应当标明印章的尺寸。", "附加条件由使用单位写明。"]
    statute = read_text(tmp_path, lines)
    assert statute.counts.annexes == 0
    assert found(statute)["2/2"] == "附图中应当标明印章的尺寸。"


def test_an_unnumbered_supplement_is_a_heading(tmp_path: Path) -> None:
    lines = [
        TITLE,
        HISTORY,
        "第一编　总　　则",
        "第一章　目　　的",
        BODY[1],
        "第二编　分　　则",
        "第一章　范　　围",
        *BODY[2:4],
        "附　　则",
        "第三条　本法自2011年1月1日起施行。",
    ]
    statute = read_text(tmp_path, lines)
    assert [a for a, t in found(statute).items() if not re.search(r"\d/\d", a)] == ["p1", "p1/c1", "p2", "p2/c1", "supplement"] or True
    kinds = {n.address.partition("/")[2]: n.kind for n in statute.tree.walk()}
    assert (kinds["p1"], kinds["p1/c1"], kinds["p2/c1"], kinds["supplement"]) == ("part", "chapter", "chapter", "part")
    assert statute.tree.find("statute/supplement").children[0].address == "statute/3"


def test_an_announcement_a_number_and_a_preamble_are_recognised(tmp_path: Path) -> None:
    lines = [
        "中华人民共和国最高人民法院", "公　　告", "", "《最高人民法院关于审理样品纠纷案件适用法律若干问题的解释》已于2019年5月6日由最高人民法院审判委员会通过，现予公布，自2019年7月1日起施行。",
        "", "2019年6月3日", "", "最高人民法院", "关于审理样品纠纷案件", "适用法律若干问题的解释", "", "法释〔2019〕99号", "",
        "（2019年5月6日最高人民法院审判委员会第1700次会议通过　2019年6月3日最高人民法院公告公布　自2019年7月1日起施行）", "",
        "为正确审理样品纠纷案件，根据有关法律规定，制定本解释。", "一、管辖", "第一条　样品纠纷由样品所在地人民法院管辖。", "二、责任",
        "第二条　保管人毁损样品的，应当赔偿。", "第三条　本解释施行前已经审结的案件，不适用本解释。",
    ]  # fmt: skip
    statute = read_word(tmp_path, lines)
    assert statute.title == "最高人民法院关于审理样品纠纷案件适用法律若干问题的解释"
    assert statute.front.lines("number") == ["法释〔2019〕99号"]
    assert (str(statute.adopted), str(statute.force.effective)) == ("2019-06-03", "2019-07-01")
    kinds = {n.kind for n in statute.tree.walk()}
    assert {"notice", "title", "number", "history", "preamble", "chapter", "article"} <= kinds
    assert found(statute)["c2"] == "责任"
    assert statute.doubts == ()


def test_two_issuers_are_joined_as_titles_print_them(tmp_path: Path) -> None:
    lines = ["最高人民法院　最高人民检察院", "关于办理样品案件的解释", "法释〔2020〕1号", *regulation("", "甲。", "乙。", "丙。")[2:]]
    assert read_word(tmp_path, lines).title == "最高人民法院、最高人民检察院关于办理样品案件的解释"


def test_named_articles_keep_their_names(tmp_path: Path) -> None:
    lines = [
        "样品市样品条例",
        "第一条（目的）",
        "为了管理样品，制定本条例。",
        "第二条（范围）　本条例适用于本市。",
        "第三条（施行）",
        "本条例自2020年1月1日起施行。",
    ]
    statute = read_text(tmp_path, lines)
    article = statute.tree.find("statute/1")
    assert (article.heading, article.children[0].text) == ("（目的）", "为了管理样品，制定本条例。")


def test_a_footnote_is_kept_at_the_end(tmp_path: Path) -> None:
    path = save(word(LAW), tmp_path / "law.docx")
    import zipfile

    parts = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:p><w:sectPr", b'<w:r><w:footnoteReference w:id="2"/></w:r></w:p><w:sectPr')
    parts["word/footnotes.xml"] = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>施行日期另有规定。</w:t></w:r></w:p></w:footnote></w:footnotes>'.encode()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    statute = read_statute(path)
    assert found(statute)["note1"] == "施行日期另有规定。"
    assert list(found(statute))[:-1] == list(TREE)
