"""The desk's fixtures, for the guide."""

from tests.bot.desk.conftest import past, sitting

__all__ = ["past", "sitting"]
