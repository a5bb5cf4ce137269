"""Real servers for the end-to-end tests: the library, the model, the action server and Rasa, on free ports."""

from __future__ import annotations

import json
import os
import socket
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot import cli, serve

WEB_SECRET = "known to the tests, so that they can make a token grow old"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Assistant:
    """The running assistant as a client sees it."""

    port: int
    services: list[serve.Service]
    site: int = 0
    """The port of a foreign site that may embed the widget."""
    metrics: tuple[int, int] = (0, 0)
    """The ports of the metrics of Rasa and of the action server."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/rest/webhook"

    @property
    def home(self) -> str:
        """The public page."""
        return f"http://127.0.0.1:{self.port}/"

    def post(self, body: bytes, timeout: float = 30) -> tuple[int, Any]:
        """Status and JSON of one request."""
        request = urllib.request.Request(self.url, data=body, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def ask(self, message: object, sender: str | None = None) -> dict[str, Any]:
        """The payload that answers one message."""
        _, messages = self.post(json.dumps({"sender": sender or uuid.uuid4().hex, "message": message}).encode())
        payloads = [m["custom"] for m in messages if "custom" in m]
        assert len(payloads) == 1, messages
        return payloads[0]

    def talk(self, *messages: str) -> list[dict[str, Any]]:
        """The payloads of one conversation."""
        sender = uuid.uuid4().hex
        return [self.ask(message, sender) for message in messages]


@pytest.fixture(scope="session")
def prepared() -> None:
    """Library and model, made current once."""
    cli.prepare()


@pytest.fixture(scope="session")
def assistant(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    ports = {"RASA_PORT": free_port(), "ACTION_PORT": free_port(), "ANSWER_TIMEOUT": 12}
    site, metrics = free_port(), (free_port(), free_port())
    watched = {"LOG_FORMAT": "json", "METRICS_PORT": metrics[0], "ACTION_METRICS_PORT": metrics[1]}
    web = {"WEB_ORIGINS": f"http://127.0.0.1:{site}", "FEEDBACK_DB_URL": f"sqlite:///{tmp_path_factory.mktemp('feedback')}/feedback.db"}
    # Every test opens a session and asks, all from one address, and the faster the machine the sooner; limits of one session stay as they are.
    web |= {"WEB_RATE_SESSIONS": "5000/600", "WEB_RATE_ADDRESS": "5000/60", "WEB_RATE_READING": "5000/60"}
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in {**ports, **web, **watched, "WEB_SECRET": WEB_SECRET}.items()})
    try:
        logs = tmp_path_factory.mktemp("log")  # tests that run beside this one start an assistant of their own
        with serve.running([replace(service, log=logs / service.log.name) for service in serve.services()]) as services:
            yield Assistant(ports["RASA_PORT"], services, site, metrics)
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def start_services() -> Callable[..., Any]:
    return serve.running
