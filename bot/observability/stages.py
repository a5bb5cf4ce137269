"""Where a message's time goes: Rasa's own steps, timed.

Rasa has no hook for this, so three of its methods are wrapped once when the server starts; outside of a message they do what they did.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.processor import MessageProcessor

from bot.observability.journey import ACTION_SERVER, POLICY_ACTIONS, RECOGNITION, current, error_kind

_Step = Callable[..., Awaitable[Any]]


def measure_stages() -> None:
    """Wrap Rasa's steps; a second call changes nothing."""
    for owner, name, stage in (
        (MessageProcessor, "parse_message", RECOGNITION),
        (MessageProcessor, "_run_prediction_loop", POLICY_ACTIONS),
        (RemoteAction, "run", ACTION_SERVER),
    ):
        step = getattr(owner, name)
        if not hasattr(step, "__wrapped__"):
            setattr(owner, name, _timed(step, stage))


def _timed(step: _Step, stage: str) -> _Step:
    @functools.wraps(step)
    async def timed(*arguments: Any, **named: Any) -> Any:
        way = current()
        if way is None:
            return await step(*arguments, **named)
        start = time.perf_counter()
        try:
            result = await step(*arguments, **named)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            way.failed("action_server" if stage == ACTION_SERVER else error_kind(error))
            raise
        finally:
            way.spent(stage, time.perf_counter() - start)
        if stage == RECOGNITION:
            way.recognised(result)
        return result

    return timed
