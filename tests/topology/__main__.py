"""`python -m tests.topology --rasa 2 --actions 2`: the whole service on this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from pathlib import Path

from bot.serve import stop_on_signals
from tests.postgres import binaries
from tests.topology.front import missing
from tests.topology.running import running


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.topology", description="在本机用进程启动与 docker-compose.yml 相同的整套服务。")
    parser.add_argument("--rasa", type=int, default=2, metavar="数", help="Rasa 服务的个数，默认 2")
    parser.add_argument("--actions", type=int, default=2, metavar="数", help="动作服务的个数，默认 2")
    given = parser.parse_args()
    lacks = " ".join(filter(None, [missing(), "" if binaries() else "postgresql"]))
    if lacks:
        sys.exit(f"还没有安装：{lacks}")
    stop_on_signals()
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="topology-"))) / "run"
        topology = stack.enter_context(running(folder, given.rasa, given.actions, say=lambda words: print(words, flush=True)))
        print(f"整套服务已就绪：{topology.home}（日志在 {folder}）。按 Ctrl-C 停止。", flush=True)
        while True:
            time.sleep(1)
    print("已停止。")


main()
