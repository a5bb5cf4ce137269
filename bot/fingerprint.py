"""Hashes of the files that something was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from bot.settings import ROOT


def files_digest(patterns: Iterable[str]) -> str:
    """Hex digest of the names and contents of all files that match (patterns below the project's root)."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
