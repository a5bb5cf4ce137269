"""The command that holds the written conversations with the real assistant and reports where they part."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from pathlib import Path

import typer

from bot import serve
from bot.desk.cli_base import fail, ready_library, shown, write
from bot.desk.served import Begin, asking, started
from bot.settings import MODEL, ROOT
from knowledge.library import Library

PARTED = 3
_FILES = typer.Argument(None, metavar="[文件…]", help="对话 .yml；不写就跑 tests/conversations 里的全部，还跑 Rasa 的故事。")
_URL = typer.Option("", "--url", metavar="地址", help="已经在运行的助手，如 http://127.0.0.1:5005；不写就启动一个。")
_OUT = typer.Option(None, "--out", metavar="文件名", help="写到哪里；默认 var/stories.html。")


def stories(files: list[Path] = _FILES, url: str = _URL, out: Path = _OUT) -> None:
    """把写好的对话向真实的助手逐句说一遍，报告说了什么、应当怎样、实际怎样、从哪里不同；一个网页文件。退出码：0 都合预期；3 有不合的。

    例：python -m bot stories；python -m bot stories tests/conversations/follow_ups.yml
    """
    from bot.desk import replay, story_results
    from bot.desk.stories import CONVERSATIONS, hold
    from bot.desk.stories_report import report, summary

    chosen = files or sorted(CONVERSATIONS.glob("*.yml"))
    library, target = ready_library(), out or ROOT / "var" / "stories.html"
    try:
        for path in chosen:  # what cannot be read is said before anything is started
            replay.read(path)
        if not (url or MODEL.exists()):
            raise fail("还没有训练好的模型，请先运行：python -m bot train")
        with _assistant(url) as begin:
            held = [hold(path, begin) for path in chosen]
        rasa = None if files else story_results.run()
    except (replay.NotAFile, serve.ServiceError, story_results.NoResults) as error:
        raise fail(str(error)) from None
    write(target, report(held, rasa, lambda address: _label(library, address), f"{datetime.date.today()}"))
    for line in summary(held, rasa):
        typer.echo(line)
    typer.echo(f"报告：{shown(target)}")
    if any(file.parted for file in held) or (rasa and rasa.right < rasa.stories):
        raise typer.Exit(PARTED)


@contextlib.contextmanager
def _assistant(url: str) -> Iterator[Begin]:
    if url:
        yield asking(url)
        return
    typer.echo("正在启动助手……")
    with started(say=typer.echo) as begin:
        yield begin


def _label(library: Library, address: str) -> str:
    provision = library.provision(address)
    return provision.full_label if provision else address
