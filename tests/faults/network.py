"""A wire between two processes that can be slow, silent or cut: a TCP proxy."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator

_RESET = struct.pack("ii", 1, 0)


class Wire:
    """Listens at `host:port` (0: any) and hands on to `there`. `delay`: seconds for every piece that arrives, in both directions."""

    def __init__(self, there: tuple[str, int], host: str = "127.0.0.1", port: int = 0) -> None:
        self.there, self.delay = there, 0.0
        self._host, self._port = host, port
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._listening: socket.socket | None = None
        self._flows = threading.Event()
        self._flows.set()
        self.heal()

    @property
    def port(self) -> int:
        return self._port

    def cut(self) -> None:
        """End every connection at once and refuse new ones."""
        if self._listening is not None:
            with contextlib.suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        for pair in list(self._pairs):
            self._end(pair)

    def silence(self) -> None:
        """Take everything and hand on nothing, as a network does that loses every packet; `heal` hands it on."""
        self._flows.clear()

    def heal(self) -> None:
        """As before."""
        self.delay = 0.0
        self._flows.set()
        if self._listening is None:
            listening = socket.socket()
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((self._host, self._port))
            listening.listen(256)
            self._listening, self._port = listening, listening.getsockname()[1]
            threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        self._flows.wait()
        try:
            far = socket.create_connection(self.there, timeout=5)
        except OSError:
            self._end((near, near))
            return
        far.settimeout(None)
        pair = (near, far)
        for end in pair:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pairs.add(pair)
        for source, target in (pair, pair[::-1]):
            threading.Thread(target=self._pump, args=(source, target, pair), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, pair: tuple[socket.socket, socket.socket]) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if self.delay:
                    time.sleep(self.delay)
                self._flows.wait()
                target.sendall(piece)
        self._end(pair)

    def _end(self, pair: tuple[socket.socket, socket.socket]) -> None:
        self._pairs.discard(pair)
        for end in pair:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)  # at once and for both sides, whatever was under way
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextlib.contextmanager
def wire(there: tuple[str, int], host: str = "127.0.0.1", port: int = 0) -> Iterator[Wire]:
    """A wire that is gone afterwards."""
    made = Wire(there, host, port)
    try:
        yield made
    finally:
        made.heal()
        made.cut()
