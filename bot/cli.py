"""The assistant's command line: train, run, chat; and the staff's desk: ask, replay, stories.

Exit codes: 0 done; 1 something could not be done (the message says what); 2 wrong usage; 3 done, and the answer is a refusal (ask),
or something changed or misses what is expected (replay, stories).
"""

from __future__ import annotations

import json
import subprocess
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot import model as trained
from bot import serve
from bot.desk.cli_base import fail, ready_library
from bot.desk.cli_content import content, preview
from bot.desk.cli_review import report, review_app
from bot.desk.cli_stories import stories
from bot.migrate import migrate_command
from bot.operations.cli import data_app, require_settings, settings_command
from bot.process import serve_command
from bot.settings import MODEL, ROOT, child_environment, host, rasa_port
from knowledge.build import ContentError, build
from knowledge.build import is_current as library_is_current
from knowledge.library import Library

if TYPE_CHECKING:
    from bot.desk.sitting import Sitting

OTHERWISE = 3
_MESSAGE = typer.Argument(..., metavar="问话…", help="一句问话；写几句就接着问，像在一次对话里。")
_FILE = typer.Argument(..., metavar="文件", help="一行一句的 .txt，或 tests/conversations 那样的对话 .yml。")
app = typer.Typer(help="知识产权问答助手。", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(review_app, name="review")
app.command()(report)
app.command()(content)
app.command()(preview)
app.command()(stories)
app.command("migrate")(migrate_command)
app.command("serve")(serve_command)
app.command("settings")(settings_command)
app.add_typer(data_app, name="data")


def prepare() -> None:
    """Build the library and train the model where they are not current."""
    if not library_is_current(Library.open().engine):
        typer.echo("正在建立知识库……")
        try:
            build()
        except ContentError as error:
            raise fail(f"知识库没有建立，内容有 {len(error.problems)} 个问题：\n{error}") from None
    if trained.is_trained_from_now() and MODEL.exists():
        _require_genuine()
    else:
        typer.echo("正在训练模型（第一次，或内容有改动；需要几分钟）……")
        try:
            trained.train()
        except subprocess.CalledProcessError as error:
            raise fail(f"训练没有成功（退出码 {error.returncode}），日志：{ROOT / 'var' / 'log' / 'train.log'}") from None


def _require_genuine() -> None:
    """Leave with exit code 1 where the model is not the file that was trained."""
    try:
        trained.require_genuine()
    except trained.ModelRefused as error:
        raise fail(str(error)) from None


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
    require_settings()
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
        raise fail(str(error)) from None
    typer.echo("已停止。")


@app.command()
def chat() -> None:
    """在命令行里和助手对话（rasa shell）；输入 /stop 结束。"""
    serve.stop_on_signals()
    prepare()
    actions = serve.services()[:1]
    try:
        with serve.running(actions, say=typer.echo):
            subprocess.run(serve.shell(), cwd=ROOT, env=child_environment(), check=False)
    except KeyboardInterrupt:
        pass
    except serve.ServiceError as error:
        raise fail(str(error)) from None


# the staff's desk


def _sit_down() -> Sitting:
    """The desk with everything loaded; what is not current is said on stderr."""
    warnings.showwarning = lambda *_, **__: None  # of libraries, no use to anyone here
    from bot.desk.sitting import Sitting

    ready_library()
    try:
        sitting = Sitting.open()
    except FileNotFoundError:
        raise fail("还没有训练好的模型，请先运行：python -m bot train") from None
    except trained.ModelRefused as error:
        raise fail(str(error)) from None
    if not trained.is_trained_from_now():
        typer.echo("注意：模型训练以后内容有改动，新的主题和说法要重新训练才认得（python -m bot train --if-stale）。", err=True)
    return sitting


@app.command()
def ask(
    message: list[str] = _MESSAGE,
    why: bool = typer.Option(False, "--why", help="把答案的来路全部列出来。"),
    as_json: bool = typer.Option(False, "--json", help="按接口的 JSON 格式输出，一句一行。"),
) -> None:
    """问一句，看回答；不用启动服务。退出码：0 答了；3 最后一句被拒答。

    例：python -m bot ask "专利年费从哪年开始交？" --why
    """
    sitting = _sit_down()
    talk = sitting.conversation()
    said = None
    for words in message:
        said = sitting.say(talk, words, explain=why)
        typer.echo(json.dumps(said.payload, ensure_ascii=False) if as_json else "\n".join(filter(None, (f"> {words}", "", said.text, ""))))
        if why:
            typer.echo(f"—— 来路 ——\n{said.why}\n", err=as_json)
    if said is not None and said.payload["kind"] == "refuse":
        raise typer.Exit(OTHERWISE)


@app.command()
def replay(
    file: Path = _FILE,
    keep: bool = typer.Option(True, "--keep/--no-keep", help="记下这一次，供下次比较。"),
) -> None:
    """把文件里的问话全问一遍，列出与上次相比变了什么、哪里不合预期。退出码：0 没有变化；3 有变化或不合预期。

    例：python -m bot replay 常见问题.txt
    """
    from bot.desk import replay as replaying

    try:
        conversations = replaying.read(file)
    except replaying.NotAFile as error:
        raise fail(str(error)) from None
    sitting, before = _sit_down(), replaying.last_run(file)
    turns = list(replaying.replay(conversations, sitting.begin, before))
    typer.echo(replaying.report(turns, first=not before, kept=keep))
    if keep:
        replaying.keep(file, turns)
    if any(turn.changes or turn.lacks for turn in turns):
        raise typer.Exit(OTHERWISE)
