"""The review queue: what was not answered well, put together, and what an editor decides on it."""
