"""From one place in a text to the next: 上一条, 下一节, 下一个专栏, 第三段."""

from __future__ import annotations

from knowledge.citation import parse_locator
from knowledge.library import Library, Provision

BELOW = {"款": "paragraph", "段": "paragraph", "项": "item"}
"""What people call the units below an article or a section."""
_SECTIONS = ("subsection", "section", "chapter", "box", "preamble", "notice")
"""What a policy document is read by, the smallest first; a box stands by itself."""
_UNITS = {"专栏": "box", "章": "chapter"}


def step(library: Library, here: Provision, by: int, unit: str = "条") -> Provision | None:
    """The article, or in a policy document the section or box, `by` places further in printed order; None beyond the ends.

    unit: what the person calls it.
    """
    if unit in BELOW:
        return library.neighbour(here.address, by) if here.kind == BELOW[unit] else None
    if here.article is not None:
        return library.neighbour(here.article_address, by)
    section = section_of(library, here)
    kind = _UNITS.get(unit) or (section.kind if section else "section")
    row = library.provisions_of(here.document.id, kind)
    start = _above(library, here, (kind,)) or here
    places = [p.position for p in row]
    if start.position in places:
        wanted = places.index(start.position) + by
    else:  # from a section to the box before or behind it
        before = sum(position < start.position for position in places)
        wanted = before if by > 0 else before - 1
    return row[wanted] if 0 <= wanted < len(row) else None


def section_of(library: Library, here: Provision) -> Provision | None:
    """The smallest section of a policy document that a provision is or stands in; None for the document itself."""
    return _above(library, here, _SECTIONS)


def _above(library: Library, here: Provision, kinds: tuple[str, ...]) -> Provision | None:
    """The nearest of these kinds that a provision is or stands in."""
    found: Provision | None = here
    while found is not None and found.kind not in kinds:
        found = library.provision(found.parent) if found.parent else None
    return found


def paragraph_of(library: Library, here: Provision, number: int) -> Provision | None:
    """The n-th paragraph of the section that a provision of a policy document is or stands in."""
    section = section_of(library, here)
    below = [p for p in library.children(section.address) if p.kind in ("paragraph", "item")] if section else []
    return below[number - 1] if 0 < number <= len(below) else None


def chapter_of(library: Library, here: Provision) -> int | None:
    """The number of the chapter of a statute that a provision stands in."""
    chapter = _above(library, here, ("chapter",))
    return parse_locator(chapter.label)[0].chapter if chapter else None
