"""Read a .txt or .md file: its encoding, and what Markdown and web pages leave around the words."""

from __future__ import annotations

import html
import re
from collections import Counter

from knowledge.intake.block import BLANK, ROW, TEXT, TITLE, Block, Reading
from knowledge.intake.refusal import Refusal
from knowledge.printed import item_mark

_BLOCK_TAG = re.compile(
    r"</?(?:p|div|br|tr|li|ul|ol|table|tbody|thead|h[1-6]|center|section|article|body|html|head|hr)\b[^<>]{0,500}/?>", re.IGNORECASE
)
_CELL_TAG = re.compile(r"</t[dh]>\s*(?=<t[dh]\b)", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|i|u|s|em|strong|span|font|su[bp]|img|small|big|label|input|meta|link|code|del|ins|nobr|o:p|st1:\w+|t[dh]|mark)(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_DROPPED = re.compile(r"<!--.*?-->|<(script|style|title)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_HASHES = re.compile(r"^\s{0,3}(#{1,6})\s*(.*?)\s*#*$")
_EMPHASIS = re.compile(r"(\*{1,3}|__)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\([^)]*\)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_BULLET = re.compile(r"^\s{0,3}(?:[-*+]|>)\s+(?!\d{1,4}\s*[-—–]\s*$)")  # but for a page number: - 1 -
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^```")
_TABLE_RULE = re.compile(r"^\|?[\s:|-]+\|[\s:|-]*$")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\u00ad\u202a\u202b\u202c\u202d\u202e"), None)
_INDENT = re.compile(r"^(?:\u3000+|\t|[ \u00a0]{2,})")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: UTF-8, UTF-16 (with BOM) or GB 18030 (GBK, GB 2312). Raises Refusal for anything else."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or sum(c < " " and c not in "\t\n\r\f\v" for c in text) > len(text) // 200 + 3:
            break
        return text, {"utf-8-sig": "UTF-8", "gb18030": "GB18030", "utf-16": "UTF-16"}[encoding]
    raise Refusal("文件不是可读的文字（既不是 UTF-8，也不是 GBK 编码）", "请提供 .docx，或存为 UTF-8 的 .txt")


def read_plain(data: bytes, markdown: bool) -> Reading:
    """The blocks of a text file given as bytes. Raises Refusal when it cannot be read as Chinese text."""
    text, encoding = decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n").translate(_INVISIBLE)
    if len(_CHINESE.findall(text)) * 5 < len(re.sub(r"\s", "", text)):
        raise Refusal("文件里几乎没有中文，不像中国的法规", "如果是编码问题，请另存为 UTF-8")
    cleaner = _Cleaner(markdown)
    blocks = cleaner.blocks(text)
    reading = Reading(blocks, "md" if markdown else "txt", pictures=cleaner.counts["图片"])
    if encoding != "UTF-8":
        reading.notes.append(f"按 {encoding} 编码读取")
    if cleaned := {k: v for k, v in cleaner.counts.items() if k != "图片"}:
        reading.notes.append("清除标记：" + "、".join(f"{name}{count}处" for name, count in cleaned.items()))
    if reading.pictures:
        reading.doubts.append(f"有{reading.pictures}幅图片，图中内容没有收录")
    return reading


def strip_remnants(text: str) -> str:
    """A paragraph of Word without the tags and character names of the web page it was copied from."""
    return html.unescape(_TAG.sub("", _BLOCK_TAG.sub("", text))).translate(_INVISIBLE).replace("\u00a0", " ")


class _Cleaner:
    """Takes the marks off, counting them."""

    def __init__(self, markdown: bool) -> None:
        self.markdown = markdown
        self.counts: Counter[str] = Counter()

    def blocks(self, text: str) -> list[Block]:
        if self.markdown and (match := _FRONT_MATTER.match(text)):
            self.counts["文件头"] += 1
            text = text[match.end() :]
        text = self._sub(_DROPPED, "\n", text, "网页注释")
        text = _CELL_TAG.sub("\t", text)
        text = self._sub(_BLOCK_TAG, "\n", text, "网页标签")
        text = self._sub(_TAG, "", text, "网页标签")
        unescaped = html.unescape(text)
        self.counts["网页字符"] += len(re.findall(r"&(?:[a-z]{2,8}|#\d+);", text)) if unescaped != text else 0
        blocks = [self._line(line) for line in unescaped.translate(_INVISIBLE).replace("\u00a0", " ").split("\n")]
        self.counts += Counter()
        return _rows([block for block in blocks if block is not None])

    def _sub(self, pattern: re.Pattern[str], to: str, text: str, name: str) -> str:
        text, count = pattern.subn(to, text)
        self.counts[name] += count
        return text

    def _line(self, line: str) -> Block | None:
        if _RULE.match(line):
            self.counts["分隔线"] += 1
            return Block("", BLANK)
        indented = bool(_INDENT.match(line))
        kind = TEXT
        if match := _HASHES.match(line):
            self.counts["标题号#"] += 1
            line, kind = match[2], TITLE if len(match[1]) == 1 else TEXT
        elif self.markdown and "|" in line:
            if _TABLE_RULE.match(line.strip()) and "-" in line:
                return None
            if line.strip().startswith("|"):
                return Block("\t".join(self._words(cell).strip() for cell in line.strip().strip("|").split("|")), ROW)
        if self.markdown and (match := _BULLET.match(line)):
            self.counts["列表号"] += 1
            line = line[match.end() :]
        line = self._words(line).strip()
        return Block(line, kind if line else BLANK, indented)

    def _words(self, text: str) -> str:
        for match in _LINK.finditer(text):
            self.counts["图片" if match[1] else "链接"] += 1
        text = _LINK.sub(lambda m: "" if m[1] else m[2], text)
        text = self._sub(_EMPHASIS, r"\2", text, "强调号*")
        text = self._sub(_EMPHASIS, r"\2", text, "强调号*")
        return _ESCAPED.sub(r"\1", text) if self.markdown else text


def _rows(blocks: list[Block]) -> list[Block]:
    """Mark as table rows the runs of two and more lines with the same number of tabs; a tab elsewhere is just a space."""

    def tabs(block: Block) -> int:
        return block.text.count("\t") if block.kind == TEXT and not item_mark(block.text) and not block.text.startswith("第") else 0

    counts = [tabs(block) for block in blocks]
    out: list[Block] = []
    for n, block in enumerate(blocks):
        if counts[n] and counts[n] in (counts[n - 1] if n else 0, counts[n + 1] if n + 1 < len(counts) else 0):
            out.append(Block(block.text, ROW))
        elif block.kind == ROW:
            out.append(block)
        else:
            out.append(Block(block.text.replace("\t", " "), block.kind, block.indented))
    return out
