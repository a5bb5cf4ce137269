"""The end-to-end tests use the servers of `tests.servers` and the browser of `tests.end_to_end.widget`."""

from tests.end_to_end.widget import paused_actions, widget
from tests.servers import Assistant, free_port

__all__ = ["Assistant", "free_port", "paused_actions", "widget"]
