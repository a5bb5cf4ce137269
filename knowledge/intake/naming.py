"""What an imported document is called: id, short title, aliases, document number, issuer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pypinyin import lazy_pinyin

from knowledge.catalogue import Document
from knowledge.intake.dates import Event
from knowledge.intake.front import Front
from knowledge.names import fold_name
from knowledge.printed import SPACE, bare

ID = re.compile(r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$")
LONGEST_ID, LONGEST_TITLE, LONGEST_SHORT, LONGEST_NUMBER = 64, 200, 100, 100
"""The widths of the database's columns."""

_COURTS = r"最高人民(?:法院|检察院)(?:、最高人民(?:法院|检察院))*"
_ISSUER_ABOUT = re.compile(rf"^(?:{_COURTS}|国务院|全国人民代表大会(?:常务委员会)?)(?=关于)")
_STATE = "中华人民共和国"
_TRIAL = re.compile(r"[（(](?:试行|暂行)[）)]$")
_DECREE = re.compile(rf"((?:中华人民共和国)?[\u4e00-\u9fff、]{{0,30}}令)[（(]?第{SPACE}*([〇零一二三四五六七八九十百千\d]+){SPACE}*号")
_TITLE_ISSUER = re.compile(
    r"^(最高人民(?:法院|检察院)(?:、最高人民(?:法院|检察院))*|国务院|国家监察委员会|中央军事委员会|全国人民代表大会(?:常务委员会)?)(?=关于|对|批转)"
)
_CONGRESS = re.compile(
    r"(全国人民代表大会(?:常务委员会)?|[\u4e00-\u9fff]{2,12}?(?:省|市|自治区|自治州|自治县)[\u4e00-\u9fff]{0,12}?人民代表大会(?:常务委员会)?)"
)
_BODY = re.compile(
    r"(国务院|最高人民法院|最高人民检察院|国家监察委员会|中央军事委员会|国家[\u4e00-\u9fff]{2,12}?(?:局|委员会|总局)|[\u4e00-\u9fff]{2,14}?(?:部|委员会|总局|人民政府))"
)


def short_title(title: str) -> str:
    """商标法 for 中华人民共和国商标法; a judicial interpretation without its court: 关于审理…的解释."""
    short = _ISSUER_ABOUT.sub("", title.removeprefix(_STATE)) or title
    return short if len(short) <= LONGEST_SHORT else short[:LONGEST_SHORT]


def make_id(short: str, taken: Iterable[str]) -> str:
    """A URL-safe id from the pinyin of the short title (shang-biao-fa), cut at a syllable, with -2, -3 … where it is taken."""
    words = lazy_pinyin(re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]", "", short.removeprefix("关于")))
    words = [re.sub(r"[^a-z0-9]", "", word.lower().replace("ü", "v")) for word in words]
    id_ = ""
    for word in filter(None, words):
        if len(id_) + len(word) + 1 > LONGEST_ID - 4:
            break
        id_ += ("-" if id_ else "") + word
    id_ = id_ if ID.match(id_) else f"law-{id_}".rstrip("-")
    used = set(taken)
    return next(name for name in (id_, *(f"{id_}-{n}" for n in range(2, 10_000))) if name not in used)


def aliases(title: str, short: str, number: str | None) -> list[str]:
    """The obvious other names: with 中国, 我国 and 现行, without 、, without （试行）, by document number."""
    found: list[str] = []
    if title.startswith(_STATE) and not short.startswith(("中国", "国家")):
        found += [f"中国{short}", f"我国{short}", f"现行{short}"]
    for name in (title, short):
        if "、" in name:
            found += [name.replace("、", ""), name.replace("、", "和")]
        if _TRIAL.search(name):
            found.append(_TRIAL.sub("", name))
        if name.startswith("关于") and len(name) > 8:
            found.append(name.removeprefix("关于"))
    if number:
        found.append(number)
        if match := _DECREE.search(number):
            body = match[1].removeprefix(_STATE)
            found += [f"{body}第{match[2]}号", f"{body.removesuffix('令')}第{match[2]}号令"]
    return [name for name in dict.fromkeys(found) if name not in (title, short) and len(name) > 2]


def without_collisions(names: Iterable[str], others: Iterable[Document]) -> tuple[list[str], list[str]]:
    """(free names, names that another document has already). Compared as a reader's words are compared."""
    taken = {fold_name(name) for document in others for name in document.names}
    free: list[str] = []
    refused: list[str] = []
    for name in names:
        (refused if fold_name(name) in taken else free).append(name)
    return free, refused


def document_number(front: Front, events: Iterable[Event]) -> str | None:
    """文号: the line under the title (法释〔2012〕8号), else the decree that published it, as printed; None when the text has none."""
    lines = front.lines("number")
    if lines:
        return bare(lines[0])[:LONGEST_NUMBER]
    history = " ".join(front.lines("history"))
    decrees = [re.sub(r"^.*?日", "", bare(match[1])) + f"第{match[2]}号" for match in _DECREE.finditer(history)]
    if not decrees:
        notice = "".join(bare(line) for line in front.notice)
        decrees = [bare(match[1])[-30:] + f"第{match[2]}号" for match in _DECREE.finditer(notice)][:1]
    return decrees[-1][:LONGEST_NUMBER] if decrees else None


def issuer(title: str, front: Front, events: Iterable[Event], number: str | None) -> str | None:
    """Who made the text, as far as the title, the decree or the last event name it."""
    if match := _TITLE_ISSUER.match(title):
        return match[1]
    if number and "主席令" not in number and (match := _DECREE.search(number)):
        return match[1].removeprefix(_STATE).removesuffix("令") or None
    for event in reversed(list(events)):
        for pattern in (_CONGRESS, _BODY):
            if match := pattern.search(event.event.removeprefix("第").removeprefix("中华人民共和国")):
                return match[1] if pattern is _BODY else re.sub(r"^第?[〇一二三四五六七八九十百]+届", "", match[1])
    return None
