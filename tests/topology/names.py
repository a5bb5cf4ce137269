"""A name server as containers have one: a name has the addresses of all its servers, asked for anew by nginx every few seconds."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator, Mapping

_HEADER = struct.Struct(">HHHHHH")
_ANSWER = struct.Struct(">HHHIH4s")
_A, _IN, _SECONDS = 1, 1, 1
_NO_SUCH_NAME = 3


def _reply(query: bytes, addresses: Mapping[str, list[str]]) -> bytes:
    """The answer to a query for the IPv4 addresses of a name (RFC 1035, section 4)."""
    identity = _HEADER.unpack_from(query)[0]
    labels, at = [], _HEADER.size
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode())
        at += 1 + length
    question = query[_HEADER.size : at + 5]
    found = addresses.get(".".join(labels).lower(), [])
    flags = 0x8180 if found else 0x8180 | _NO_SUCH_NAME
    to_the_name = 0xC000 | _HEADER.size
    answers = b"".join(_ANSWER.pack(to_the_name, _A, _IN, _SECONDS, 4, socket.inet_aton(address)) for address in found)
    return _HEADER.pack(identity, flags, 1, len(found), 0, 0) + question + answers


@contextlib.contextmanager
def name_server(addresses: Mapping[str, list[str]]) -> Iterator[str]:
    """Serve the names, as they stand at each query; gives the server's address, `127.0.0.1:port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                query, client = listening.recvfrom(512)
                if not query:
                    return
                listening.sendto(_reply(query, addresses), client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        address = listening.getsockname()
        try:
            yield f"{address[0]}:{address[1]}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", address)
            thread.join(5)
