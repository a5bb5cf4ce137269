"""Read a .docx (ECMA-376 WordprocessingML) into its printed paragraphs, table rows and footnotes.

Only the zip and the XML of the main parts are read, with limits, so that a bomb or an entity trick is refused and nothing is
fetched or run. What Word does not print (deleted text, hidden text, field codes) is left out; what it prints without writing it
(automatic numbers) is put back.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from knowledge.intake.block import BLANK, FOOTNOTE, ROW, TEXT, Block, Reading
from knowledge.intake.refusal import Refusal
from knowledge.intake.word_numbering import Numbering, W

MOST_BYTES = 64 * 2**20
"""Largest part that is unpacked; the longest statute (民法典) has 2.5 MB."""
MOST_ENTRIES = 5000
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_UNPRINTED = {f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "sectPr", "rt", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr")}  # fmt: skip
_INDENT = re.compile(r"^(?:\u3000{2}|[ \t]{2,})")


def read_word(data: bytes) -> Reading:
    """The blocks of a .docx given as bytes. Raises Refusal when it is none or cannot be read."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Refusal("文件已损坏，打不开", "请重新下载，或用 Word 打开后另存为 .docx") from error
    if len(names) > MOST_ENTRIES:
        raise Refusal("压缩包里的文件过多，不像 Word 文档")
    main = "word/document.xml" if "word/document.xml" in names else _main_part(archive, names)
    if main is None:
        raise Refusal("这不是 Word 文档（压缩包里没有 word/document.xml）", "请提供 .docx、.txt 或 .md")
    body = _root(archive, main).find(f"{W}body")
    if body is None:
        raise Refusal("Word 文档里没有正文")
    optional = {
        name: _root(archive, f"word/{name}.xml") if f"word/{name}.xml" in names else None for name in ("numbering", "styles", "footnotes", "endnotes")
    }
    reader = _Reader(Numbering.read(optional["numbering"], optional["styles"]), optional["footnotes"], optional["endnotes"])
    reader.blocks_of(body)
    return reader.finish()


