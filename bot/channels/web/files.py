"""The widget's files, read once, compressed once, read again when they change on disk."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml; charset=utf-8"}
_NAME = re.compile(r"[a-z][a-z0-9-]*\.(?:js|css|svg)")
_WORTH = 600  # bytes from which compressing pays


@dataclass(frozen=True)
class File:
    """A file as it is sent. `packed` is gzip; empty where it does not pay."""

    kind: str
    body: bytes
    packed: bytes
    etag: str
    changed: int


def pack(body: bytes) -> bytes:
    """Gzip, or nothing for small bodies."""
    return gzip.compress(body, 9, mtime=0) if len(body) >= _WORTH else b""


class Files:
    """The files of one folder, by plain name (no folders below it, no other kinds)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, File] = {}

    def get(self, name: str) -> File | None:
        """The file, or None."""
        path = self._folder / name
        if not _NAME.fullmatch(name) or not path.is_file():
            return None
        changed = path.stat().st_mtime_ns
        held = self._held.get(name)
        if held is None or held.changed != changed:
            body = path.read_bytes()
            held = File(_TYPES[path.suffix], body, pack(body), f'"{hashlib.sha256(body).hexdigest()[:20]}"', changed)
            self._held[name] = held
        return held

    def modules(self) -> list[str]:
        """The names of the modules that the widget loads at once."""
        entry = self.get("assistant.js")
        return re.findall(r'^import [^"]*"\./([a-z-]+\.js)"', entry.body.decode(), re.M) if entry else []
