"""The project deployed once more, in a folder of its own: what is put into it harms nobody else. Embedded databases, one server each."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.model import mark
from bot.settings import MODEL, ROOT
from tests.servers import free_port
from tests.topology.workers import Worker

_PARTS = ("bot", "actions", "knowledge", "data", "config.yml", "endpoints.yml", "credentials.yml", "uv.lock")


class Deployment:
    """`settings` are those of its processes."""

    def __init__(self, folder: Path, more: Mapping[str, str]) -> None:
        self.folder = folder
        for part in _PARTS:
            there = ROOT / part
            if there.is_dir():
                shutil.copytree(there, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(there, folder / part)
        (folder / "models").mkdir()
        for file in (MODEL, mark(MODEL)):
            shutil.copy(file, folder / "models")
        ports = {"RASA_PORT": str(free_port()), "ACTION_PORT": str(free_port())}
        self.settings = {**ports, "WEB_SECRET": "of this deployment alone " + "0" * 16, **more}
        self.rasa, self.actions = (
            self._worker(server, int(port)) for server, port in (("rasa", ports["RASA_PORT"]), ("actions", ports["ACTION_PORT"]))
        )

    @property
    def model(self) -> Path:
        return self.folder / "models" / MODEL.name

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """`python -m …` in it; gives how it ended, with everything that it said on stdout."""
        environment = {**os.environ, **self.settings, "PYTHONPATH": str(self.folder)}
        kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "timeout": 300}
        return subprocess.run([sys.executable, "-m", *command], cwd=self.folder, env=environment, check=False, **kept)  # type: ignore[call-overload]

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """Start both servers; gives the address of the public page."""
        try:
            for worker in (self.actions, self.rasa):
                worker.start()
            for worker in (self.actions, self.rasa):
                worker.wait()
            yield f"{self.rasa.home}/"
        finally:
            for worker in (self.rasa, self.actions):
                worker.stop()

    def _worker(self, server: str, port: int) -> Worker:
        return Worker(server, "127.0.0.1", port, {**self.settings, "PYTHONPATH": str(self.folder)}, self.folder / f"{server}.log", folder=self.folder)
