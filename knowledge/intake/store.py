"""Keep a statute that has been read: its text and its catalogue entry in the folder of held documents, then the database.

A text whose title is held already becomes a further version under the same id. Either everything is written or nothing.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.build import Content, ContentError, add, build, fingerprint, has_tables, is_current
from knowledge.catalogue import STATUSES, Document, Version
from knowledge.intake import naming
from knowledge.intake.read import ReadStatute
from knowledge.intake.refusal import Refusal
from knowledge.library import Library
from knowledge.printed import bare
from knowledge.problems import Problems
from knowledge.settings import held_folder
from knowledge.statute import source_lines

_REPEALS = re.compile(r"[^。]*?《[^。]*?废止")


@dataclass(frozen=True)
class Wishes:
    """What the person asked for beside the file. None: derive it. replace: put the text in the place of the held one of the same day."""

    id: str | None = None
    short_title: str | None = None
    effective: datetime.date | None = None
    status: str = "in_force"
    replace: bool = False


@dataclass(frozen=True)
class Plan:
    """Where a statute will be kept. action: new, version, replace, or same (held already, nothing to write)."""

    action: str
    id: str
    text_file: Path
    catalogue_file: Path
    entry: dict[str, Any]
    remarks: tuple[str, ...] = ()


def plan(statute: ReadStatute, source: Path, wishes: Wishes, content: Content) -> Plan:
    """Decide id, names and place. Raises Refusal when the wishes cannot be met or another text of the same day is held."""
    folder = held_folder()
    held = next((d for d in content.documents if d.kind == "statute" and _fold(d.title) == _fold(statute.title)), None)
    id_ = _id(statute, wishes, held, content)
    catalogue = folder / f"{id_}.catalogue.yml"
    if held is None:
        entry, remarks = _entry(statute, id_, wishes, content)
        text_file = folder / f"{id_}.txt"
        if text_file.exists() or catalogue.exists():
            raise Refusal(f"{folder} 里已有 {id_} 的文件，但目录没有登记", "请先核对或删去它们，或用 --id 换一个编号")
        version = _version(statute, text_file, source, wishes)
        return Plan("new", id_, text_file, catalogue, {**entry, "versions": [version]}, (*remarks, *_repeals(statute, content)))
    same = next((v for v in held.versions if _width(_letters(v.text())) == _width(_letters(statute.text))), None)
    if same is not None:
        other = sum(a != b for a, b in zip(_letters(same.text()), _letters(statute.text)))
        return Plan("same", id_, same.file, catalogue, {}, (f"有{other}处标点或数字只是全角、半角不同",) if other else ())
    entry = _entry_of(catalogue, held)
    clash = next((v for v in held.versions if v.adopted == statute.adopted), None)
    if clash is not None:
        own = next((v for v in entry["versions"] if clash.file == folder / v["file"]), None)
        if not wishes.replace or own is None:
            raise Refusal(
                f"库里已有《{held.title}》{clash.adopted} 的文本，与本文件有{_differences(statute, clash)}处不同",
                "用 python -m knowledge diff 查看；确要替换导入的文本时加 --replace"
                if own
                else "库里自带的文本不替换，用 python -m knowledge diff 查看",
            )
        entry["versions"].remove(own)  # written anew below
        text_file = clash.file
    else:
        text_file = folder / f"{id_}-{statute.adopted:%Y%m%d}.txt"
    entry["versions"].append(_version(statute, text_file, source, wishes))
    return Plan("replace" if clash else "version", id_, text_file, catalogue, entry, _repeals(statute, content))


def _id(statute: ReadStatute, wishes: Wishes, held: Document | None, content: Content) -> str:
    taken = {d.id: d for d in content.documents}
    if wishes.id and not (naming.ID.match(wishes.id) and len(wishes.id) <= naming.LONGEST_ID - 4):
        raise Refusal(f"编号 {wishes.id} 不能用", "编号用小写字母、数字和连字符，以字母开头，如 trademark-law")
    if held is not None:
        if wishes.id and wishes.id != held.id:
            raise Refusal(f"《{held.title}》已经收录，编号是 {held.id}", "同一法规的新旧文本放在同一编号下，不要另给 --id")
        return held.id
    if wishes.id:
        if wishes.id in taken:
            raise Refusal(f"编号 {wishes.id} 已用于《{taken[wishes.id].title}》", "换一个 --id")
        return wishes.id
    return naming.make_id(naming.short_title(statute.title), taken)


def _entry(statute: ReadStatute, id_: str, wishes: Wishes, content: Content) -> tuple[dict[str, Any], tuple[str, ...]]:
    if len(statute.title) > naming.LONGEST_TITLE:
        raise Refusal(f"标题有{len(statute.title)}字，太长，不像法规名称")
    short = wishes.short_title or naming.short_title(statute.title)
    free, clashing = naming.without_collisions([statute.title, short], content.documents)
    if statute.title in clashing:
        raise Refusal(f"“{statute.title}”已是另一份文件的名称")
    if short in clashing:
        if wishes.short_title:
            raise Refusal(f"简称“{short}”已是另一份文件的名称", "换一个 --short-title")
        short = statute.title
    number = naming.document_number(statute.front, statute.events)
    names, clashing = naming.without_collisions(naming.aliases(statute.title, short, number), content.documents)
    remarks = (f"别名{'、'.join(f'“{n}”' for n in clashing)}已指别的文件，没有采用",) if clashing else ()
    entry = {
        "id": id_,
        "kind": "statute",
        "title": statute.title,
        "short_title": short,
        "aliases": names,
        "number": number,
        "issuer": naming.issuer(statute.title, statute.front, statute.events, number),
    }
    return entry, remarks


def _entry_of(catalogue: Path, held: Document) -> dict[str, Any]:
    """The entry in the imported document's own catalogue file, or a new one that adds versions to an entry kept elsewhere."""
    if catalogue.exists():
        entry: dict[str, Any] = yaml.load(catalogue.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["documents"][0]
        return entry
    names = {"id": held.id, "kind": held.kind, "title": held.title, "short_title": held.short_title}
    return {**names, "aliases": [], "number": held.number, "issuer": held.issuer, "versions": []}


def _version(statute: ReadStatute, text_file: Path, source: Path, wishes: Wishes) -> dict[str, Any]:
    if wishes.status not in STATUSES:
        raise Refusal(f"状态 {wishes.status} 不认识", f"用 {'、'.join(STATUSES)}")
    version: dict[str, Any] = {"file": text_file.name, "adopted": statute.adopted}
    if number := naming.document_number(statute.front, statute.events):
        version["number"] = number
    if statute.adopted_note:
        version["adopted_note"] = statute.adopted_note
    version |= {
        "effective": wishes.effective or statute.force.effective,
        "status": wishes.status,
        "history": [{"date": e.date, "event": e.event} for e in statute.events],
        "sha256": hashlib.sha256(statute.text.encode()).hexdigest(),
        "source": {
            "file": source.name,
            "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
            "form": statute.form,
            "imported": datetime.date.today(),
        },
        "defects": _defects(statute),
    }
    if statute.doubts:
        version["doubts"] = list(statute.doubts)
    return version


def _defects(statute: ReadStatute) -> list[dict[str, str]]:
    """What was changed or left out on the way in, in the catalogue's form."""
    found = []
    if statute.spaces:
        found.append(
            ("标题、条号、项号前后和数字两旁的空格", "按本库格式", "replaced", f"空格是排版留下的，共{statute.spaces}行；除空白外逐字照来源。")
        )
    if statute.contents:
        found.append((f"目录（{statute.contents}行）", "", "removed", "目录与正文标题重复。"))
    for reason in dict.fromkeys(reason for _, reason in statute.removed):
        printed = "／".join(text for text, why in statute.removed if why == reason)
        found.append((printed, "", "removed", f"{reason}，不属于正文。"))
    return [{"where": "全文", "printed": p, "stands": s, "treatment": t, "reason": r} for p, s, t, r in found]


def _fold(title: str) -> str:
    return re.sub(r"[《》〈〉“”\"、，,·\s]", "", unicodedata.normalize("NFKC", title))


def _letters(text: str) -> str:
    return bare("".join(source_lines(text)))


def _width(letters: str) -> str:
    """Full-width punctuation and digits as half-width ones, each still one letter: print varies, the words do not."""
    return "".join(folded if len(folded := unicodedata.normalize("NFKC", letter)) == 1 else letter for letter in letters)


def _differences(statute: ReadStatute, version: Version) -> int:
    from knowledge.diff import compare
    from knowledge.statute import parse_statute

    return len(compare(parse_statute("statute", version.text()), statute.tree).changes)


def _repeals(statute: ReadStatute, content: Content) -> tuple[str, ...]:
    """Remarks on texts that say of one another that they are repealed."""
    remarks = []
    repealed = "".join(_REPEALS.findall(statute.text))
    for document in content.documents:
        if document.kind != "statute" or _fold(document.title) == _fold(statute.title):
            continue
        if f"《{document.title}》" in repealed:
            remarks.append(f"本文写明废止《{document.title}》，而库里仍按现行收录它（{document.id}），请核对")
        text = document.versions[-1].text()
        if "废止" in text and statute.title in text and any(f"《{statute.title}》" in sentence for sentence in _REPEALS.findall(text)):
            remarks.append(f"《{document.title}》写明《{statute.title}》废止；如果本文已失效，请加 --status repealed 重新导入")
    return tuple(remarks)


# writing


def keep(made: Plan, statute: ReadStatute, before: Content, rebuild: bool = True) -> dict[str, int]:
    """Write the plan's files and the database; returns counts. `before`: the content without them.

    Raises ContentError, with everything as it was, when the content has faults that it did not have before: a name that fits two
    documents, or a topic that the new text in force contradicts (only a further version can bring that about).
    """
    current = rebuild and is_current(Library.open().engine)
    known = set(map(str, before.problems))
    read = before.own_texts().of(made.id)  # before its file is replaced
    with _restored_on_error(made.text_file, made.catalogue_file):
        _write(made.text_file, statute.text)
        entry = yaml.dump({"documents": [made.entry]}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
        _write(made.catalogue_file, f"# Written by `python -m knowledge import`. Format: README.md in knowledge/sources.\n{entry}")
        content = Content()
        found = {str(problem): problem for problem in content.problems}
        if read and content.own_texts().of(made.id) != read and content.rests_on(made.id):
            found = {str(problem): problem for problem in content.check()}
            known |= set(map(str, before.check())) if found else set()
        if new := [problem for words, problem in found.items() if words not in known]:
            raise ContentError(Problems(new))
        if not rebuild:
            return {}
        if not has_tables():
            return build()
        return add(content, made.id, mark=fingerprint() if current else None)


class _Dumper(yaml.SafeDumper):
    """Without anchors: a day that occurs twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@contextmanager
def _restored_on_error(*paths: Path) -> Iterator[None]:
    """Leave the files as they were when anything goes wrong inside."""
    held = {path: path.read_bytes() if path.exists() else None for path in paths}
    try:
        yield
    except BaseException:
        for path, data in held.items():
            if data is not None:
                path.write_bytes(data)
            elif path.exists():
                path.unlink()
        raise


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    os.replace(temporary, path)
