"""nginx from the templates that the container uses, filled in by the same program (envsubst), on ports of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT
from tests.servers import free_port

FOLDER = ROOT / "deploy" / "nginx"
PAGES = FOLDER / "pages"


@dataclass(frozen=True)
class Front:
    """A running nginx. `port` is the public one, `actions_port` the balancer of the action servers."""

    port: int
    actions_port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def missing() -> str:
    """What must be installed for nginx here; empty where nothing lacks."""
    return " ".join(package for program, package in (("nginx", "nginx"), ("envsubst", "gettext-base")) if not shutil.which(program))


def defaults() -> dict[str, str]:
    """The settings as deploy/nginx/settings.env gives them."""
    lines = (FOLDER / "settings.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def render(folder: Path, settings: Mapping[str, str]) -> Path:
    """Fill in the templates; gives the main file. Unknown names raise KeyError."""
    values = defaults()
    unknown = set(settings) - set(values)
    if unknown:
        raise KeyError(f"not in settings.env: {unknown}")
    values.update(settings)
    names = " ".join(f"${{{name}}}" for name in values)
    for template in sorted((FOLDER / "templates").glob("*.template")):
        filled = subprocess.run(["envsubst", names], input=template.read_bytes(), env={**os.environ, **values}, capture_output=True, check=True)
        (folder / template.stem).write_bytes(filled.stdout)
    return folder / "nginx.conf"


@contextlib.contextmanager
def running_front(folder: Path, **settings: str) -> Iterator[Front]:
    """Start nginx with its files in `folder` and stop it gracefully; `settings` are NGINX_… of settings.env."""
    port, actions_port, alive_port = free_port(), free_port(), free_port()
    own = {
        "NGINX_HTTP_LISTEN": f"127.0.0.1:{port}",
        "NGINX_ALIVE_LISTEN": f"127.0.0.1:{alive_port}",
        "NGINX_ACTIONS_LISTEN": f"127.0.0.1:{actions_port}",
        "NGINX_PAGES": str(PAGES),
        "NGINX_RUN": str(folder),
    }
    config = render(folder, {**own, **settings})
    log = folder / "nginx.log"
    # A process that runs as root gives its workers another user, who cannot read a temporary folder of root's.
    main = "daemon off;" + (" user root;" if os.getuid() == 0 else "")
    with log.open("wb") as output:
        process = subprocess.Popen(["nginx", "-c", config, "-g", main], stdout=output, stderr=output, start_new_session=True)
    try:
        _wait(f"http://127.0.0.1:{alive_port}/alive", process, log)
        yield Front(port, actions_port, log, process)
    finally:
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(timeout=25)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=5)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(log.read_text(errors="replace")) from None
            time.sleep(0.05)
