"""Rasa's own command as we start it: quiet, and its shell ends where the input ends."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest

from bot.settings import ROOT


def test_the_command_is_rasas_own_and_says_nothing_of_libraries() -> None:
    done = subprocess.run([sys.executable, "-m", "bot.rasa_command", "shell", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--endpoints" in done.stdout
    assert "Warning" not in done.stderr


def test_the_end_of_the_input_ends_a_conversation_as_ctrl_c_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)  # importing the command changes it
    from bot import rasa_command

    async def ended(*_: object) -> None:
        raise EOFError

    monkeypatch.setattr(rasa_command, "_ask", ended)
    with pytest.raises(KeyboardInterrupt):
        rasa_command._ask_until_the_end(None).send(None)  # type: ignore[arg-type]
