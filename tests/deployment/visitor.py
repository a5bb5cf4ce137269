"""A person with the widget: a session, messages, the history, by way of nginx or of one server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reply:
    """A response: its status and its JSON."""

    status: int
    data: Any

    @property
    def summary(self) -> str:
        """The answer in words, title first."""
        payload = self.data["payload"]
        return f"{payload['title']} {payload['summary']}"


class Visitor:
    """`home` is the address that is used where no other is named."""

    def __init__(self, home: str) -> None:
        self.home = home.rstrip("/")
        self._token = ""
        self._token = self.call("POST", "session", {}).data["token"]

    def call(self, method: str, path: str, body: object = None, home: str = "") -> Reply:
        """One request to the JSON interface."""
        at = (home or self.home).rstrip("/")
        headers = {"Origin": at, "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{at}/webhooks/web/{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Reply(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            return Reply(error.code, json.loads(error.read()))

    def ask(self, text: str, home: str = "", message: str = "") -> Reply:
        """One question."""
        return self.call("POST", "message", {"id": message or uuid.uuid4().hex, "text": text}, home)

    def history(self, home: str = "") -> Any:
        """What is given back on reload."""
        return self.call("GET", "history", home=home).data["exchanges"]
