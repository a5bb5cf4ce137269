"""Read the places that a provision's text names: which law, article, paragraph and item, as far as the words say it.

Forms follow 《立法技术规范（试行）（一）》 14 (援引): 本法第五十三条第（二）项, 前款, 前两款, 前条, 本条第一款第五项至第十七项, 商标法第十六条、第十八条.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.numerals import NUMERAL, to_int
from knowledge.structure import Node

_N = NUMERAL.removeprefix("(?:").removesuffix(")")


def _item(group: str) -> str:
    return rf"(?:第?[（(]?(?P<{group}>{_N})[）)]?项)"


_PLACE = re.compile(
    rf"第(?P<a>{_N})条(?:之(?P<i>{_N})(?![、款项条]))?(?:第(?P<p>{_N})款)?{_item('x')}?"
    rf"|(?P<near>前款|前[一二两三四五六]款|本条(?=第)|前条)(?:第(?P<np>{_N})款)?{_item('nx')}?"
    rf"|第(?P<bp>{_N})款{_item('bx')}?"
    rf"|{_item('ix')}"
)
_LINK = re.compile(r"^(?:、|和|及|与|或者|或|以及|，以及|至|到)$")
_THROUGH = ("至", "到")
_SELF = re.compile(r"本(?:法典|法|办法|规定|条例|细则|规则|解释|安排|章程|决定|准则|规程|通则|公约|条约|协定)$")
_THAT = re.compile(r"该(?:法|办法|规定|条例|细则|规则|解释|决定)$")
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》(?:[（(][^（()）]*[）)])?$")
_SHORT_FOR = re.compile(r"《([^《》]+)》[（(]以下(?:统称|简称|称)[：:“‘]*([^（()）“”‘’]{2,20})[”’]?[）)]")
_GENERIC = re.compile(r"[\u4e00-\u9fff]{1,20}(?:法典|法|条例|办法|规定|细则|规则|解释|通则|公约|协定)$")
_BEFORE_NAME = re.compile(
    r".*(?:依照|依据|根据|按照|违反|适用|参照|援引|符合|属于|遵守|执行|触犯|规避|是指|所指|除依|除|由|和|与|及|或者|或|对|将|把|在|以|的|为|依|因|有|了|到|其|可以|应当)"
)
_NEAR = {"前一款": 1, "前款": 1, "前两款": 2, "前二款": 2, "前三款": 3, "前四款": 4, "前五款": 5, "前六款": 6}


@dataclass(frozen=True)
class Spot:
    """A place in a law: article as in addresses (120-1), paragraph and item as integers, None where not said."""

    article: str
    paragraph: int | None = None
    item: int | None = None

    @property
    def path(self) -> str:
        """24/1/6; an item without a paragraph is taken to stand in the first."""
        paragraph = 1 if self.paragraph is None and self.item is not None else self.paragraph
        return "/".join(str(part) for part in (self.article, paragraph, self.item) if part is not None)


@dataclass(frozen=True)
class Mention:
    """Words that name a place. law: name of another law, '' for this one. through: the end of a range (第五项至第十七项).

    explicit: the text says whose place it is (本法, 前款, a law's name) instead of leaving it to be understood.
    """

    printed: str
    law: str
    spot: Spot
    through: Spot | None = None
    explicit: bool = True


def abbreviations(tree: Node) -> dict[str, str]:
    """Short name -> title, from 《…》（以下简称…） anywhere in the text."""
    return {match[2]: match[1] for node in tree.walk() for match in _SHORT_FOR.finditer(node.text)}


def mentions(node: Node, known: Sequence[str], short: Mapping[str, str], before: Mapping[str, str]) -> Iterator[Mention]:
    """The places named in one paragraph, item or sub-item, in printed order.

    known: names of laws, longest first. short: see `abbreviations`. before: article -> the article printed before it.
    """
    chain: list[tuple[str, Mention]] = list(_Reader(node, known, short, before).read())
    position = 0
    while position < len(chain):
        mention = chain[position][1]
        if position + 1 < len(chain) and chain[position + 1][0] in _THROUGH:
            link, last = chain[position + 1]
            mention = replace(mention, printed=mention.printed + link + last.printed, through=last.spot)
            position += 1
        yield mention
        position += 1


class _Reader:
    def __init__(self, node: Node, known: Sequence[str], short: Mapping[str, str], before: Mapping[str, str]) -> None:
        parts = node.address.split("/")
        self.text, self.known, self.short, self.before = node.text, known, short, before
        self.article, self.paragraph = parts[1], int(parts[2].split("~")[0])
        self.named = ""

    def read(self) -> Iterator[tuple[str, Mention]]:
        """(the words that link it to the mention before, '' when there is none; the mention)."""
        last: Mention | None = None
        end = 0
        for match in _PLACE.finditer(self.text):
            link = self.text[end : match.start()]
            above = last if _LINK.match(link) else None
            last = self._mention(match, above)
            if last is not None:
                yield (link if above is not None else ""), last
            end = match.end()

    def _mention(self, match: re.Match[str], above: Mention | None) -> Mention | None:
        number = {name: to_int(value) for name, value in match.groupdict().items() if value and name != "near"}
        if match["a"]:
            article = str(number["a"]) + (f"-{number['i']}" if "i" in number else "")
            spot = Spot(article, number.get("p"), number.get("x"))
            if above is not None:
                return Mention(match[0], above.law, spot, explicit=above.explicit)
            law, words, explicit = self._law(match.start())
            return Mention(words + match[0], law, spot, explicit=explicit)
        if match["near"]:
            return self._near(match, number)
        if match["bp"]:
            at = above.spot.article if above else self.article
            spot = Spot(at, number["bp"], number.get("bx"))
            return Mention(match[0], above.law if above else "", spot, explicit=above is None or above.explicit)
        if above is None or above.spot.item is None:
            return None
        return Mention(match[0], above.law, replace(above.spot, item=number["ix"]), explicit=above.explicit)

    def _near(self, match: re.Match[str], number: Mapping[str, int]) -> Mention | None:
        near = match["near"]
        if near == "本条":
            return Mention(match[0], "", Spot(self.article, number.get("np"), number.get("nx")))
        if near == "前条":
            article = self.before.get(self.article)
            return Mention(match[0], "", Spot(article, number.get("np"), number.get("nx"))) if article else None
        first = self.paragraph - _NEAR[near]
        through = Spot(self.article, self.paragraph - 1) if _NEAR[near] > 1 else None
        return Mention(match[0], "", Spot(self.article, first, number.get("nx")), through)

    def _law(self, start: int) -> tuple[str, str, bool]:
        """(name of another law or '', its printed words, whether the text says it) for an article that begins at `start`."""
        text = self.text[:start]
        if match := _SELF.search(text):
            return "", match[0], True
        if match := _THAT.search(text):
            return self.named, match[0], bool(self.named)
        if match := _TITLE.search(text):
            self.named = match[1]
            return match[1], match[0], True
        name = next((name for name in (*self.short, *self.known) if text.endswith(name)), "")
        if not name and (match := _GENERIC.search(text)):
            name = _BEFORE_NAME.sub("", match[0])
            name = "" if len(name) < 2 or name.startswith("本") or name in ("办法", "规定", "条例", "细则", "解释") else name
        if not name:
            return "", "", False
        self.named = self.short.get(name, name)
        return self.named, name, True
