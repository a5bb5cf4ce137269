"""How the model ranked the topics for an answer that is rated (the rating itself: `knowledge.feedback`)."""

from __future__ import annotations

import logging
from typing import Any

from rasa.shared.core.events import UserUttered

logger = logging.getLogger(__name__)


async def ranking_of(agent: Any, sender: str, message: str) -> list[list[Any]] | None:
    """How the model ranked the topics for a message (`[[topic, probability], …]`), read from the conversation; None when unknown."""
    try:
        tracker = await agent.tracker_store.retrieve_full_tracker(sender)
        for event in reversed(tracker.events if tracker else []):
            if isinstance(event, UserUttered) and event.message_id == message:
                candidates = (event.parse_data.get("recognition") or {}).get("candidates") or []
                return [[c["topic"], c["probability"]] for c in candidates] or None
    except Exception:  # feedback is worth keeping without the ranking
        logger.exception("the ranking of a rated answer could not be read")
    return None
