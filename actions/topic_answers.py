"""`action_answer`: what the recogniser found, answered, narrowed down or refused as a good clerk would."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.absent import other_year, written_elsewhere
from actions.answer import Answer, Suggestion, cite, cite_grounds, from_topic
from actions.calculations import asked_for, asks_otherwise, calculate, names_subject, wants_calculation, which_period
from actions.context import WANTS_TEXT, Context, come_back, context_of, document_of, weigh
from actions.elsewhere import moved
from actions.named import named_documents, prefer_named, with_words
from actions.never_held import never_held
from actions.provisions import article_text
from actions.scope import examples, not_understood, out_of_scope, scope
from actions.turn import Turn, send
from knowledge.amended import amendments
from knowledge.dates import find_dates
from knowledge.deadlines import rules_for
from knowledge.library import Library, default_library
from knowledge.search import search
from knowledge.snapshot import snapshot
from knowledge.statements import asks

CHOICES = 3
LITTLE = 14  # characters besides a date
STRONG = 0.5
JOINED = 0.1
_AND = re.compile(r"和|与|及|跟|、|还有|分别")
RELATED = 4


def answer_turn(library: Library, turn: Turn) -> Answer:
    """Sure: the answer. Close together: a choice. Nothing near but words that occur in the law: provisions. Else refusal."""
    at_once = never_held(library, turn) or _reckoned(library, turn)
    if at_once is not None:
        return at_once
    elsewhere = moved(library, turn, context_of(library, turn))
    if elsewhere is not None:
        return elsewhere
    back = come_back(library, turn)
    if back and not back[1]:  # 说回刚才那个: nothing more is asked of it
        return from_topic(library, back[0].topic)
    if back and WANTS_TEXT.search(back[1]) and (text := _text_of(library, back[0])):
        return text
    context = back[0] if back else context_of(library, turn)
    turn = replace(turn, text=back[1]) if back else turn
    turn = prefer_named(library, weigh(library, with_words(library, turn), context, back=back is not None))
    topics = [(topic, c.probability) for c in turn.candidates if (topic := snapshot(library).topics.get(c.topic))]
    meant = asked_for(turn)
    if topics and (turn.verdict == "sure" or (turn.verdict == "choose" and meant)):
        best, probability = next((pair for pair in topics if pair[0].id == meant), topics[0])
        reckoned = calculate(library, turn, best.id) if wants_calculation(turn, best.id) else None
        named = named_documents(library, turn)
        overtaken = amendments(library).of(best) is not None  # then nothing is said of what it used to say
        absent = None if overtaken else other_year(library, best, turn.text) or written_elsewhere(library, best, turn.text, named)
        answer = reckoned or absent or from_topic(library, best, probability, named)
        if answer.kind == "refuse" and answer.reason == "out_of_scope":
            return replace(answer, sections=(*answer.sections, ("我能回答的", (scope(library),))), suggestions=answer.suggestions or examples())
        if answer.kind != "answer":
            return answer
        answer = answer if reckoned else _with_further(library, turn, answer)
        return replace(answer, slots={**answer.slots, "question": turn.asked or turn.text})
    answerable = [(topic, p) for topic, p in topics if topic.kind == "answer"]
    if turn.verdict == "choose" and len(answerable) > 1:
        return _choice(answerable[:CHOICES])
    if turn.verdict == "foreign":
        return out_of_scope(library, topics[0][0] if topics else None)
    return _related(library, turn) or not_understood(library)


def _text_of(library: Library, context: Context) -> Answer | None:
    """说回刚才那个，原文给我看看: the article that an earlier subject rests on."""
    here = library.provision(context.topic.grounds[0].at) if context.topic.grounds else None
    if here is None:
        return None
    text = article_text(library, here)
    return replace(text, slots={**text.slots, "topic": context.topic.id, "question": context.question})


def _with_further(library: Library, turn: Turn, answer: Answer) -> Answer:
    """The answer with short answers to the other questions of the same message, each with its provisions behind the main ones."""
    sections, citations = list(answer.sections), list(answer.citations)
    for topic_id in dict.fromkeys((*turn.also, *_joined(library, turn))):
        topic = snapshot(library).topics.get(topic_id)
        if topic is None or topic_id == answer.topic or amendments(library).of(topic):
            continue
        more, labels = cite_grounds(library, topic)
        sections.insert(0, (f"您还问到：{topic.question}", (f"{topic.answer}〔{'、'.join(labels.values())}〕",)))
        citations += [c for c in more if c["id"] not in {known["id"] for known in citations}]
    return replace(answer, sections=tuple(sections), citations=tuple(citations))


def _joined(library: Library, turn: Turn) -> list[str]:
    """What the other half of a question joined by 和 is about (产值目标和使用率目标): the runner-up, where it stands in the same document."""
    if not _AND.search(turn.text) or turn.exact or len(turn.candidates) < 2:
        return []
    best, other = (snapshot(library).topics.get(c.topic) for c in turn.candidates[:2])
    likely = turn.candidates[1].probability >= JOINED
    return [other.id] if best and other and likely and other.kind == "answer" and other.area == best.area else []


def _reckoned(library: Library, turn: Turn) -> Answer | None:
    """A date said as the answer to our question, or after a topic that has a period, when the message says little else."""
    pending = (turn.memory.get("pending") or {}).get("rule")
    topic = turn.memory.get("topic")
    if turn.exact or not topic or not find_dates(turn.text):
        return None
    own = (asks_otherwise(turn.text) or names_subject(turn.text)) and bool(turn.candidates) and turn.candidates[0].topic != topic
    if not own and (pending or (leans_on_date(turn.text) and not _names_another_period(turn, topic))):
        reckoned = calculate(library, turn, topic)
        likely = turn.candidates[0].probability if turn.candidates else 0.0
        if reckoned is None and not asks(turn.text) and likely < STRONG:
            return which_period(library, turn, document_of(snapshot(library).topics[topic], snapshot(library).topics))
        return reckoned
    return None


def _names_another_period(turn: Turn, topic: str) -> bool:
    """Does a message with a day surely mean another topic's period, whose first day it names better than that of the current topic's?"""
    best = turn.candidates[0] if turn.candidates else None
    if best is None or best.topic == topic or best.probability <= STRONG:
        return False
    named, own = (max((rule.named_in(turn.text) for rule in rules_for(t)), default=-1) for t in (best.topic, topic))
    return named > own


def leans_on_date(text: str) -> bool:
    """Is the message a date and little more, so that the topic before gives it its meaning?"""
    rest = text
    for said in find_dates(text):
        rest = rest.replace(said.written, "")
    return len(rest) <= LITTLE


def _choice(topics: list[Any]) -> Answer:
    suggestions = tuple(Suggestion(topic.question, topic.question) for topic, _ in topics)
    return Answer(
        "clarify",
        "您想问的是哪一个？",
        "这句话可能有几种意思，请选一个（也可以回复“第一个”“第二个”），或者再说具体些。",
        suggestions=suggestions,
        confidence=topics[0][1],
    )


def _related(library: Library, turn: Turn) -> Answer | None:
    hits = search(library, turn.text, most=RELATED)
    if not hits:
        return None
    return Answer(
        "related",
        "可能有关的条款",
        "没有找到正好回答这个问题的内容，下面几条可能有关，请自己对照。",
        citations=tuple(cite(hit.provision) for hit in hits),
        suggestions=tuple(
            Suggestion(t.question, t.question) for c in turn.candidates[:3] if (t := snapshot(library).topics.get(c.topic)) and t.kind == "answer"
        ),
        confidence=turn.candidates[0].probability if turn.candidates else 0.0,
    )


class ActionAnswer(Action):
    """Answers a question by topic."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn.of(tracker)
        return send(dispatcher, turn, answer_turn(default_library(), turn))


class ActionFallback(Action):
    """Answers where no rule applies."""

    def name(self) -> str:
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn.of(tracker)
        return send(dispatcher, turn, answer_turn(default_library(), turn))
