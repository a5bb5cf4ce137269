"""The servers of ours: one process each, started as a container starts them (`python -m bot serve …`)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import ROOT


class NotStarted(Exception):
    """A process ended or was not ready in time; the message has the end of its log."""


@dataclass
class Worker:
    """One server. `settings` are added to this process's environment; `folder` holds the project."""

    server: str
    address: str
    port: int
    settings: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)
    folder: Path = ROOT

    @property
    def home(self) -> str:
        return f"http://{self.address}:{self.port}"

    def start(self) -> None:
        listen = {"rasa": ("RASA_HOST", "RASA_PORT"), "actions": ("SANIC_HOST", "ACTION_PORT")}[self.server]
        environment = {**os.environ, **self.settings, **dict(zip(listen, (self.address, str(self.port))))}
        with self.log.open("ab") as output:
            command = [sys.executable, "-m", "bot", "serve", self.server]
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=output, stderr=output, start_new_session=True)

    def ready(self) -> bool:
        """Can it work? Raises NotStarted when it has ended."""
        if self.process is None or self.process.poll() is not None:
            raise NotStarted(f"{self.server} {self.address}: {self._end()}")
        try:
            with urllib.request.urlopen(f"{self.home}/health/ready", timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait(self, seconds: float = 400) -> None:
        """Until it is ready. Raises NotStarted."""
        until = time.monotonic() + seconds
        while not self.ready():
            if time.monotonic() > until:
                raise NotStarted(f"{self.server} {self.address} was not ready after {seconds:.0f} s: {self._end()}")
            time.sleep(0.5)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def ask_to_stop(self) -> None:
        """What a container's end begins with."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, patience: float = 25) -> None:
        """Ask, wait, and end it at once where it does not listen."""
        self.ask_to_stop()
        if self.process is not None:
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.kill()

    def _end(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
