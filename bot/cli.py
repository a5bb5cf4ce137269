"""The assistant's command line: train, run, chat.

Exit codes: 0 done; 1 something could not be done (the message says what); 2 wrong usage.
"""

from __future__ import annotations

import subprocess
import sys
import time

import typer

from bot import model as trained
from bot import serve
from bot.settings import MODEL, ROOT, child_environment, host, rasa_port
from knowledge.build import ContentError, build
from knowledge.build import is_current as library_is_current
from knowledge.library import Library

app = typer.Typer(help="知识产权问答助手。", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def _fail(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)


def prepare() -> None:
    """Build the library and train the model where they are not current."""
    if not library_is_current(Library.open().engine):
        typer.echo("正在建立知识库……")
        try:
            build()
        except ContentError as error:
            raise _fail(f"知识库没有建立，内容有 {len(error.problems)} 个问题：\n{error}") from None
    if not trained.is_current():
        typer.echo("正在训练模型（第一次，或内容有改动；需要几分钟）……")
        try:
            trained.train()
        except subprocess.CalledProcessError as error:
            raise _fail(f"训练没有成功（退出码 {error.returncode}），日志：{ROOT / 'var' / 'log' / 'train.log'}") from None


@app.command()
def train(if_stale: bool = typer.Option(False, "--if-stale", help="模型是最新的就不训练。")) -> None:
    """训练模型。例：python -m bot train --if-stale"""
    if if_stale and trained.is_current():
        typer.echo("模型已是最新。")
        return
    trained.train()


@app.command()
def run() -> None:
    """准备好一切并启动助手；按 Ctrl-C 停止。例：python -m bot run"""
    start = time.monotonic()
    serve.stop_on_signals()
    try:
        prepare()
        with serve.running(say=typer.echo) as started:
            address = f"http://{host()}:{rasa_port()}"
            typer.echo(f"助手已就绪（{time.monotonic() - start:.0f} 秒）。在浏览器里打开：{address}/")
            typer.echo(f"程序接口（REST）：{address}/webhooks/rest/webhook")
            typer.echo("按 Ctrl-C 停止。")
            serve.wait_until_stopped(started)
    except KeyboardInterrupt:
        pass
    except serve.ServiceError as error:
        raise _fail(str(error)) from None
    typer.echo("已停止。")


@app.command()
def chat() -> None:
    """在命令行里和助手对话（rasa shell）；输入 /stop 结束。"""
    prepare()
    actions = serve.services()[:1]
    try:
        with serve.running(actions, say=typer.echo):
            command = [sys.executable, "-m", "rasa", "shell", "--model", str(MODEL), "--endpoints", "endpoints.yml"]
            subprocess.run(command, cwd=ROOT, env=child_environment(), check=False)
    except KeyboardInterrupt:
        pass
    except serve.ServiceError as error:
        raise _fail(str(error)) from None
