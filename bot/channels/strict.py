"""Requests that Sanic cannot read safely are refused before it reads them, on every path of the server.

Sanic 21.12 takes any text as the length of a body: a negative one makes it read for ever, and nobody else is answered meanwhile.
"""

from __future__ import annotations

import re
from typing import Any

from sanic import Blueprint, Sanic
from sanic.exceptions import InvalidUsage
from sanic.request import Request

MOST_BYTES = 1024 * 1024
"""Largest body that is taken into memory, on any path; the web channel and WeCom have narrower limits of their own."""
_LENGTH = re.compile(r"[0-9]{1,12}")
_FRAMING = "请求的长度（Content-Length、Transfer-Encoding）写得不对。"


class StrictRequest(Request):
    """A request whose body has one end only (RFC 9112, section 6.3). Raises InvalidUsage for any other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lengths = self.headers.getall("content-length", [])
        codings = self.headers.getall("transfer-encoding", [])
        if len(lengths) + len(codings) > 1 or codings not in ([], ["chunked"]) or not all(map(_LENGTH.fullmatch, lengths)):
            raise InvalidUsage(_FRAMING)


def strict(blueprint: Blueprint) -> Blueprint:
    """Let the server that a channel is put on read strictly. Several channels of a server may ask for it."""

    @blueprint.listener("before_server_start")
    async def read_strictly(app: Sanic, loop: Any) -> None:
        app.request_class = StrictRequest
        app.config.REQUEST_MAX_SIZE = MOST_BYTES

    return blueprint
