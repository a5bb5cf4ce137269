"""A law written for the tests, in the form in which the national database gives laws, and ways of writing it to files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import docx
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

TITLE = "中华人民共和国样品登记法"
HISTORY = (
    "（2001年3月1日第九届全国人民代表大会常务委员会第二十次会议通过　根据2010年4月1日第十一届全国人民代表大会常务委员会"
    "第十四次会议《关于修改〈中华人民共和国样品登记法〉的决定》修正）"
)
CONTENTS = ["目　　录", "第一章　总　　则", "第二章　登　　记", "　　第一节　申　　请", "　　第二节　审　　查", "第三章　附　　则"]
BODY = [
    "第一章　总　　则",
    "第一条　为了规范样品的登记和保管，保护申请人的合法权益，方便有关单位查询登记簿，促进样品的合理利用，制定本法。",
    "第二条　本法所称样品，是指供检验使用并且能够长期保存的实物，包括与实物同时提交的包装、标签、说明书和照片。",
    "样品由登记机关在专门的库房里妥善保管，登记机关不得擅自使用样品，也不得把样品交给申请人以外的单位和个人。",
    "第三条　下列样品应当登记：",
    "（一）药品；",
    "（二）食品：",
    "1.预包装食品；",
    "2.散装食品；",
    "（三）国家规定应当登记的其他样品。",
    "前款第二项规定的样品，应当分别登记，每一件样品单独编一个号码，号码由登记机关在收到样品的当日统一编定。",
    "第二章　登　　记",
    "第一节　申　　请",
    "第四条　申请登记，应当向登记机关提交申请书和两件相同的样品，申请书应当写明样品的名称、来源、数量和取得的日期。",
    "第四条之一　登记机关可以收取保管费，保管费的标准由国务院价格主管部门规定，登记机关不得在标准以外收取其他费用。",
    "第二节　审　　查",
    "第五条　登记机关应当在三十日以内审查完毕，认为符合本法第三条第一款规定的，予以登记并且发给登记证书。",
    "第三章　附　　则",
    "第六条　本法自2001年7月1日起施行。",
]
LAW = [TITLE, "", HISTORY, "", *CONTENTS, "", *BODY]
ARTICLES = ["1", "2", "3", "4", "4-1", "5", "6"]
TREE = {
    "c1": "总则", "1/1": "为了规范样品", "2/1": "本法所称样品", "2/2": "样品由登记机关", "3/1": "下列样品应当登记：", "3/1/1": "药品；",
    "3/1/2": "食品：", "3/1/2/1": "预包装食品；", "3/1/2/2": "散装食品；", "3/1/3": "国家规定", "3/2": "前款第二项", "c2": "登记", "c2/s1": "申请",
    "4/1": "申请登记", "4-1/1": "登记机关可以", "c2/s2": "审查", "5/1": "登记机关应当", "c3": "附则", "6/1": "本法自2001年",
}  # fmt: skip
"""Address below the law -> the beginning of its own words."""


def letters(lines: Iterable[str]) -> str:
    """All letters, without white space."""
    return re.sub(r"\s", "", "".join(lines))


def regulation(title: str, *articles: str, history: str = "") -> list[str]:
    """A short regulation: title, history and articles numbered from one."""
    numbers = "一二三四五六七八九十"
    return [title, history, *(f"第{numbers[n]}条　{text}" for n, text in enumerate(articles))]


def word(lines: Iterable[str]) -> Word:
    """A Word document, one paragraph a line."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return document


def save(document: Word, path: Path) -> Path:
    """Write the document and return its path."""
    document.save(str(path))
    return path


def text_file(path: Path, lines: Iterable[str], encoding: str = "utf-8", end: str = "\n") -> Path:
    """Write lines to a text file and return its path."""
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def add_numbering(document: Word, form: str, text: str) -> int:
    """Define an automatic list (numFmt, lvlText such as 第%1条) and return its id."""
    numbering = document.part.numbering_part.element
    number = 90 + len(numbering)
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            f'<w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))
    return number


def number_paragraph(paragraph: docx.text.paragraph.Paragraph, list_id: int) -> None:
    """Let Word count this paragraph in the list."""
    properties = paragraph._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{list_id}"/></w:numPr>'))
