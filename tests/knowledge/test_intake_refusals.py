"""What is not a statute, or cannot be read, is refused with the reason; what is odd is taken in and doubted."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx.oxml.ns import nsdecls

from knowledge.intake import Refusal, read_statute
from tests.knowledge.sample_law import BODY, HISTORY, LAW, TITLE, regulation, save, text_file, word

STATUTES = Path(os.environ.get("KNOWLEDGE_STATUTES", Path(__file__).parents[3] / "shared" / "statutes"))
needs_statutes = pytest.mark.skipif(not STATUTES.is_dir(), reason="the collected statutes are not on this machine")

AMENDING = [
    "第十三届全国人民代表大会常务委员会第二次会议决定：",
    "一、将第三条修改为：“样品应当登记。”",
    "二、增加一条，作为第四条：“费用由国务院规定。”",
    "本决定自公布之日起施行。",
]
NOT_STATUTES: dict[str, tuple[list[str], str]] = {
    "a decision that amends a law": (["全国人民代表大会常务委员会", "关于修改《中华人民共和国样品登记法》的决定", "", *AMENDING], "修改或者废止法规的文件"),
    "a decision that repeals": (["国务院关于废止部分行政法规的决定", "", "第一条　废止甲条例。", "第二条　废止乙条例。", "第三条　本决定自公布之日起施行。"], "修改或者废止法规的文件"),
    "an amendment": (["中华人民共和国刑法修正案（二十）", HISTORY, "一、将刑法第一条修改为：“略。”", "二、删去刑法第二条。"], "修改或者废止法规的文件"),
    "amendments under another title": (["关于样品登记法的若干规定", *AMENDING], "将第…条修改为"),
    "an amendment in articles": (["中华人民共和国宪法修正案", "第十八条　宪法第一条修改为：“略。”", "第十九条　宪法第二条修改为：“略。”"], "修改或者废止法规的文件"),
    "a draft": (["中华人民共和国样品登记法（修订草案征求意见稿）", *BODY], "草案"),
    "a notice": (["国务院办公厅关于加强样品登记工作的通知", "", "各省、自治区、直辖市人民政府：", "一、加强领导。", "二、抓好落实。"], "不分条"),
    "an interpretation without articles": (["全国人民代表大会常务委员会", "关于《中华人民共和国样品登记法》第三条的解释", HISTORY, "样品，包括赠品。", "（一）甲；", "（二）乙。", "现予公告。"], "没有“第一条”"),
    "a judgment": (["某某市中级人民法院", "民事判决书", "（2020）京01民初1号", "原告：张三。", "被告：李四。", "本院认为，依照第五条的规定，判决如下：", "一、驳回原告的诉讼请求。"], "裁判文书"),
    "a contract": (["房屋租赁合同", "甲方：张三", "乙方：李四", "第一条　甲方将房屋出租给乙方。", "第二条　乙方按月付给甲方租金。", "第三条　甲方、乙方各执一份。"], "合同"),
    "a commentary": (["中华人民共和国样品登记法释义", *BODY], "解说"),
    "an excerpt": (["中华人民共和国样品登记法", "第四十条　样品应当登记。", "第四十一条　费用由国家规定。", "第四十二条　略。"], "摘录"),
    "an article from a newspaper": (["样品登记的意义", "样品登记十分重要。", "我们应当重视。"], "没有“第一条”"),
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_STATUTES)
@pytest.mark.parametrize("kind", ["docx", "txt"])
def test_what_is_no_statute_is_refused_with_the_reason(what: str, kind: str, tmp_path: Path) -> None:
    lines, reason = NOT_STATUTES[what]
    path = save(word(lines), tmp_path / "x.docx") if kind == "docx" else text_file(tmp_path / "x.txt", lines)
    with pytest.raises(Refusal) as refused:
        read_statute(path)
    assert reason in refused.value.reason


def package(document: str | bytes, **others: bytes) -> bytes:
    """A zip with word/document.xml."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
        for name, data in others.items():
            archive.writestr(name, data)
    return out.getvalue()


def body(inner: str) -> str:
    return f"<w:document {nsdecls('w')}><w:body>{inner}</w:body></w:document>"


