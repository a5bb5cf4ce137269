"""Numbers that Word counts itself (w:numPr): printed on the page, but standing in no paragraph's text.

Rules: ECMA-376 part 1, 17.9 (abstractNum, lvl, lvlText, numFmt, start, lvlOverride) and 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from knowledge.numerals import to_chinese

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def _letters(value: int) -> str:
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)


def _roman(value: int) -> str:
    out = ""
    for number, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), ["m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"]
    ):
        out += letters * (value // number)
        value %= number
    return out


def _from(first: str) -> Callable[[int], str]:
    return lambda value: chr(ord(first) + value - 1) if 1 <= value <= 20 else str(value)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": "{:02}".format,
    "decimalHalfWidth": str,
    "decimalFullWidth": lambda v: "".join(chr(ord(c) + 0xFEE0) for c in str(v)),
    "decimalFullWidth2": lambda v: "".join(chr(ord(c) + 0xFEE0) for c in str(v)),
    "decimalEnclosedCircle": _from("①"),
    "decimalEnclosedCircleChinese": _from("①"),
    "decimalEnclosedParen": _from("⑴"),
    "decimalEnclosedFullstop": _from("⒈"),
    "ideographEnclosedCircle": lambda v: chr(ord("㊀") + v - 1) if 1 <= v <= 10 else str(v),
    "ideographTraditional": lambda v: _STEMS[(v - 1) % 10],
    "ideographZodiac": lambda v: _BRANCHES[(v - 1) % 12],
    "lowerLetter": _letters,
    "upperLetter": lambda v: _letters(v).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda v: _roman(v).upper(),
    "none": lambda v: "",
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"), to_chinese),
}  # fmt: skip


@dataclass(frozen=True)
class _Level:
    start: int
    form: str
    text: str
    legal: bool
    style: str | None


@dataclass
class Numbering:
    """The numbering definitions of a document and how far each list has counted."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    """numId -> level -> definition."""
    lists: dict[str, str] = field(default_factory=dict)
    """numId -> abstractNumId: lists of one abstract definition count together unless they override the start."""
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Paragraph style -> (numId, level)."""
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    written: int = 0
    unknown: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, numbering: etree._Element | None, styles: etree._Element | None) -> Numbering:
        """From the roots of word/numbering.xml and word/styles.xml (either may be missing)."""
        found = cls()
        if numbering is not None:
            abstract = {_get(a, "abstractNumId"): _levels(a) for a in numbering.iter(f"{W}abstractNum")}
            for num in numbering.iter(f"{W}num"):
                id_, base = _get(num, "numId"), _value(num.find(f"{W}abstractNumId"))
                own = dict(abstract.get(base, {}))
                restarted = False
                for override in num.iter(f"{W}lvlOverride"):
                    own.update(_levels(override))
                    start, level = override.find(f"{W}startOverride"), int(_get(override, "ilvl") or 0)
                    if start is not None and level in own:
                        own[level] = _Level(int(_value(start) or 1), own[level].form, own[level].text, own[level].legal, own[level].style)
                        restarted = True
                found.levels[id_] = own
                found.lists[id_] = f"num{id_}" if restarted else base
        if styles is not None:
            found.styles = _style_lists(styles)
        return found

    def marker(self, paragraph: etree._Element) -> str:
        """The number that Word prints before this paragraph ('' if none); counts on."""
        place = self._place(paragraph)
        if place is None:
            return ""
        id_, level = place
        definition = self.levels[id_][level]
        if definition.form == "bullet":
            return ""
        base = self.lists[id_]
        self.counts[base, level] = self.counts.get((base, level), definition.start - 1) + 1
        for deeper in [key for key in self.counts if key[0] == base and key[1] > level]:
            del self.counts[deeper]
        text = definition.text
        for above in range(level + 1):
            shown = self.levels[id_].get(above)
            if shown is not None and f"%{above + 1}" in text:
                value = self.counts.get((base, above), shown.start)
                text = text.replace(f"%{above + 1}", self._print(value, "decimal" if definition.legal else shown.form))
        self.written += bool(text)
        return text

    def _place(self, paragraph: etree._Element) -> tuple[str, int] | None:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return None
        own = properties.find(f"{W}numPr")
        id_, level = self.styles.get(_value(properties.find(f"{W}pStyle")), ("", 0))
        if own is not None:
            id_ = _value(own.find(f"{W}numId")) or id_
            level = int(_value(own.find(f"{W}ilvl")) or level)
        return (id_, level) if id_ and level in self.levels.get(id_, {}) else None

    def _print(self, value: int, form: str) -> str:
        write = _FORMATS.get(form)
        if write is None:
            self.unknown.add(form)
            write = str
        return write(value)


def _levels(parent: etree._Element) -> dict[int, _Level]:
    return {
        int(_get(lvl, "ilvl") or 0): _Level(
            int(_value(lvl.find(f"{W}start")) or 1),
            _value(lvl.find(f"{W}numFmt")) or "decimal",
            _value(lvl.find(f"{W}lvlText")),
            lvl.find(f"{W}isLgl") is not None,
            _value(lvl.find(f"{W}pStyle")) or None,
        )
        for lvl in parent.findall(f"{W}lvl")
    }


def _style_lists(styles: etree._Element) -> dict[str, tuple[str, int]]:
    """The list of each paragraph style, its own or inherited (w:basedOn)."""
    own: dict[str, tuple[str, int]] = {}
    based: Mapping[str, str] = {_get(s, "styleId"): _value(s.find(f"{W}basedOn")) for s in styles.iter(f"{W}style")}
    for style in styles.iter(f"{W}style"):
        numbers = style.find(f"{W}pPr/{W}numPr")
        if numbers is not None and (id_ := _value(numbers.find(f"{W}numId"))):
            own[_get(style, "styleId")] = (id_, int(_value(numbers.find(f"{W}ilvl")) or 0))
    found = dict(own)
    for style in based:
        above, seen = style, set()
        while above and above not in own and above not in seen:
            seen.add(above)
            above = based.get(above, "")
        if above in own:
            found[style] = own[above]
    return found


def _get(element: etree._Element, name: str) -> str:
    return element.get(f"{W}{name}") or ""


def _value(element: etree._Element | None) -> str:
    return _get(element, "val") if element is not None else ""