def _main_part(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    """The part that the package names as its text where it has another name than Word gives it (ECMA-376 part 2, 9.3)."""
    if "_rels/.rels" not in names:
        return None
    for relation in _root(archive, "_rels/.rels"):
        target = (relation.get("Target") or "").lstrip("/")
        if (relation.get("Type") or "").endswith("/officeDocument") and target.startswith("word/") and target in names:
            return target
    return None


def _root(archive: zipfile.ZipFile, name: str) -> etree._Element:
    try:
        with archive.open(name) as part:
            data = part.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise Refusal("文件已损坏或加了密码，读不出正文", "请重新下载，或用 Word 打开后另存为 .docx") from error
    if len(data) > MOST_BYTES:
        raise Refusal(f"文档解压后超过 {MOST_BYTES // 2**20} MB，不像法规文本，为安全起见不读")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data.replace(_STRICT, _TRANSITIONAL), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("文档内部的 XML 有误，读不出正文", "请用 Word 打开后另存为 .docx") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal("文档内部带有实体声明（DOCTYPE），Word 不会这样写，为安全起见不读")
    return root


class _Reader:
    """Walks the body once, in printed order."""

    def __init__(self, numbering: Numbering, footnotes: etree._Element | None, endnotes: etree._Element | None) -> None:
        self.numbering = numbering
        self.blocks: list[Block] = []
        self.notes = {kind: _notes(root, kind) for kind, root in (("footnote", footnotes), ("endnote", endnotes))}
        self.footnotes: list[str] = []
        self.pictures = self.formulas = self.symbols = self.hidden = self.deleted = 0

    def finish(self) -> Reading:
        self.blocks += [Block(text, FOOTNOTE) for text in self.footnotes]
        reading = Reading(self.blocks, "docx", pictures=self.pictures)
        for count, note in (
            (self.numbering.written, "{}处编号由 Word 自动编号生成，已按其定义写出"),
            (self.deleted, "{}处修订痕迹中已删除的文字未收"),
            (self.hidden, "{}处隐藏文字未收"),
            (len(self.footnotes), "{}条脚注收在文末"),
        ):
            if count:
                reading.notes.append(note.format(count))
        if self.pictures:
            reading.doubts.append(f"文档里有{self.pictures}幅图片，图中内容没有收录")
        if self.formulas:
            reading.doubts.append(f"文档里有{self.formulas}处公式，只收了其中的字符，请核对")
        if self.symbols:
            reading.doubts.append(f"文档里有{self.symbols}个专用字体的符号，写成了“□”，请核对")
        if self.numbering.unknown:
            reading.doubts.append(f"有不认识的自动编号格式（{'、'.join(sorted(self.numbering.unknown))}），暂按阿拉伯数字写出")
        return reading

    # blocks

    def blocks_of(self, parent: etree._Element) -> None:
        """Read the paragraphs and tables of a body, content control or text box."""
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag not in _UNPRINTED and isinstance(child.tag, str):
                self.blocks_of(_chosen(child))

    def _paragraph(self, paragraph: etree._Element) -> None:
        boxes: list[etree._Element] = []
        text = self.numbering.marker(paragraph) if _has_text(paragraph) else ""
        text += "".join(self._letters(paragraph, boxes))
        for index, line in enumerate(text.split("\n")):
            stripped = line.strip()
            indented = bool(_INDENT.match(line)) or (index == 0 and _first_line_indent(paragraph))
            self.blocks.append(Block(stripped, TEXT if stripped else BLANK, indented, soft=index > 0))
        for box in boxes:
            self.blocks_of(box)

    def _letters(self, element: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag in (f"{W}del", f"{W}moveFrom"):
                self.deleted += 1
            elif tag == f"{W}r" and child.find(f"{W}rPr/{W}vanish") is not None:
                self.hidden += 1
            elif tag in (f"{W}t", f"{_M}t"):
                yield child.text or ""
            elif tag in (f"{W}tab", f"{W}ptab"):
                yield "\t"
            elif tag in (f"{W}br", f"{W}cr"):
                yield "\n"
            elif tag == f"{W}noBreakHyphen":
                yield "-"
            elif tag == f"{W}sym":
                self.symbols += 1
                yield "□"
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                self._note(child)
            elif tag == f"{W}txbxContent":
                boxes.append(child)
            elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
                yield from self._drawing(child, boxes)
            elif tag not in _UNPRINTED and isinstance(tag, str):
                self.formulas += tag == f"{_M}oMath"
                yield from self._letters(_chosen(child), boxes)

    def _drawing(self, drawing: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
        before = len(boxes)
        yield from self._letters(drawing, boxes)
        if len(boxes) == before and any(str(e.tag).endswith(("}blip", "}imagedata", "}OLEObject")) for e in drawing.iter()):
            self.pictures += 1

    def _note(self, reference: etree._Element) -> None:
        kind = "footnote" if reference.tag == f"{W}footnoteReference" else "endnote"
        text = self.notes[kind].get(reference.get(f"{W}id") or "", "")
        if text:
            self.footnotes.append(text)

    def _table(self, table: etree._Element) -> None:
        rows = [_cells(row) for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is table]
        if rows and max(map(len, rows)) == 1:  # a frame around running text, not a table
            for row in rows:
                self.blocks_of(row[0][0])
            return
        for row in rows:
            texts: list[str] = []
            for cell, span in row:
                texts += [self._cell_text(cell), *[""] * (span - 1)]
            if any(texts):
                self.blocks.append(Block("\t".join(texts), ROW))

    def _cell_text(self, cell: etree._Element) -> str:
        if (merged := cell.find(f"{W}tcPr/{W}vMerge")) is not None and merged.get(f"{W}val") != "restart":
            return ""
        outer, self.blocks = self.blocks, []
        self.blocks_of(cell)
        inner, self.blocks = self.blocks, outer
        return " ".join(re.sub(r"\s+", " ", block.text) for block in inner if block.text)


def _chosen(element: etree._Element) -> etree._Element:
    """Of an mc:AlternateContent its first choice: choice and fallback hold the same text twice."""
    if element.tag != f"{_MC}AlternateContent":
        return element
    choice = element.find(f"{_MC}Choice")
    return choice if choice is not None else element


def _cells(row: etree._Element) -> list[tuple[etree._Element, int]]:
    cells = [cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row]
    spans = ((cell, cell.find(f"{W}tcPr/{W}gridSpan")) for cell in cells)
    return [(cell, int(span.get(f"{W}val") or 1) if span is not None else 1) for cell, span in spans]


def _has_text(paragraph: etree._Element) -> bool:
    return any((t.text or "").strip() for t in paragraph.iter(f"{W}t"))


def _first_line_indent(paragraph: etree._Element) -> bool:
    indent = paragraph.find(f"{W}pPr/{W}ind")
    return indent is not None and any((indent.get(f"{W}{name}") or "0").strip("0") for name in ("firstLine", "firstLineChars"))


def _notes(root: etree._Element | None, kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for note in root.iter(f"{W}{kind}") if root is not None else ():
        if note.get(f"{W}type") in (None, "normal"):
            found[note.get(f"{W}id") or ""] = "".join(t.text or "" for t in note.iter(f"{W}t")).strip()
    return found
