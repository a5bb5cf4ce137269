"""What the action server tells of the actions that it runs: one line and some metrics each, under the request id that came with the message."""

from __future__ import annotations

import json
import logging
import time
import zlib
from contextvars import ContextVar
from typing import Any

from prometheus_client import Counter, Gauge, Histogram
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as as_json

from knowledge.telemetry import context
from knowledge.telemetry.logs import event

logger = logging.getLogger(__name__)
SECONDS = Histogram(
    "assistant_action_seconds", "Seconds that an action took.", ("action",), buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 4.0)
)
ERRORS = Counter("assistant_action_errors", "Actions that failed.", ("action",))
IN_PROGRESS = Gauge("assistant_actions_in_progress", "Actions that are being run.", multiprocess_mode="livesum")
WEBHOOK = "/webhook"
_ANSWER = ("kind", "topic", "reason", "confidence")
_SAID: ContextVar[dict[str, Any] | None] = ContextVar("said", default=None)


def said(payload: dict[str, Any]) -> None:
    """Note the answer that an action gave; nothing where no server runs it."""
    noted = _SAID.get()
    if noted is not None:
        noted.update({name: payload.get(name) for name in _ANSWER})


async def before(request: Request) -> None:
    """Middleware: begin a call under its request id."""
    context.clear()
    if request.path != WEBHOOK:
        return
    request.ctx.start = time.perf_counter()
    call = _call(request)
    tracker = call.get("tracker") or {}
    message = tracker.get("latest_message") or {}
    request_id = (message.get("metadata") or {}).get("request_id")
    if context.well_formed(request_id):
        context.REQUEST_ID.set(str(request_id))
    context.veil(str(tracker.get("sender_id") or ""), "…", str(message.get("text") or ""))
    request.ctx.action, request.ctx.said, request.ctx.error = str(call.get("next_action") or "unknown"), {}, None
    _SAID.set(request.ctx.said)
    IN_PROGRESS.inc()


async def after(request: Request, response: HTTPResponse) -> None:
    """Middleware: count a call and write its line."""
    start = getattr(request.ctx, "start", None)
    if start is None or not hasattr(request.ctx, "action"):
        return
    seconds, failed = time.perf_counter() - start, response.status >= 500
    action = request.ctx.action if response.status != 404 else "unknown"
    IN_PROGRESS.dec()
    SECONDS.labels(action).observe(seconds)
    if failed or response.status == 404:
        ERRORS.labels(action).inc()
    event(
        logger,
        "action",
        logging.ERROR if failed else logging.INFO,
        action=action,
        status=response.status,
        error=request.ctx.error,
        ms=round(seconds * 1000, 1),
        **request.ctx.said,
    )


async def on_exception(request: Request, error: Exception) -> HTTPResponse:
    """The answer to Rasa when an action fails. The stock one repeats the whole conversation, which Rasa then writes into its log."""
    if hasattr(request.ctx, "action"):
        request.ctx.error = type(error).__name__
    status = getattr(error, "status_code", None) or 500
    if status >= 500:
        logger.error("an action failed", exc_info=error)
    return as_json({"error": type(error).__name__, "action_name": getattr(request.ctx, "action", "")}, status=status)


def _call(request: Request) -> dict[str, Any]:
    """What Rasa asks for; empty where it cannot be read, which the handler will say."""
    try:
        packed = request.headers.get("content-encoding") == "deflate"
        call = json.loads(zlib.decompress(request.body)) if packed else request.json
    except Exception:  # Sanic's and zlib's errors for a bad body
        return {}
    return call if isinstance(call, dict) else {}
