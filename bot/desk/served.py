"""Asking the assistant as it is served: one that runs already, or one that is started for the purpose on free ports."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bot import serve
from bot.settings import ROOT

Begin = Callable[[], Callable[[str], dict[str, Any]]]
"""Begins a conversation: gives what answers its messages."""

_PATIENCE = 30  # seconds for one answer
_REST = "/webhooks/rest/webhook"


class NotAnswered(RuntimeError):
    """The server did not answer a message with one answer; the text says why, in Chinese."""


def asking(address: str) -> Begin:
    """Conversations with the assistant at an address such as http://127.0.0.1:5005."""

    def begin() -> Callable[[str], dict[str, Any]]:
        sender = uuid.uuid4().hex
        return lambda message: _ask(address.rstrip("/") + _REST, sender, message)

    return begin


def _ask(url: str, sender: str, message: str) -> dict[str, Any]:
    body = json.dumps({"sender": sender, "message": message}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as response:
            messages = json.load(response)
    except (OSError, ValueError) as error:  # URLError is an OSError; what is no JSON, a ValueError
        raise NotAnswered(f"服务没有回答：{error}") from None
    payloads = [part["custom"] for part in messages if "custom" in part]
    if len(payloads) != 1:
        raise NotAnswered(f"服务给了 {len(payloads)} 个回答，应当只有一个")
    answer: dict[str, Any] = payloads[0]
    return answer


@contextlib.contextmanager
def started(say: Callable[[str], object] = print) -> Iterator[Begin]:
    """An assistant of its own, whose conversations are not kept. Raises serve.ServiceError."""
    ports = {
        "RASA_PORT": str(_free_port()),
        "ACTION_PORT": str(_free_port()),
        "ANSWER_TIMEOUT": str(_PATIENCE - 5),
    }  # a busy machine is no difference
    with tempfile.TemporaryDirectory() as folder:
        stores = {name: f"sqlite:///{folder}/{name}.db" for name in ("CONVERSATIONS_DB_URL", "FEEDBACK_DB_URL")}
        with _environment(ports | stores):
            logs = ROOT / "var" / "log"  # not those of an assistant that runs beside it
            chosen = [replace(service, log=logs / f"stories-{service.log.name}") for service in serve.services()]
            with serve.running(chosen, say=say):
                yield asking(f"http://127.0.0.1:{ports['RASA_PORT']}")


@contextlib.contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.pop("ACTION_SERVER_URL", None)  # of an assistant that runs beside it
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
