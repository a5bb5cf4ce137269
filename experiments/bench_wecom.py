"""How soon WeCom's callbacks are acknowledged when many come at once, beside a bare sanic endpoint, in one run.

    python -m experiments.bench_wecom [--callbacks 500] [--rounds 5]

The channel runs in a process of its own against the stand-in (tests/wecom_standin), once with a Redis; the bare endpoint in another.
They take turns.
Every answer is awaited before the next round and must arrive exactly once. Machines are noisy: quote the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from rich.console import Console
from rich.table import Table

from bot.settings import ROOT
from tests.wecom_standin.callbacks import AES_KEY, TOKEN, said, sealed
from tests.wecom_standin.server import AGENT, CORP, SECRET, WeCom

Call = tuple[dict[str, str], str]


def bare(port: int) -> None:
    """The least that sanic can do: read the body and answer 200."""
    from sanic import Sanic, response
    from sanic.request import Request
    from sanic.response import HTTPResponse

    app = Sanic("bare")

    @app.post("/webhooks/wecom/callback")
    async def receive(request: Request) -> HTTPResponse:
        return response.empty(200)

    app.run(host="127.0.0.1", port=port, access_log=False, backlog=1024)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(module: str, arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[str]:
    """A process that listens, until the block ends; its callback address."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments, str(port)]
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        until = time.monotonic() + 120
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{module} did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/webhooks/wecom/callback"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def acknowledged(url: str, calls: list[Call]) -> list[float]:
    """Seconds until each of the calls, all made at once, is acknowledged; sorted. Bare sockets: the client hardly weighs."""
    address, path = urlsplit(url), urlsplit(url).path
    requests = [
        f"POST {path}?{urlencode(query)} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()
        for query, body in calls
    ]
    taken: list[float] = []
    with selectors.DefaultSelector() as selector:
        start = time.perf_counter()
        for request in requests:
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex((address.hostname, address.port))
            selector.register(connection, selectors.EVENT_WRITE, request)
        while len(taken) < len(calls):
            for key, _ in selector.select(60):
                connection = key.fileobj  # type: ignore[assignment]
                if key.data:
                    sent = connection.send(key.data)
                    assert sent == len(key.data), "a request did not fit the socket's buffer"
                    selector.modify(connection, selectors.EVENT_READ, b"")
                    continue
                answer = connection.recv(4096)
                assert answer.startswith(b"HTTP/1.1 200"), answer[:100]
                taken.append(time.perf_counter() - start)
                selector.unregister(connection)
                connection.close()
    return sorted(taken)


async def answers(wecom: WeCom, calls: int, patience: float = 120.0) -> None:
    """Wait for all answers; each must have arrived once."""
    until = time.monotonic() + patience
    while len(wecom.sent) < calls and time.monotonic() < until:
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    times = Counter(str(message["touser"]) for message in wecom.sent)
    if len(times) != calls or set(times.values()) != {1}:
        raise SystemExit(f"{len(times)} of {calls} answered, at most {max(times.values(), default=0)} times each")


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis of our own; nothing where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield ""
        return
    port = free_port()
    process = subprocess.Popen([program, "--port", str(port), "--save", "", "--dir", str(folder)], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)


async def measure(count: int, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """(p50, p95) in milliseconds of each round."""
    wecom = await WeCom().start()
    try:
        with tempfile.TemporaryDirectory() as name, redis(Path(name)) as shared, contextlib.ExitStack() as open_:
            folder = Path(name)
            values = {"WECOM_CORP_ID": CORP, "WECOM_AGENT_ID": str(AGENT), "WECOM_SECRET": SECRET, "WECOM_TOKEN": TOKEN, "WECOM_AES_KEY": AES_KEY}
            values |= {"WECOM_API_BASE": wecom.url, "FAKE_SLOW": "0.02"}
            urls = {"bare sanic": open_.enter_context(served("experiments.bench_wecom", ["--bare"], {}, folder / "bare.log"))}
            for label, address in (("WeCom channel", ""), ("WeCom channel with Redis", shared)):
                if address or "Redis" not in label:
                    own = {"WECOM_REDIS_URL": address, "WECOM_STATE": str(folder / f"{bool(address)}.sqlite")}
                    urls[label] = open_.enter_context(served("tests.wecom_standin.office", [], values | own, folder / f"{bool(address)}.log"))
            found: dict[str, list[tuple[float, float]]] = {label: [] for label in urls}
            for turn in range(rounds + 1):
                for label, url in urls.items():
                    calls = [sealed(said(f"u{turn}x{n}", f"{label}{turn}问题{n}")) for n in range(count)]
                    taken = await asyncio.to_thread(acknowledged, url, calls)
                    if turn:  # the first warms all up
                        found[label].append((statistics.median(taken) * 1000, taken[int(len(taken) * 0.95)] * 1000))
                    if label != "bare sanic":
                        await answers(wecom, count)
                        wecom.sent.clear()
        if wecom.broken:
            raise SystemExit(f"against WeCom's limits: {Counter(wecom.broken)}")
    finally:
        await wecom.stop()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callbacks", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bare:
        bare(arguments.bare)
        return
    found = asyncio.run(measure(arguments.callbacks, arguments.rounds))
    table = Table("what", "acknowledged ms p50 / p95 (median of rounds)", "p95 of each round", "p95 beside bare")
    floor = statistics.median(p95 for _, p95 in found["bare sanic"])
    for label, rounds in found.items():
        p50, p95 = (statistics.median(values) for values in zip(*rounds))
        table.add_row(label, f"{p50:.0f} / {p95:.0f}", " ".join(f"{value:.0f}" for _, value in rounds), f"{p95 / floor:.1f}×")
    console = Console(width=150)
    console.print(f"{arguments.callbacks} callbacks at once", style="bold")
    console.print(table)
    console.print("Every callback was answered exactly once.", style="dim")


if __name__ == "__main__":
    main()
