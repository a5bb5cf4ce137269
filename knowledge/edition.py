"""One text of a document, picked by words such as `patent-law`, `patent-law@2009-10-01` or a file, for comparing and exporting."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from knowledge.build import Content
from knowledge.catalogue import Document, Version
from knowledge.structure import Node
from knowledge.versions import applying, statuses


class NoSuchEdition(LookupError):
    """What was asked for is not there; the message says so in Chinese."""


@dataclass(frozen=True)
class Edition:
    """A version of a held document with its tree and its status on `on`; for a file outside the library only `tree` and `name` are given."""

    name: str
    tree: Node
    document: Document | None = None
    version: Version | None = None
    status: str | None = None


def held_edition(content: Content, wanted: str) -> Edition:
    """`ID` (the version that applies today), `ID@DAY` (the one adopted on that day, else the one that applied on it).

    ID may also be any name of the document. Raises NoSuchEdition.
    """
    name, _, day_text = wanted.partition("@")
    document = next((d for d in content.documents if name == d.id or name.strip("《》") in d.names), None)
    if document is None:
        raise NoSuchEdition(f"库里没有“{name}”，也没有这个文件。用 python -m knowledge documents 查看编号。")
    try:
        day = datetime.date.fromisoformat(day_text) if day_text else datetime.date.today()
    except ValueError:
        raise NoSuchEdition(f"“{day_text}”不是日期，应写成 {document.id}@2020-10-17 的样子。") from None
    found = statuses(document.versions, day)
    index = next((n for n, v in enumerate(document.versions) if day_text and v.adopted == day), None)
    if index is None:
        index = applying(found)
        if day_text and found[index] == "not_yet_in_force":
            days = "、".join(str(v.adopted) for v in document.versions)
            raise NoSuchEdition(f"库里的《{document.title}》在 {day} 还没有施行；库里的版本是：{days}。")
    version = document.versions[index]
    return Edition(f"{document.title}（{version.adopted}）", content.tree(document, index), document, version, found[index])


def edition(content: Content, wanted: str) -> Edition:
    """A held edition (see `held_edition`) or, where `wanted` is a file, the statute in it. Raises NoSuchEdition or intake's Refusal."""
    from knowledge.intake import read_statute

    path = Path(wanted)
    if path.is_file():
        statute = read_statute(path)
        return Edition(f"{statute.title}（{path.name}）", statute.tree)
    return held_edition(content, wanted)
