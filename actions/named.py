"""A question that names a document is answered from it: 2021年工作指引里…, 按著作权法…."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.turn import Candidate, Turn
from knowledge.library import Library
from knowledge.snapshot import snapshot

WORDS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"2014(?:年|那年|那一年)?(?:的|那个|那份|这份)*(?:战略)?(?:行动)?(?:计划|文件)?|行动计划"), ("ip-strategy-action-plan-2014",)),
    (
        re.compile(r"2021(?:年|那年|那一年)?(?:的|那个|那份|这份)*(?:高质量发展)?(?:工作)?指引|(?:工作|高质量发展)?指引"),
        ("ip-quality-guidance-2021",),
    ),
    (re.compile(r"重庆|渝"), ("chongqing-ip-14th-plan", "chongqing-ip-outline")),
    (
        re.compile(r"全国|国家(?!知识产权局|机关|秘密|利益|安全)|中央"),
        ("ip-14th-plan", "ip-powerhouse-outline", "ip-quality-guidance-2021", "patent-conversion-action-plan"),
    ),
    (re.compile(r"著作权|版权"), ("copyright-law",)),
    (re.compile(r"专利|实用新型|外观设计"), ("patent-law",)),
    (re.compile(r"地理标志|地标"), ("gi-product-measures",)),
    (re.compile(r"集体商标|证明商标"), ("collective-mark-rules",)),
)
"""What people say for documents that they do not name."""
_BOOST, _MENTIONED = 12.0, 3.0
"""How much likelier a topic is that mainly rests on a named document, and one that rests on it, too."""
_LEAST = 0.004
_SURE = 0.3
_HOME = re.compile(r"中国|国内|我国|回国|优先权|进口|来华|在华")
_ABROAD, _GRANTED_ABROAD = 4.0, 1000.0
"""How much likelier a country's own law is where that country is named and nothing of China, and where the right was granted there."""
_GRANTED = re.compile(r"在[^，。？?,]{1,8}?(?:拿到|取得|获得|注册|登记|授权|批|申请)(?:下来|到|了|过)?的[^，。？?,]{0,8}(?:专利|外观|实用新型)")


def named_documents(library: Library, turn: Turn) -> tuple[str, ...]:
    """Ids of the held documents that the turn names."""
    return tuple(dict.fromkeys(n.id for n in snapshot(library).names.find(turn.text) if n.id))


def documents_meant(library: Library, turn: Turn, current: str) -> frozenset[str]:
    """Ids of the documents that the turn names or has the words for. current: the document that the conversation is on; where that is no
    statute, 国家 and 重庆 stand for documents, too."""
    statutes = _statutes(library)
    worded = {document for pattern, documents in WORDS if pattern.search(turn.text) for document in documents}
    return frozenset(named_documents(library, turn)) | (worded & statutes if current in statutes else worded)


def leaves(library: Library, current: str, meant: frozenset[str]) -> bool:
    """Is the conversation on a statute, and another one meant?"""
    statutes = _statutes(library)
    return current in statutes and bool(meant & statutes) and current not in meant


def _statutes(library: Library) -> frozenset[str]:
    return frozenset(document.id for document in library.documents() if document.kind == "statute")


def with_words(library: Library, turn: Turn) -> Turn:
    """The turn without candidates that are never meant without certain words (the law of a country that is not named)."""
    topics = snapshot(library).topics
    said = f"{turn.text} {turn.memory.get('question') or ''}"

    def meant(topic_id: str) -> bool:
        topic = topics.get(topic_id)
        return topic is None or topic.only_with is None or bool(re.search(topic.only_with, said))

    def weight(candidate: Candidate) -> float:
        topic = topics.get(candidate.topic)
        abroad = topic is not None and topic.only_with is not None and not _HOME.search(turn.text) and bool(re.search(topic.only_with, turn.text))
        factor = 1.0 if not abroad else _GRANTED_ABROAD if _GRANTED.search(turn.text) else _ABROAD
        return candidate.probability * factor if meant(candidate.topic) else 0.0

    weights = {c.topic: weight(c) for c in turn.candidates}
    left = 1.0 - sum(c.probability for c in turn.candidates) + sum(weights.values())
    kept = [Candidate(topic, w / left) for topic, w in weights.items() if w > 0 and left > 0]
    if turn.exact or not kept or all(weights[c.topic] == c.probability for c in turn.candidates):
        return turn
    ranked = tuple(sorted(kept, key=lambda c: -c.probability))
    best = ranked[0].probability
    verdict = "sure" if best >= _SURE else "choose" if best >= _SURE / 2 else "weak"
    return replace(turn, candidates=ranked, verdict=verdict)


def prefer_named(library: Library, turn: Turn) -> Turn:
    """The turn with the candidates that rest on a named held document brought forward, unless the best one already does."""
    kept, named = snapshot(library), named_documents(library, turn)
    if not named or turn.exact or not turn.candidates:
        return turn

    def weight(candidate: Candidate) -> float:
        topic = kept.topics.get(candidate.topic)
        if topic is None or not topic.grounds:
            return 1.0
        documents = [ground.at.split("/")[0] for ground in topic.grounds]
        return _BOOST if documents[0] in named else _MENTIONED if set(documents) & set(named) else 1.0

    if weight(turn.candidates[0]) == _BOOST or not any(weight(c) > 1 and c.probability >= _LEAST for c in turn.candidates):
        return turn
    weights = [Candidate(c.topic, c.probability * weight(c)) for c in turn.candidates]
    total = sum(c.probability for c in weights)
    ranked = sorted((Candidate(c.topic, c.probability / total) for c in weights), key=lambda c: -c.probability)
    verdict = "sure" if weight(ranked[0]) > 1 and ranked[0].probability >= _SURE else turn.verdict
    return replace(turn, candidates=tuple(ranked), verdict=verdict)
