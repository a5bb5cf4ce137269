"""One running topology for all faults: two Rasa servers, two action servers, nginx, and wires to PostgreSQL, Redis and the servers."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults.clock import Clock
from tests.faults.database import Database, running_database
from tests.faults.network import Wire, wire
from tests.postgres import binaries
from tests.redis_server import RedisServer
from tests.topology.front import missing
from tests.topology.running import Topology, running

_LIMITS = {"WEB_RATE_SESSIONS": "5000/600", "WEB_RATE_ADDRESS": "5000/60", "WEB_RATE_SESSION": "5000/60"}  # all come from one address


@dataclass(frozen=True)
class Service:
    """The running service and what can be broken of it; `to_actions`: a wire to each action server."""

    topology: Topology
    database: Database
    redis: RedisServer
    to_database: Wire
    to_redis: Wire
    to_actions: list[Wire]
    clock: Clock

    @property
    def home(self) -> str:
        return self.topology.home


@pytest.fixture(scope="module")
def service(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    lacks = [name for name, there in (("postgresql", binaries()), ("redis-server", shutil.which("redis-server"))) if not there]
    if missing() or lacks:
        pytest.skip(f"not installed (Debian): {missing()} {' '.join(lacks)}")
    folder = tmp_path_factory.mktemp("faults")
    clock = Clock(folder / "clock")
    (folder / "held").mkdir()
    more = {**_LIMITS, **clock.environment, "KNOWLEDGE_HELD": str(folder / "held")}
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(running_database())
        redis = RedisServer(stack.enter_context(tempfile.TemporaryDirectory(prefix="redis-")))
        stack.callback(redis.stop)
        redis.start()
        to_database = stack.enter_context(wire(("127.0.0.1", database.port)))
        to_redis = stack.enter_context(wire(("127.0.0.1", redis.port)))
        stores = (database.url(to_database.port), redis.url.replace(f":{redis.port}/", f":{to_redis.port}/"))
        topology = stack.enter_context(running(folder / "run", rasa=2, actions=2, more=more, stores=stores))
        wires = []
        for n, worker in enumerate(topology.actions):  # nginx finds the action servers by way of the wires
            wires.append(stack.enter_context(wire((worker.address, worker.port), f"127.0.1.{2 + n}", worker.port)))
        topology.names["actions"][:] = [f"127.0.1.{2 + n}" for n in range(len(wires))]
        yield Service(topology, database, redis, to_database, to_redis, wires, clock)
