"""The id by which a message is found in every log: taken from a proxy of our own, else made where the message arrives."""

from __future__ import annotations

from sanic.request import Request

from knowledge.telemetry.context import REQUEST_ID, new_id, well_formed

HEADER = "X-Request-ID"
KEY = "request_id"
"""Under this name the id travels in a message's metadata, and in a stored WeCom message."""


def begin(request: Request, proxies: int) -> str:
    """The id of a request that brings a message; from here on every log line bears it. A header counts only behind proxies of our own."""
    return resume(request.headers.get(HEADER) if proxies > 0 else None)


def resume(given: object) -> str:
    """Go on under an id that was given before; a new one where it is none."""
    request_id = str(given) if well_formed(given) else new_id()
    REQUEST_ID.set(request_id)
    return request_id
