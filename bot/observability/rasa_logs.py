"""Rasa's own structured log lines, in the form of ours.

Their values may be what people wrote (texts, slots, whole conversations), so only the event's name and its numbers are kept.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog


def take_over() -> None:
    """Hand Rasa's structured lines to the standard library's loggers, which `knowledge.telemetry.logs` has set up."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.dev.set_exc_info, hand_over],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLogger().getEffectiveLevel()),
        cache_logger_on_first_use=True,
    )


def hand_over(_: Any, __: str, fields: MutableMapping[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
    """The arguments for a standard logger: the event as its message, the numbers as fields."""
    numbers = {name: value for name, value in fields.items() if isinstance(value, (bool, int, float)) and name not in ("event", "exc_info")}
    return (str(fields.get("event", "")),), {"extra": {"fields": numbers}, "exc_info": fields.get("exc_info")}
