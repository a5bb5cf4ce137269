"""What the documents do not give is refused, not answered with another year's figure or from another document than the one named."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.answer import Answer, cite_grounds
from knowledge.library import Library
from knowledge.topics import Topic

_RUNS = re.compile(r"[\u4e00-\u9fff]+")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|[、,，到至-])")
_LEAST = 4  # letters that the question and a passage share, to be sure that they speak of the same thing
_FIGURE = re.compile(r"多少|几个|几件|几家|几亿|数量|金额|规模|完成|达到|目标|实际|比例|占比|增长")


def other_year(library: Library, topic: Topic, text: str) -> Answer | None:
    """A refusal when a policy figure is asked for a year that neither the topic nor its passages name; else None."""
    documents = {document.id: document for document in library.documents()}
    held = documents.get(topic.area)
    if held is None or held.kind != "policy" or not _FIGURE.search(text):
        return None
    asked = set(_YEAR.findall(text))
    provisions = [library.provision(ground.at) for ground in topic.grounds]
    known = " ".join([topic.answer, topic.title, *(g.quote for g in topic.grounds), *(p.full_text + p.document.title for p in provisions if p)])
    known += " ".join(item.text for section in topic.sections for item in section.items)
    missing = sorted(asked - set(re.findall(r"(?:19|20)\d{2}", known)))
    if not missing:
        return None
    years = "、".join(f"{year}年" for year in missing)
    return _refusal(library, topic, f"没有{years}的数据", f"收录的文件没有写{years}的数。")


def written_elsewhere(library: Library, topic: Topic, text: str, named: Sequence[str]) -> Answer | None:
    """A refusal when the question names one policy document and asks for what only other documents write; else None.

    That is so where the question shares words of four letters and more with passages from other documents, and the document that it
    names does not contain those words anywhere.
    """
    documents = {document.id: document for document in library.documents()}
    asked = [documents[id_] for id_ in named if id_ in documents and documents[id_].kind == "policy"]
    elsewhere = [ground.quote for ground in topic.grounds if ground.at.split("/")[0] not in named]
    if len(asked) != 1 or not elsewhere:
        return None
    here = "".join(unit.heading + unit.text for unit in library.units(asked[0]))
    missing = sorted({words for quote in elsewhere for words in shared(text, quote) if words not in here}, key=len)
    if not missing or any(words in here for ground in topic.grounds if ground.at.split("/")[0] in named for words in shared(text, ground.quote)):
        return None
    title = asked[0].short_title
    return _refusal(library, topic, f"《{title}》没有写这一项", f"《{title}》里没有写“{missing[-1]}”。")


def shared(one: str, other: str, least: int = _LEAST) -> set[str]:
    """The longest runs of at least `least` Chinese letters that stand in both texts."""
    found: set[str] = set()
    for run in _RUNS.findall(one):
        start = 0
        while start + least <= len(run):
            end = start + least
            if run[start:end] not in other:
                start += 1
                continue
            while end < len(run) and run[start : end + 1] in other:
                end += 1
            found.add(run[start:end])
            start = end
    return found


def _refusal(library: Library, topic: Topic, title: str, why: str) -> Answer:
    citations, _ = cite_grounds(library, topic)
    return Answer(
        "refuse",
        title,
        f"{why}与它最接近的是“{topic.title}”：{topic.answer}",
        reason="not_held",
        topic=topic.id,
        citations=citations,
        slots={"topic": topic.id},
    )
