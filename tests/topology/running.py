"""Start everything that docker-compose.yml starts, in its order, and stop it again."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT
from tests.postgres import running_postgres
from tests.redis_server import RedisServer
from tests.servers import free_port
from tests.topology.front import Front, running_front
from tests.topology.names import name_server
from tests.topology.workers import Worker


@dataclass(frozen=True)
class Topology:
    """The running service. `names` is what the name server answers; change it as containers come and go."""

    front: Front
    rasa: list[Worker]
    actions: list[Worker]
    names: dict[str, list[str]]
    settings: Mapping[str, str]

    @property
    def home(self) -> str:
        """The public page."""
        return self.front.home


def _secrets(folder: Path, **values: str) -> dict[str, str]:
    """Each value in a file; gives the settings that name the files, as compose does."""
    folder.mkdir()
    for name, value in values.items():
        (folder / name).write_text(value, encoding="utf-8")
    return {f"{name}_FILE": str(folder / name) for name in values}


def prepare(settings: Mapping[str, str]) -> None:
    """The job that runs before the servers."""
    for command in (["bot", "migrate"], ["knowledge", "build", "--if-stale"]):
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **settings}, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def running(
    folder: Path,
    rasa: int = 2,
    actions: int = 2,
    more: Mapping[str, str] | None = None,
    say: Callable[[str], object] = lambda _: None,
    stores: tuple[str, str] = ("", ""),
) -> Iterator[Topology]:
    """nginx, `rasa` Rasa servers, `actions` action servers, PostgreSQL and Redis, all ready; their files and logs in `folder`.

    more: further settings of our servers; stores: URLs of a PostgreSQL database and a Redis that run already. Raises NotStarted, RuntimeError.
    """
    (folder / "nginx").mkdir(parents=True)
    names: dict[str, list[str]] = {"rasa": [], "actions": []}
    rasa_port, action_port = free_port(), free_port()
    with contextlib.ExitStack() as stack:
        database, redis = stores
        database = database or stack.enter_context(running_postgres()).database(name="assistant")
        redis = redis or _redis(stack)
        resolver = stack.enter_context(name_server(names))
        ports = {"NGINX_RASA": f"rasa:{rasa_port}", "NGINX_ACTIONS": f"actions:{action_port}"}
        front = stack.enter_context(running_front(folder / "nginx", NGINX_RESOLVER=resolver, **ports))
        urls = dict.fromkeys(("CONVERSATIONS_DB_URL", "FEEDBACK_DB_URL", "KNOWLEDGE_DB_URL"), database)
        settings = _secrets(folder / "secrets", **urls, REDIS_URL=redis, WEB_SECRET="of this topology alone " + "0" * 16)
        settings |= {"ACTION_SERVER_URL": f"http://127.0.0.1:{front.actions_port}/webhook", "WEB_PROXIES": "1", **(more or {})}
        prepare(settings)
        say("数据库已准备好")
        workers: dict[str, list[Worker]] = {}
        for server, count, port in (("actions", actions, action_port), ("rasa", rasa, rasa_port)):
            made = [Worker(server, f"127.0.0.{2 + n}", port, settings, folder / f"{server}-{n + 1}.log") for n in range(count)]
            workers[server] = made
            stack.callback(_stop, made)
            for worker in made:
                worker.start()
                names[server].append(worker.address)
            for worker in made:
                worker.wait()
                say(f"{server}（{worker.address}）已就绪")
        yield Topology(front, workers["rasa"], workers["actions"], names, settings)


def _redis(stack: contextlib.ExitStack) -> str:
    server = RedisServer(stack.enter_context(tempfile.TemporaryDirectory(prefix="redis-")))
    stack.callback(server.stop)
    server.start()
    return server.url


def _stop(workers: list[Worker]) -> None:
    for worker in workers:
        worker.ask_to_stop()
    for worker in workers:
        worker.stop()
