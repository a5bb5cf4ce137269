"""What the web channel's stores in Redis have in common: names of keys, and what is said when Redis does not answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from redis.exceptions import RedisError

from bot.redis_connection import PREFIX


class StoreUnavailable(Exception):
    """The shared store does not answer; the same request may be sent again."""


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Turns Redis' errors into StoreUnavailable."""
    try:
        yield
    except RedisError as error:
        raise StoreUnavailable(str(error)) from error


def session_key(session: str) -> str:
    """Begins the names of all keys of a session; the braces keep them on one node of a cluster."""
    return f"{PREFIX}web:{{{session}}}"
