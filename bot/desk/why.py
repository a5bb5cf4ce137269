"""The whole way of an answer, in words that an editor can read: from the person's words to the provisions read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jieba

from bot.desk.conversation import Conversation
from bot.desk.trace import Reading
from bot.desk.words import INTENTS
from bot.nlu.recognition.features import concepts_in, learn_legal_words, squeeze
from bot.nlu.recognition.model import Recogniser
from knowledge.deadlines import rules_for
from knowledge.library import Library
from knowledge.normalise import normalise
from knowledge.snapshot import snapshot

_MOST_CANDIDATES = 8
_LEAST = 0.001  # probability of a candidate that is worth a line
_VERDICTS = {
    "sure": "有把握，直接回答（或按主题拒答）",
    "choose": "两三个主题接近，请用户选",
    "weak": "没有把握，列出可能有关的条款",
    "foreign": "肯定不在收录范围内，但说不准是哪一类",
    "none": "认不出来",
}
_ACTS = {
    "look_up": "按条号查条款",
    "neighbour": "上一条、下一条",
    "lower": "某款、某项",
    "same_number": "另一部法律的同号条",
    "verbatim": "要看原文",
    "which_law": "说出了法律名称",
    "choose": "选第几个",
    "restart": "重新开始",
    "feedback": "评价上一个回答",
}
_ENTITIES = {"law": "法律", "place": "条款位置", "patent_kind": "专利种类", "date": "日期", "period": "期间", "amount": "数额"}
_VIEWS = {"c": "字", "w": "词", "k": "概念", "p": "音"}


def why(talk: Conversation, recogniser: Recogniser, read: Reading, library: Library) -> str:
    """The way of the last answer, one heading a line."""
    blocks = [*_words(talk.message), *_recognised(talk.message, recogniser, library), *_led(talk), *_answered(talk, read, library)]
    return "\n".join(f"{heading}：{content}" for heading, content in blocks if content)


def _words(message: dict[str, Any]) -> Iterator[tuple[str, str]]:
    text = normalise(message["text"])
    learn_legal_words()
    yield "归一化", text
    yield "对话动作", f"{message['act']}（{_ACTS.get(message['act'], '')}）" if message["act"] else "无（当作问题交给识别器）"
    yield "词", " / ".join(word for word in jieba.lcut(text) if word.strip())
    yield "概念", "、".join(concepts_in(squeeze(text))) or "无"
    marked = (f"{_ENTITIES.get(e['entity'], e['entity'])} {text[e['start'] : e['end']]}→{e['value']}" for e in message["entities"])
    yield "实体", "；".join(marked) or "无"


def _recognised(message: dict[str, Any], recogniser: Recogniser, library: Library) -> Iterator[tuple[str, str]]:
    found = message["recognition"]
    topics = snapshot(library).topics
    lines = []
    for candidate in found["candidates"][:_MOST_CANDIDATES]:
        if candidate["probability"] >= _LEAST:
            topic = topics.get(candidate["topic"])
            lines.append(f"{candidate['probability']:7.3f}  {candidate['topic']}  {topic.question if topic else '（库里没有这个主题）'}")
    yield "候选主题", "".join(f"\n  {line}" for line in lines) or "无"
    said = f"{found['verdict']}（{_VERDICTS.get(found['verdict'], '')}），把握 {found['confidence']:.3f}"
    yield "识别结论", said + ("；就是本库自己的一句问话" if found["exact"] else "")
    limits = recogniser.thresholds
    yield "界线", f"直接回答 ≥{limits.sure}，请用户选 ≥{limits.choose}，列出有关条款 ≥{limits.weak}，拒答合计 ≥{limits.foreign}"
    yield "同一句里还问到", "、".join(found["also"])
    subjects = sorted(found["scores"].items(), key=lambda pair: -pair[1][1])[:3]
    yield "上一问最像", "、".join(f"{topic} {before:.2f}" for topic, (_, before) in subjects)
    if found["candidates"]:
        best = found["candidates"][0]["topic"]
        features = (f"{_feature(name)} {share:+.2f}" for name, share in recogniser.explain(message["text"], best) if share > 0)
        yield f"支持 {best} 的特征", "、".join(features) or "无"


def _feature(name: str) -> str:
    """字“保护”, 概念 term+patent."""
    view, _, words = name.partition(":")
    return f"{_VIEWS.get(view, view)}“{words}”"


def _led(talk: Conversation) -> Iterator[tuple[str, str]]:
    intent = talk.message["intent"]["name"]
    yield "意图", f"{intent}（{INTENTS.get(intent, '')}）"
    yield "规则与动作", " → ".join(f"{step.because}：{step.action}" for step in talk.steps)
    state = talk.slots.get("check_state")
    if talk.in_check and state:
        yield "引导检查", f"{state['id']}，已有回答 {state.get('answers') or {}}"


def _answered(talk: Conversation, read: Reading, library: Library) -> Iterator[tuple[str, str]]:
    payload = talk.said[0]
    yield "回答", f"{payload['kind']}" + (f"（{payload['reason']}）" if payload.get("reason") else "") + f"，主题 {payload['topic'] or '无'}"
    ranked = [candidate["topic"] for candidate in talk.message["recognition"]["candidates"]]
    if payload["topic"] and ranked and payload["topic"] != ranked[0]:
        yield "与识别不同", f"识别排第一的是 {ranked[0]}；对话上下文、点名的法律或后续动作改变了选择"
    yield "读过的条款", "、".join(read.addresses) or "无"
    yield "检索", "按词检索了全库" if read.searched else ""
    yield "引用的条款", "、".join(citation["id"] for citation in payload["citations"]) or "无"
    rules = "、".join(f"{rule.id}（{rule.start}起{rule.period}，{rule.at}）" for rule in rules_for(payload["topic"] or ""))
    yield "可算的期限", rules
    known = talk.slots.get("facts") or {}
    yield "用到的事实", "、".join(f"{name} {value}" for name, value in known.items()) or "无"
    yield "条款上登记的事实", _facts(payload, library)


def _facts(payload: dict[str, Any], library: Library) -> str:
    rows = {row.id: row for citation in payload["citations"] for row in library.facts(citation["id"])}
    return "、".join(f"{row.id}（{row.kind}，{row.address}）" for row in rows.values())
