"""Which provisions of the statutes the topics rest on, down to paragraph and item, and why the rest need no topic.

A unit is covered when a topic names its address as a ground, and so has quoted it; the opening words of a list also when one
of its items is covered. `topics/exclusions.yml` names the units that nobody asks about, each with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.problems import Problem, Problems
from knowledge.settings import TOPICS
from knowledge.structure import Node
from knowledge.topics import Topic
from knowledge.yaml_faults import fault

FILE = TOPICS / "exclusions.yml"
UNITS = ("paragraph", "item", "subitem")


@dataclass(frozen=True)
class Covered:
    """One article, paragraph, item or sub-item: the topics that rest on it, and the reason if it is excluded. Both empty: a gap."""

    address: str
    label: str
    kind: str
    topics: tuple[str, ...]
    reason: str

    @property
    def is_gap(self) -> bool:
        return not self.topics and not self.reason


def read_exclusions(path: Path = FILE) -> dict[str, str]:
    """Address -> reason. Raises OSError, or ValueError that says in Chinese what is wrong."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        reasons = {str(entry["at"]): str(entry["reason"] or "") for entry in data["exclusions"] or ()}
    except yaml.MarkedYAMLError as error:
        found = fault(error, path.read_text(encoding="utf-8"))
        raise ValueError(f"第 {found.line} 行：{found.what}，{found.remedy}") from None
    except (KeyError, TypeError) as error:
        raise ValueError(f"开头要有 exclusions，每条要有 at 和 reason（{error}）") from None
    for address, reason in reasons.items():
        if not reason:
            raise ValueError(f"{address} 没有写 reason")
    return reasons


def coverage(tree: Node, topics: Iterable[Topic], excluded: Mapping[str, str]) -> Iterator[Covered]:
    """Every article of a statute and every unit below it, in printed order. An exclusion holds for what stands below it too."""
    by_address: dict[str, list[str]] = {}
    for topic in topics:
        for address in dict.fromkeys(ground.at for ground in topic.grounds):
            by_address.setdefault(address, []).append(topic.id)
    for article in tree.walk():
        if article.kind == "article":
            yield from _below(article, by_address, excluded, "")


def _below(node: Node, by_address: Mapping[str, list[str]], excluded: Mapping[str, str], above: str) -> Iterator[Covered]:
    reason = above or excluded.get(node.address, "")
    if node.kind == "article" or (node.kind in UNITS and (node.heading or node.text)):
        through = node.walk() if any(child.kind in UNITS for child in node.children) else (node,)
        found = dict.fromkeys(topic for part in through for topic in by_address.get(part.address, ()))
        yield Covered(node.address, node.label, node.kind, tuple(found), reason)
    for child in node.children:
        yield from _below(child, by_address, excluded, reason)


def gaps(found: Iterable[Covered]) -> Iterator[Covered]:
    """The gaps that do not stand in another: an article of which nothing is covered once, not again with each of its paragraphs."""
    above = None
    for unit in found:
        if unit.is_gap and not (above and unit.address.startswith(f"{above}/")):
            above = unit.address
            yield unit


def exclusion(unit: Covered) -> str:
    """The line that excludes a unit, its reason still to be written."""
    return f"  - {{at: {unit.address}, reason: 待写主题}}"


def check(trees: Iterable[Node], topics: Iterable[Topic], problems: Problems, path: Path = FILE) -> list[Covered]:
    """Report every unit without a topic or a reason, and every exclusion that excludes nothing; give all units."""
    try:
        excluded = read_exclusions(path)
    except (OSError, ValueError) as error:
        problems.add(Problem(path, 1, f"排除清单无法读取：{error}", "每条写成“  - {at: 地址, reason: 理由}”，各占一行。"))
        return []
    known = list(topics)
    found = [unit for tree in trees for unit in coverage(tree, known, excluded)]
    for unit in gaps(found):
        what = f"{unit.label}（{unit.address}）没有任何主题依据它。"
        problems.add(Problem(path, 1, what, f"写一个以它为 grounds 的主题，或在这个文件里加一行：{exclusion(unit)}"))
    by_address = {unit.address: unit for unit in found}
    for address in excluded:
        if address not in by_address:
            problems.add(Problem(path, 1, f"没有 {address} 这一条款。", "改正地址，或删去这一条排除。"))
        elif by_address[address].topics:
            problems.add(Problem(path, 1, f"{address} 已有主题 {by_address[address].topics[0]}，不需要排除。", "删去这一条排除。"))
    return found
