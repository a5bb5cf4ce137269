"""Figures of a year that the documents do not give are refused, not answered with another year's."""

from __future__ import annotations

import re

from actions.answer import Answer, cite_grounds
from knowledge.library import Library
from knowledge.topics import Topic

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|[、,，到至-])")
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
    citations, _ = cite_grounds(library, topic)
    years = "、".join(f"{year}年" for year in missing)
    return Answer(
        "refuse",
        f"没有{years}的数据",
        f"收录的文件没有写{years}的数。与它最接近的是“{topic.title}”：{topic.answer}",
        reason="not_held",
        topic=topic.id,
        citations=citations,
        slots={"topic": topic.id},
    )
