"""Conversations that took place some days ago: answered by the real assistant and kept in a real conversation store."""

from __future__ import annotations

import asyncio
import datetime
import time
from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered

from bot.desk.sitting import Sitting
from bot.settings import ROOT
from bot.tracker_store import RecentTrackerStore
from knowledge.feedback import FeedbackStore, mark_of

DAY = 86_400


class Past:
    """The assistant's conversation store and feedback table, of this test alone."""

    def __init__(self, sitting: Sitting, folder: Path) -> None:
        self.sitting = sitting
        self.url, self.feedback_url = f"sqlite:///{folder / 'conversations.db'}", f"sqlite:///{folder / 'feedback.db'}"
        self._store = RecentTrackerStore(Domain.load(str(ROOT / "bot" / "domain")), host=self.url)

    def talked(self, sender: str, *messages: str, days_ago: float = 0) -> None:
        """A conversation, answered and stored as Rasa stores it."""
        asyncio.run(self._keep(sender, messages, time.time() - days_ago * DAY))

    async def _keep(self, sender: str, messages: tuple[str, ...], when: float) -> None:
        talk = self.sitting.conversation()
        tracker = await self._store.get_or_create_tracker(sender, append_action_listen=False)
        begun = [
            ActionExecuted("action_session_start", timestamp=when),
            SessionStarted(timestamp=when),
            ActionExecuted("action_listen", timestamp=when),
        ]
        tracker.update_with_events(begun, self._store.domain, override_timestamp=False)
        for number, message in enumerate(messages):
            said = await asyncio.get_running_loop().run_in_executor(None, self.sitting.say, talk, message)
            at = when + number
            parsed = {**talk.message, "metadata": {}}
            heard = UserUttered(message, parsed["intent"], parsed["entities"], parse_data=parsed, timestamp=at)
            told = BotUttered(said.text, {"custom": said.payload}, timestamp=at + 0.1)
            done, waits = (ActionExecuted(name, timestamp=at + 0.1) for name in ("action_answer", "action_listen"))
            tracker.update_with_events([heard, done, told, waits], self._store.domain, override_timestamp=False)
        await self._store.save(tracker)

    def rated(self, question: str, verdict: str, reason: str | None = None, comment: str | None = None, topic: str | None = None) -> None:
        """A rating of today."""
        row = {
            "session": mark_of(question),
            "message": mark_of(question + verdict),
            "verdict": verdict,
            "reason": reason,
            "comment": comment,
            "question": question,
            "kind": "answer",
            "topic": topic,
            "title": topic or "",
            "citations": [],
            "ranking": [[topic, 0.9]] if topic else None,
            "model": None,
        }
        FeedbackStore(self.feedback_url).save(row)


def day(days_ago: int = 0) -> datetime.date:
    return datetime.date.today() - datetime.timedelta(days=days_ago)