PICTURE = '<w:p><w:r><w:drawing><a:blip xmlns:a="x"/></w:drawing></w:r></w:p>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + body("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>")
UNREADABLE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "an old .doc under a new name": ("x.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Word"),
    "a docx with a password": ("x.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "a PDF": ("x.docx", lambda: b"%PDF-1.7 ...", "PDF"),
    "RTF": ("x.docx", lambda: b"{\\rtf1 ...", "RTF"),
    "a photograph": ("x.docx", lambda: b"\xff\xd8\xff\xe0....", "图片"),
    "a web page named .docx": ("x.docx", lambda: "<html><body>第一条　为了</body></html>".encode(), "不是 Word 文档"),
    "a spreadsheet": (
        "x.docx",
        lambda: package("", **{"xl/workbook.xml": b"<x/>"}).replace(b"word/document.xml", b"word/docoment.xml"),
        "不是 Word 文档",
    ),
    "a broken zip": ("x.docx", lambda: package(body(""))[:60], "损坏"),
    "broken XML": ("x.docx", lambda: package("<w:document"), "XML 有误"),
    "an entity bomb": ("x.docx", lambda: package(LAUGHS), "实体声明"),
    "a zip bomb": ("x.docx", lambda: package(b" " * (65 * 2**20)), "MB"),
    "a scan": ("x.docx", lambda: package(body(PICTURE * 3)), "扫描件"),
    "an empty document": ("x.docx", lambda: package(body("<w:p/>")), "没有文字"),
    "an empty file": ("x.txt", lambda: b"", "空的"),
    "a program": ("x.txt", lambda: bytes(range(256)) * 20, "不是可读的文字"),
    "English": ("x.txt", lambda: b"Article 1. This law is made for samples. " * 20, "几乎没有中文"),
    "an unknown kind": ("x.wps", lambda: "第一条　为了".encode(), "不认识"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_refused_with_the_reason(what: str, tmp_path: Path) -> None:
    name, data, reason = UNREADABLE[what]
    path = tmp_path / name
    path.write_bytes(data())
    with pytest.raises(Refusal) as refused:
        read_statute(path)
    assert reason in refused.value.reason


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="没有"):
        read_statute(tmp_path / "nothing.docx")


# doubts


def doubts(folder: Path, lines: list[str]) -> str:
    return "\n".join(read_statute(text_file(folder / "law.txt", lines)).doubts)


def changed(old: str, new: str) -> list[str]:
    return [TITLE, HISTORY, *(line.replace(old, new) for line in BODY)]


@pytest.mark.parametrize(
    ("lines", "doubt"),
    [
        ([line for line in LAW if not line.startswith("第五条")], "缺第五条（第四条之一之后就是第六条）"),
        ([line for line in LAW if not line.startswith("第一条")], "缺第一条"),
        (changed("第五条　登记", "第四条　登记"), "第四条出现不止一次"),
        (changed("（二）食品", "（五）食品"), "的项不连续：1、5、3"),
        (changed("（三）国家", "（二）国家"), "里有编号相同的项"),
        ([line for line in LAW if line[0:1] not in ("（", "1", "2") and not line.startswith("前款")] , "却没有分项"),
        (changed("第三条第一款", "第三条第九款"), "引用“本法第三条第九款”，但没有这一款"),
        (changed("前款第二项", "前两款"), "引用“前两款”，但没有这一款"),
        (changed("长期保存的实物", "长期保存的\ufffd物"), "可疑字符"),
        (changed("发给登记证书。", "发给登记证书"), "没有句末标点"),
        (changed("第三章　附", "第五章　附"), "第五章之前缺一章"),
        (["样品的故事", HISTORY, *BODY], "不像法规名称"),
        ([TITLE, *BODY], "没有写明通过或公布日期"),
    ],
)  # fmt: skip
def test_what_is_odd_is_taken_in_and_doubted(lines: list[str], doubt: str, tmp_path: Path) -> None:
    assert doubt in doubts(tmp_path, lines)


def test_a_clean_law_raises_no_doubt(tmp_path: Path) -> None:
    assert doubts(tmp_path, LAW) == ""


def test_words_that_a_careless_check_would_refuse_are_taken_in(tmp_path: Path) -> None:
    for title, first in (
        ("终身学习促进条例", "为了促进学习，制定本条例。"),
        ("最高人民法院关于适用行政诉讼法的解释", "原告、被告，第三人均可以申请。"),
        ("样品租赁合同管理办法", "甲方、乙方应当订立合同。"),
        ("样品合同示范文本管理规定（试行）", "为了推行示范文本，制定本规定。"),
    ):
        lines = regulation(title, first, "原告，被告，上诉人，均应当到庭。", "本规定自2020年1月1日起施行。")
        assert read_statute(text_file(tmp_path / "law.txt", lines)).counts.articles == 3


# the day of force


@pytest.mark.parametrize(
    ("history", "last", "expected"),
    [
        ("（2020年1月2日样品部令第5号公布　自2020年3月1日起施行）", "本办法由样品部解释。", "2020-03-01"),
        ("（2020年1月2日样品部令第5号公布）", "本办法自2020年3月1日起施行。", "2020-03-01"),
        ("（2020年1月2日样品部令第5号公布）", "本办法自二〇二〇年三月一日起施行。", "2020-03-01"),
        ("（2020年1月2日样品部令第5号公布）", "本办法自公布之日起施行。", "2020-01-02"),
        ("（2010年1月2日样品部令第5号公布　根据2020年1月2日《样品部关于修改部分规章的决定》修订）", "本办法自公布之日起施行。", "None"),
        ("（2010年1月2日样品部令第5号公布　根据2020年1月2日《样品部关于修改部分规章的决定》修订）", "本办法自2010年3月1日起施行。", "None"),
        ("（2010年1月2日样品部令第5号公布　2020年1月2日样品部令第9号修订公布）", "本办法自公布之日起施行。", "2020-01-02"),
        ("（2010年1月2日通过　2020年1月2日修订）", "本办法自2020年6月1日起施行。", "2020-06-01"),
        ("（2020年1月2日通过）", "本办法自公布之日起施行。", "None"),
        ("（2020年1月2日样品部令第5号公布）", "本办法自公布之日起三十日后施行。", "None"),
        ("", "本办法自2020年3月1日起施行。", "2020-03-01"),
        ("", "本办法的解释权属于样品部。", "None"),
    ],
)  # fmt: skip
def test_the_day_of_force_is_that_of_this_version_or_null(history: str, last: str, expected: str, tmp_path: Path) -> None:
    lines = regulation("样品管理办法", "甲。", "乙。", last, history=history)
    assert str(read_statute(text_file(tmp_path / "law.txt", lines)).force.effective) == expected


def test_an_order_above_the_title_gives_number_and_day_of_force(tmp_path: Path) -> None:
    order = [
        "样品总局令",
        "第八十号",
        "《样品管理办法》已经样品总局局务会议审议通过，现予公布，自2024年2月1日起施行。",
        "局长　张三",
        "2024年1月2日",
        "",
    ]
    statute = read_statute(text_file(tmp_path / "law.txt", [*order, *regulation("样品管理办法", "甲。", "乙。", "丙。")]))
    assert (statute.title, str(statute.adopted), str(statute.force.effective)) == ("样品管理办法", "2024-01-02", "2024-02-01")
    assert statute.tree.children[0].kind == "notice"


# the collected statutes


@needs_statutes
def test_every_collected_document_is_taken_in_without_loss_or_refused_for_a_good_reason() -> None:
    refused = {}
    taken = {}
    for path in sorted(STATUTES.glob("*.docx")):
        try:
            taken[path.name] = read_statute(path)
        except Refusal as refusal:
            refused[path.name] = refusal.reason
    assert (len(taken), len(refused)) == (47, 12)
    for name in refused:
        assert "修正案" in name or "决定" in name or "解释" in name or "规定" in name or "办法" in name or "通知" in name, name
    for name, statute in taken.items():
        gaps = [doubt for doubt in statute.doubts if not doubt.startswith(("文档里有", "文本没有写明"))]
        assert gaps == [], name


@needs_statutes
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("民法典_2020", (16, 84, 1260)),
        ("国刑法_2020", (3, 15, 505)),
        ("监察法实施条例", (0, 9, 287)),
        ("民用航空法", (0, 16, 215)),
        ("买卖合同", (0, 8, 46)),
    ],
)
def test_the_collected_laws_have_the_printed_number_of_parts_chapters_and_articles(name: str, counts: tuple[int, int, int]) -> None:
    statute = read_statute(next(STATUTES.glob(f"*{name}*")))
    assert (statute.counts.parts, statute.counts.chapters, statute.counts.articles) == counts
