"""Start the assistant's processes together, say when they are ready, and stop all of them together."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.model import ModelRefused, require_genuine
from bot.settings import MODEL, ROOT, action_port, child_environment, host, rasa_port
from knowledge.build import fingerprint
from knowledge.telemetry.settings import EXPECTED

_RASA = (sys.executable, "-m", "bot.rasa_command")


class ServiceError(Exception):
    """A process could not be started or died; the message says which and where its log is."""


@dataclass
class Service:
    """One child process, the folder it runs in and how to see that it is ready. `model` is what it will unpack and load."""

    name: str
    command: list[str]
    health: str
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    model: Path | None = None
    folder: Path = ROOT
    process: subprocess.Popen[bytes] | None = field(default=None)

    def require_model(self) -> None:
        """Raises ServiceError where the model that it will load is not the one that was trained."""
        try:
            if self.model is not None:
                require_genuine(self.model)
        except FileNotFoundError:
            raise ServiceError("还没有训练好的模型，请先运行：python -m bot train") from None
        except ModelRefused as error:
            raise ServiceError(str(error)) from None

    def start(self) -> None:
        """Raises ServiceError where its model is refused."""
        self.require_model()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=child_environment() | self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> bool:
        """Does it answer? Raises ServiceError when it has died."""
        if self.process is not None and self.process.poll() is not None:
            raise ServiceError(f"{self.name} 没有启动成功（退出码 {self.process.returncode}），日志：{self.log}")
        try:
            with urllib.request.urlopen(self.health, timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, patience: float = 10.0) -> None:
        """Ask the whole process group to end; end it by force after `patience` seconds."""
        if self.process is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, sign)
            try:
                self.process.wait(patience)
                return
            except subprocess.TimeoutExpired:
                continue


def services(model: Path = MODEL) -> list[Service]:
    """The action server and Rasa, as they are configured."""
    logs = ROOT / "var" / "log"
    library = {EXPECTED.name: fingerprint()}  # what was prepared; files may be edited while the servers start
    actions = [sys.executable, "-m", "actions", "--port", str(action_port())]
    rasa = [*_RASA, "run", "--model", str(model), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    rasa += ["--port", str(rasa_port()), "--interface", host()]
    return [
        Service("动作服务", actions, f"http://127.0.0.1:{action_port()}/health/ready", logs / "actions.log", library),
        Service("Rasa 服务", rasa, f"http://{host()}:{rasa_port()}/health/ready", logs / "rasa.log", library, model),
    ]


def shell(model: Path = MODEL) -> list[str]:
    """The command for a conversation in the terminal. It talks to a server of its own, whose channel has no guard: nobody else may reach that."""
    command = [*_RASA, "shell", "--model", str(model), "--endpoints", "endpoints.yml"]
    return [*command, "--interface", "127.0.0.1", "--port", str(rasa_port())]


def check_ports(wanted: list[int]) -> None:
    """Raise ServiceError, naming the setting, when a port is taken."""
    for port, name in zip(wanted, ("ACTION_PORT", "RASA_PORT")):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host(), port))
            except OSError:
                raise ServiceError(f"端口 {port} 已被占用，请先停止占用它的程序，或用环境变量 {name} 换一个端口。") from None


def stop_on_signals() -> None:
    """Make SIGINT, SIGTERM and SIGHUP (the terminal is closed) raise KeyboardInterrupt, also where the shell had told this process to ignore Ctrl-C."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup the service outlives its terminal
        signal.signal(signal.SIGHUP, stop)


@contextlib.contextmanager
def running(chosen: list[Service] | None = None, patience: float = 180.0, say: Callable[[str], object] = print) -> Iterator[list[Service]]:
    """Start the services, wait until all are ready, and stop all of them on leaving, whatever happens.

    Raises ServiceError when a port is taken, a process dies or `patience` seconds pass.
    """
    started = services() if chosen is None else chosen
    if chosen is None:
        check_ports([action_port(), rasa_port()])
    try:
        for service in started:
            service.start()
        until = time.monotonic() + patience
        for service in started:
            while not service.ready():
                if time.monotonic() > until:
                    raise ServiceError(f"{service.name} 在 {patience:.0f} 秒内没有就绪，日志：{service.log}")
                time.sleep(0.3)
            say(f"{service.name} 已就绪")
        yield started
    finally:
        for service in reversed(started):
            service.stop()


def wait_until_stopped(started: list[Service]) -> None:
    """Block until a stop signal comes. Raises ServiceError when a process dies meanwhile."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(1)
            for service in started:
                if service.process is not None and service.process.poll() is not None:
                    raise ServiceError(f"{service.name} 意外停止（退出码 {service.process.returncode}），日志：{service.log}")
