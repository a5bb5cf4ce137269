"""The project's library with a Patent Law that was amended: 二十年 became 二十五年, the annual fee counts from another day, one article went."""

from __future__ import annotations

import datetime
from pathlib import Path

from knowledge.intake import Imported, Wishes, import_file
from knowledge.settings import SOURCES

CHANGES = (
    ("发明专利权的期限为二十年", "发明专利权的期限为二十五年"),
    ("专利权人应当自被授予专利权的当年开始缴纳年费", "专利权人应当自申请日的次年开始缴纳年费"),
    (
        "根据1992年9月4日",
        "根据2026年6月1日第十四届全国人民代表大会常务委员会第九十九次会议《关于修改〈中华人民共和国专利法〉的决定》第五次修正 根据1992年9月4日",
    ),
)
ADOPTED = datetime.date(2026, 6, 1)


def amended_text(folder: Path) -> Path:
    """The amended law as a file."""
    text = (SOURCES / "patent-law.txt").read_text(encoding="utf-8")
    for old, new in CHANGES:
        assert old in text
        text = text.replace(old, new)
    path = folder / "专利法修正.txt"
    path.write_text(text, encoding="utf-8")
    return path


def take_in(folder: Path, effective: datetime.date) -> Imported:
    """Import the amended law into the library that is set."""
    return import_file(amended_text(folder), Wishes(effective=effective), ADOPTED)
