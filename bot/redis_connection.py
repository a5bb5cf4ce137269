"""Connections to Redis: few, kept, opened on first use, given up soon, made anew when Redis comes back."""

from __future__ import annotations

from typing import Any

PREFIX = "ip-law:"
"""Begins the name of every key of ours; WeCom's begin with `wecom:` or `{wecom}:`."""
_MOST = 64
_PATIENCE = 2.0  # seconds for a connection, and for each answer


def connect(url: str) -> Any:
    """A client (redis.asyncio) for one event loop. Nothing is opened yet. Close it with `close`."""
    from redis import asyncio as redis

    return redis.Redis(connection_pool=redis.BlockingConnectionPool.from_url(url, max_connections=_MOST, timeout=_PATIENCE, **_options()))


async def close(client: Any) -> None:
    """Close all connections of a client; None is let pass."""
    if client is not None:
        await client.close()
        await client.connection_pool.disconnect()


def connect_blocking(url: str) -> Any:
    """A client for commands without an event loop."""
    import redis

    return redis.Redis.from_url(url, **_options())


def _options() -> dict[str, Any]:
    from redis.exceptions import ConnectionError as Lost

    # once more where a kept connection turns out to be cut: the server had been started anew
    return {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE, "retry_on_error": [Lost]}
