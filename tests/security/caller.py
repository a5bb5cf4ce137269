"""A caller of a running server who keeps to no rules."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import socket
from dataclasses import dataclass
from typing import Any

MESSAGE, SESSION, HISTORY, RATING = (f"/webhooks/web/{name}" for name in ("message", "session", "history", "feedback"))
REST = "/webhooks/rest/webhook"
_INSIDE = re.compile(r"Traceback|File \"|site-packages|/bot/|\.py\b|sqlalchemy|sqlite|postgres|Rasa", re.I)


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of the web channel's error."""
        return str(self.data["error"]["code"])

    @property
    def tells_of_the_inside(self) -> bool:
        """Does it name code, paths, packages or databases?"""
        return _INSIDE.search(self.body.decode(errors="replace")) is not None


class Caller:
    """One visitor of the server on a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port, self.host = port, f"127.0.0.1:{port}"
        self.token = ""

    def begin(self) -> Caller:
        """Open a session."""
        self.token = self.call("POST", SESSION, b"{}").data["token"]
        return self

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """One request from our own page, with the session's token, unless the headers say otherwise; those that are empty are left out."""
        sent = {"Origin": f"http://{self.host}", "Authorization": f"Bearer {self.token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(method, path, body, {name: value for name, value in sent.items() if value})
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def ask(self, text: str, message: str | None = None) -> Reply:
        """Ask in the session."""
        return self.call("POST", MESSAGE, json.dumps({"id": message or secrets.token_hex(8), "text": text}).encode())

    def raw(self, head: str, body: bytes = b"", path: str = MESSAGE) -> int:
        """The status for a POST with these lines in its head."""
        lines = [f"POST {path} HTTP/1.1", f"Host: {self.host}", f"Origin: http://{self.host}", f"Authorization: Bearer {self.token}", head]
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            connection.shutdown(socket.SHUT_WR)
            return int(connection.recv(65536).split(b" ", 2)[1])
