"""Servers that stand where Rasa and the action servers would, at addresses of their own, and note what reaches them."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.servers import free_port


@dataclass
class Upstream:
    """One server. `seen` are the requests that reached it; `mode` is how it behaves: answer, 502, hang up (before an answer), 429."""

    address: str
    port: int
    seen: list[dict[str, Any]] = field(default_factory=list)
    mode: str = "answer"
    server: ThreadingHTTPServer | None = None

    def stop(self) -> None:
        """No more connections are taken."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: Upstream

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body.decode(errors="replace")}
        self.upstream.seen.append(request)
        if self.upstream.mode == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        status = {"502": 502, "429": 429}.get(self.upstream.mode, 200)
        answer = json.dumps({"by": self.upstream.address}).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "7")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_DELETE = do_OPTIONS = do_PUT = do_HEAD = _serve

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def upstreams(count: int) -> Iterator[list[Upstream]]:
    """So many servers at 127.0.0.2, 127.0.0.3, … on one port, as containers of one service are."""
    port = free_port()
    started = []
    try:
        for number in range(count):
            upstream = Upstream(f"127.0.0.{2 + number}", port)
            handler = type("Handler", (_Handler,), {"upstream": upstream})
            upstream.server = ThreadingHTTPServer((upstream.address, port), handler)
            threading.Thread(target=upstream.server.serve_forever, args=(0.05,), daemon=True).start()
            started.append(upstream)
        yield started
    finally:
        for upstream in started:
            upstream.stop()
