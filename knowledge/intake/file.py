"""Open a file and hand it to the reader for what it really is, whatever its name says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from knowledge.intake.block import BLANK, Reading
from knowledge.intake.plain import read_plain, strip_remnants
from knowledge.intake.refusal import Refusal
from knowledge.intake.word import read_word

MOST_FILE_BYTES = 50 * 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")
_TEXT_SUFFIXES = (".txt", ".md", ".markdown", ".text", "")


def read_file(path: Path) -> Reading:
    """The blocks of a .docx, .txt or .md file. Raises Refusal, with the reason, for everything else."""
    try:
        if not path.is_file():
            raise Refusal(f"没有 {path} 这个文件")
        if path.stat().st_size > MOST_FILE_BYTES:
            raise Refusal(f"文件超过 {MOST_FILE_BYTES // 2**20} MB，不像法规文本")
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"读不了 {path}：{error.strerror}") from error
    reading = _read(data, path.suffix.lower())
    if not any(block.kind != BLANK for block in reading.blocks):
        if reading.pictures:
            raise Refusal(f"文件里只有{reading.pictures}幅图片，没有文字，是扫描件", "请先做文字识别并校对，或提供文字版")
        raise Refusal("文件里没有文字")
    return reading


def _read(data: bytes, suffix: str) -> Reading:
    if not data.strip():
        raise Refusal("文件是空的")
    if data.startswith(b"PK\x03\x04"):
        reading = read_word(data)
        reading.blocks = [replace(block, text=strip_remnants(block.text)) for block in reading.blocks]
        return reading
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Refusal("文件加了密码，读不了", "请去掉密码后再导入")
        raise Refusal("这是旧版 Word 的 .doc 文件（只是改了扩展名也一样），读不了", "请用 Word 或 WPS 打开后另存为 .docx")
    if data.startswith(b"%PDF"):
        raise Refusal("这是 PDF 文件，读不了", "请提供 .docx、.txt 或 .md")
    if data.startswith(b"{\\rtf"):
        raise Refusal("这是 RTF 文件，读不了", "请用 Word 打开后另存为 .docx")
    if data.startswith(_PICTURES):
        raise Refusal("这是图片（扫描件），没有文字可读", "请提供文字版")
    if suffix not in _TEXT_SUFFIXES:
        raise Refusal(f"扩展名是 {suffix}，内容却不是 Word 文档" if suffix == ".docx" else f"不认识 {suffix} 文件", "请提供 .docx、.txt 或 .md")
    return read_plain(data, markdown=suffix in (".md", ".markdown"))
