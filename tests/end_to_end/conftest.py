"""The end-to-end tests use the servers of `tests.servers`."""

from tests.servers import Assistant, free_port

__all__ = ["Assistant", "free_port"]
