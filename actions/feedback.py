"""`action_feedback`: what a person thinks of the answer before, in words or a thumb, on any channel (有用, 没用，因为看不懂, 👎).

It is stored with the question, the answer and the model's ranking; the subject of the conversation stays.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answer, Suggestion, from_topic, suggest_topics
from actions.follow_up import chosen_number
from actions.scope import examples
from actions.turn import Turn, send
from knowledge.feedback import REASONS, FeedbackStore
from knowledge.feedback_words import Said, asked_instead, read_feedback
from knowledge.library import Library, default_library
from knowledge.settings import feedback_url
from knowledge.snapshot import snapshot

logger = logging.getLogger(__name__)
PATIENCE = 4.0  # seconds; the person must not wait for a database
_REPHRASE = "换一种说法再问：说清楚是谁、做了什么、您想知道什么。"
_HOTLINES = "需要人工帮助，可以拨打知识产权维权援助热线12330，或公共法律服务热线12348。"
_KEPT = "评价已和这个问答一起记下，用来改进；不记录您是谁。"
_NOT_KEPT = "这次评价没能保存下来，请过一会儿再告诉我；不影响您接着提问。"
_OTHERS = 3  # questions that may have been meant instead


@dataclass(frozen=True)
class Rating:
    """What was said of an answer (in short: `answered`), and whether it could be stored."""

    said: Said
    answered: dict[str, Any]
    stored: bool

    @property
    def acknowledged(self) -> str:
        """Kind words for it."""
        kind = "谢谢，很高兴帮上忙。" if self.said.verdict == "up" else "抱歉，这个回答没帮上您。"
        if self.said.reason:
            kind += "谢谢告诉我原因。"
        return kind + (_KEPT if self.stored else _NOT_KEPT)


async def rate(turn: Turn) -> Rating | None:
    """Store what a message says of the last answer. None where there is no answer to speak of."""
    said, answered = _said(turn), turn.memory.get("answered")
    if said is None or not answered:
        return None
    row = {**answered, "verdict": said.verdict, "reason": said.reason, "comment": said.comment}
    return Rating(said, answered, await _keep(row))


def answer_rating(library: Library, turn: Turn, rating: Rating | None) -> Answer:
    """The reply: thanks; for an answer of no use, its reason is asked for, then help is offered."""
    if rating is None:
        return _nothing_to_rate(library, turn)
    if rating.said.verdict == "up":
        return Answer("chat", "谢谢", rating.acknowledged, suggestions=_choices(turn))
    help_ = (("可以怎么做", (_REPHRASE, _HOTLINES)),)
    if rating.said.reason is None:
        offered = tuple(Suggestion(words, words) for words in REASONS.values())
        summary = f"{rating.acknowledged}\n哪里不好？请选一项，或者回复“因为……”。"
        return Answer("clarify", "抱歉没帮上忙", summary, sections=help_, suggestions=offered, slots={"pending": {"reason": True}})
    return Answer("chat", "谢谢", rating.acknowledged, sections=help_, suggestions=_meant(library, rating))


def _said(turn: Turn) -> Said | None:
    """What the message says; a number means the reason that was offered under it."""
    wanted = "reason" in (turn.memory.get("pending") or {})
    said = read_feedback(turn.text, wanted)
    number = chosen_number(turn.text) if wanted and said is None else 0
    words = [choice.payload for choice in _choices(turn)]
    return read_feedback(words[number - 1], wanted) if 0 < number <= len(words) else said


def _choices(turn: Turn) -> tuple[Suggestion, ...]:
    """What was offered last."""
    return tuple(Suggestion(choice["title"], choice["payload"]) for choice in turn.memory.get("choices") or ())


def _meant(library: Library, rating: Rating) -> tuple[Suggestion, ...]:
    """What may have been meant: the question that the person says they had asked, and what the model ranked behind the answer."""
    asked = asked_instead(rating.said)
    others = [topic for topic, _ in rating.answered["ranking"] or () if topic != rating.answered["topic"]]
    likely = suggest_topics(library, (topic for topic in others if not topic.startswith("chat-")), most=_OTHERS)
    return (*((Suggestion(asked, asked),) if asked else ()), *likely)


def _nothing_to_rate(library: Library, turn: Turn) -> Answer:
    """太有用了 as the first words: small talk as the recogniser finds it."""
    topic = snapshot(library).topics.get(turn.candidates[0].topic) if turn.verdict == "sure" and turn.candidates else None
    if topic is not None and topic.kind == "chat":
        return from_topic(library, topic)
    return Answer("chat", "还没有回答", "我还没有回答过您的问题，所以没有可以评价的。请用一句话说说您想知道什么。", suggestions=examples())


@lru_cache(maxsize=1)
def _store(url: str) -> FeedbackStore:
    return FeedbackStore(url)


async def _keep(row: dict[str, Any]) -> bool:
    """Write a row beside the loop. False where it could not be written; the log says why."""
    try:
        writing = asyncio.get_running_loop().run_in_executor(None, _store(feedback_url()).save, row)
        await asyncio.wait_for(writing, PATIENCE)
    except Exception:  # whatever a database can do, the person gets an answer
        logger.exception("feedback could not be stored")
        return False
    return True


class ActionFeedback(Action):
    """Takes and answers what is said of the answer before."""

    def name(self) -> str:
        return "action_feedback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn.of(tracker)
        return send(dispatcher, turn, answer_rating(default_library(), turn, await rate(turn)))
