"""Rasa's own check of the training data, domain and rules finds nothing to complain about."""

from __future__ import annotations

import subprocess
import sys

from bot.model import INPUTS
from bot.settings import ROOT, child_environment


def test_rasa_data_validate_passes_without_warnings() -> None:
    command = [sys.executable, "-m", "rasa", "data", "validate", *INPUTS, "--fail-on-warnings"]
    done = subprocess.run(command, cwd=ROOT, env=child_environment(), capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
