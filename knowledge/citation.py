"""Citations as people write them, and as the law prints them.

    >>> parse_locator("第二十四条第一款第（六）项")[0]
    Citation(article=24, paragraph=1, item=6)

What a citation points at is decided by `knowledge.lookup`; this module knows only how it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from knowledge.numerals import NUMERAL, to_chinese, to_int

_N = NUMERAL.removeprefix("(?:").removesuffix(")")
_OPEN, _CLOSE = r"[（(〔\[]?\s*", r"\s*[）)〕\]]?"
_NUM = rf"第?\s*{_OPEN}({_N}){_CLOSE}\s*"
NOT_A_NUMBER = r"(?!(?<![法定例则办》第\s])一\s*条)"
"""Before the pattern of an article: 这一条 and 下一条 name no number; 专利法一条 does."""
_ARTICLE = rf"{NOT_A_NUMBER}第?\s*({_N})\s*条(?:\s*之\s*({_N})(?![款项条章节年月日]))?"
_LOWER = rf"(?:[\s,，、的]*{_NUM}款)?(?:[\s,，、的]*{_NUM}项)?(?:[\s,，、的]*{_NUM}目)?"
_TO = r"\s*(?:[-—–~～至到]|和到)\s*"
_RANGE = re.compile(rf"第?\s*({_N})\s*条?{_TO}第?\s*({_N})\s*条")
_LIST = re.compile(rf"第?\s*({_N})\s*(?:条)?\s*(?:、|和|与|及|以及)\s*第?\s*({_N})\s*条")
_EXACT = re.compile(_ARTICLE + _LOWER)
_FROM_END = re.compile(rf"倒数第?\s*({_N})\s*条|(最后|末尾|末|最末)(?:的)?(?:那)?一?条")
_FIRST = re.compile(r"(?:第一条|首条|开头(?:的)?(?:那)?一条|最前面?(?:的)?一条)")
_OF = r"\s*[，,、的]?\s*"
_HEADING = re.compile(
    rf"(?=第\s*{NUMERAL}\s*(?:分?编|章|节))(?:第\s*({_N})\s*编)?{_OF}(?:第\s*({_N})\s*分编)?{_OF}(?:第\s*({_N})\s*章(?:{_OF}第?\s*({_N})\s*节)?)?"
    rf"{_OF}(?:第\s*({_N})\s*节)?"
)
_LOWER_ALONE = re.compile(rf"^{_LOWER}$")


@dataclass(frozen=True)
class Citation:
    """Where in a law: numbers are integers; None where the writer did not narrow it.

    to_article: last article of a range. from_end: 1 for the last article, 2 for the one before. A chapter or
    section asked for as a whole has `chapter`/`section` and no article; part and subpart are the 编 and 分编 it stands in.
    """

    article: int | None = None
    inserted: int | None = None
    paragraph: int | None = None
    item: int | None = None
    subitem: int | None = None
    to_article: int | None = None
    from_end: int | None = None
    chapter: int | None = None
    section: int | None = None
    part: int | None = None
    subpart: int | None = None

    def __repr__(self) -> str:
        given = ((f.name, getattr(self, f.name)) for f in fields(self))
        return "Citation(" + ", ".join(f"{name}={value}" for name, value in given if value is not None) + ")"

    def __str__(self) -> str:
        """As a statute prints it: 第二十四条第一款第六项."""
        if self.from_end is not None:
            return "最后一条" if self.from_end == 1 else f"倒数第{to_chinese(self.from_end)}条"
        if self.article is None:
            pairs = (
                ("编", self.part),
                ("分编", self.subpart),
                ("章", self.chapter),
                ("节", self.section),
                ("款", self.paragraph),
                ("项", self.item),
                ("目", self.subitem),
            )
            return "".join(f"第{to_chinese(value)}{unit}" for unit, value in pairs if value is not None)
        text = f"第{to_chinese(self.article)}条" + (f"之{to_chinese(self.inserted)}" if self.inserted else "")
        if self.to_article is not None:
            return f"{text}至第{to_chinese(self.to_article)}条"
        for unit, value in (("款", self.paragraph), ("项", self.item), ("目", self.subitem)):
            text += f"第{to_chinese(value)}{unit}" if value is not None else ""
        return text

    @property
    def path(self) -> str:
        """The address below the document: 24/1/6. An item without a paragraph is looked for in the first one."""
        if self.article is None:
            pairs = (("p", self.part), ("u", self.subpart), ("c", self.chapter), ("s", self.section))
            return "/".join(f"{letter}{value}" for letter, value in pairs if value is not None)
        parts = [f"{self.article}" + (f"-{self.inserted}" if self.inserted else "")]
        paragraph = 1 if self.paragraph is None and self.item is not None else self.paragraph
        for value in (paragraph, self.item, self.subitem):
            if value is None:
                break
            parts.append(str(value))
        return "/".join(parts)


def _value(text: str | None) -> int | None:
    return to_int(text) if text else None


def parse_locator(text: str) -> list[Citation]:
    """Every place that `text` names, in order; an empty list when it names none.

    `text` should be normalised (`knowledge.normalise.clean` is enough). Ranges (50到52条) give one citation
    with `to_article`; lists (第五条、第六条) give one each; 最后一条 and 倒数第二条 give `from_end`.
    """
    if match := _FROM_END.search(text):
        return [Citation(from_end=_value(match[1]) or 1)]
    if (match := _RANGE.search(text)) and to_int(match[1]) < to_int(match[2]):
        return [Citation(article=to_int(match[1]), to_article=to_int(match[2]))]
    found: dict[Citation, None] = {}
    if match := _LIST.search(text):
        if _EXACT.match(text, match.start()) is None or "条" not in match[0][:-1]:
            found[Citation(article=to_int(match[1]))] = None
    for match in _EXACT.finditer(text):
        article, inserted, paragraph, item, subitem = map(_safe, match.groups())
        if article is not None:
            found[Citation(article, inserted, paragraph, item, subitem)] = None
    if found:
        return list(found)
    if match := _HEADING.search(text):
        part, subpart, chapter, section, alone = map(_safe, match.groups())
        return [Citation(chapter=chapter, section=section or alone, part=part, subpart=subpart)]
    return []


def parse_lower(text: str) -> Citation | None:
    """A place within an article whose number is not said (第二款, 第（三）项, 第一款第二项), or None."""
    match = re.search(rf"{_NUM}款(?:[\s的]*{_NUM}项)?|{_NUM}项", text)
    if match is None or "条" in text:
        return None
    paragraph, item, alone = map(_safe, match.groups())
    return Citation(paragraph=paragraph, item=item if item is not None else alone)


def _safe(text: str | None) -> int | None:
    try:
        return _value(text)
    except ValueError:
        return None
