from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.security.caller import Caller
from tests.servers import Assistant


@pytest.fixture
def caller(assistant: Assistant) -> Caller:
    """A visitor of the assistant with a session of their own."""
    return Caller(assistant.port).begin()


@pytest.fixture
def stranger(assistant: Assistant) -> Caller:
    """Somebody who has found the action server."""
    return Caller(urlsplit(assistant.services[0].health).port or 0)
