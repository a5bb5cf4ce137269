"""Why a file is not taken in."""

from __future__ import annotations


class Refusal(Exception):
    """The file is not taken in and nothing was changed. `reason`: one clear Chinese sentence; `hint`: what the person can do."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason + (f"（{hint}）" if hint else ""))
        self.reason = reason
        self.hint = hint
