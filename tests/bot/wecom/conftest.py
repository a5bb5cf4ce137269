from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.channels.wecom.settings import App, Settings
from tests.wecom_standin.callbacks import AES_KEY, TOKEN
from tests.wecom_standin.office import FakeRasa, Running
from tests.wecom_standin.server import AGENT, CORP, SECRET, WeCom

APP = App(CORP, AGENT, SECRET, TOKEN, AES_KEY, menu={"PATENT": "专利侵权怎么办"})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    base = Settings(apps=(APP,), state=tmp_path / "wecom.sqlite", link_base="https://ip.example.cn")
    return lambda **changes: replace(base, **changes)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    values = {"WECOM_CORP_ID": CORP, "WECOM_AGENT_ID": str(AGENT), "WECOM_SECRET": SECRET, "WECOM_TOKEN": TOKEN, "WECOM_AES_KEY": AES_KEY}
    return {**values, "WECOM_STATE": str(tmp_path / "wecom.sqlite")}


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    process: subprocess.Popen[Any] = subprocess.Popen([program, "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest_asyncio.fixture
async def wecom() -> AsyncIterator[WeCom]:
    server = await WeCom().start()
    yield server
    await server.stop()
    assert server.broken == []


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as opened:
        yield opened


@pytest_asyncio.fixture
async def running(wecom: WeCom, settings: Callable[..., Settings]) -> AsyncIterator[Running]:
    office = await Running(settings(api=wecom.url), FakeRasa(suggestions=("发明", "实用新型"))).start()
    yield office
    await office.stop()
