"""What the commands share: Chinese help and errors, consoles, dates, exit codes.

Exit codes of every command: 0 done (for `diff`: the texts are the same); 1 not done, nothing found, or texts differ; 2 wrong usage.
Built on click alone: typer 0.7, which Rasa pins, cannot print help with the click that is installed.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from knowledge.library import DocumentVersion, Library
from knowledge.problems import Problems
from knowledge.settings import ROOT

DONE, FAILED, USAGE = 0, 1, 2
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
STATUS = {
    "in_force": "现行有效",
    "not_yet_in_force": "尚未施行",
    "superseded": "已被取代",
    "repealed": "已废止",
    "policy": "政策文件",
}


class _Chinese:
    """Help in Chinese: headings, and the words that click itself puts in."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [row for param in self.get_params(ctx) if (row := param.get_help_record(ctx))]  # type: ignore[attr-defined]
        if rows:
            with formatter.section("选项"):
                formatter.write_dl(rows)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示本说明。"
        return option


class Command(_Chinese, click.Command):
    """A command with Chinese help."""


class Group(_Chinese, click.Group):
    """The group of all commands."""

    command_class = Command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("命令"):
            formatter.write_dl([(name, command.get_short_help_str(60)) for name, command in commands if command is not None])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


class Day(click.ParamType):
    """A day written 2024-05-01."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，应写成 2024-05-01 的样子", param, ctx)


ON = click.option("--on", type=Day(), metavar="日期", help="按哪一天的文本，如 2024-05-01；默认今天。")


class Failure(Exception):
    """The command could not do what was asked; the message is for the person. Exit code 1 unless another is given."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def run(group: click.Group, argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; errors go to stderr in Chinese."""
    try:
        result = group.main(args=list(argv) if argv is not None else None, prog_name="python -m knowledge", standalone_mode=False)
        return result if isinstance(result, int) else DONE
    except Failure as failure:
        err.print(str(failure), markup=False)
        return failure.code
    except click.UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            err.print(error.format_message(), markup=False)
            return USAGE
        err.print(_in_chinese(error), markup=False)
        if error.ctx is not None:
            err.print(f"用 {error.ctx.command_path} --help 查看用法。", markup=False)
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        err.print("已中断。")
        return 130


def _in_chinese(error: click.UsageError) -> str:
    param = getattr(error, "param", None)
    name = "" if param is None else param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
    if isinstance(error, click.MissingParameter):
        return f"缺少 {name}。"
    if isinstance(error, click.NoSuchOption):
        return f"没有 {error.option_name} 这个选项。" + (f"是不是 {'、'.join(error.possibilities)}？" if error.possibilities else "")
    if isinstance(error, click.BadParameter):
        kind = getattr(param, "type", None)
        if isinstance(kind, click.Choice):
            return f"{name} 应是 {'、'.join(kind.choices)} 之一。"
        if isinstance(kind, click.IntRange):
            return f"{name} 应是 {kind.min} 至 {kind.max} 的整数。"
        return f"{name}：{error.message}。"
    if error.message.startswith("No such command"):
        return f"没有 {error.message.split(chr(39))[1]} 这个命令。"
    if "unexpected extra argument" in error.message:
        return "多写了参数：" + error.message.partition("(")[2].rstrip(")")
    if "requires an argument" in error.message:
        return f"{getattr(error, 'option_name', '') or '选项'} 后面要写值。"
    return f"用法有误：{error.message}"


def open_library() -> Library:
    """The library; Failure with a clear sentence where it has not been built."""
    library = Library.open()
    try:
        library.documents()
    except SQLAlchemyError:
        raise Failure("知识库还没有建立，或者是旧版程序建立的，请先运行：python -m knowledge build") from None
    return library


def report(problems: Problems, total: str = "共") -> None:
    """Print every problem with file, line and remedy to stderr, and how many there are."""
    for problem in problems:
        file = shown(problem.file)
        err.print(f"{file}:{problem.line}: {problem.what}" + (f"\n    → {problem.remedy}" if problem.remedy else ""), markup=False)
    err.print(f"{total} {len(problems)} 个问题。")


def shown(path: Path) -> str:
    """A path as people want it: relative to the project where it is inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def adopted(version: DocumentVersion) -> str:
    """The day of adoption for display: 未载明 where it is only a bound or a hint."""
    return "未载明" if version.adopted_note else str(version.adopted)
