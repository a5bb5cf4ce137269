"""The library's command line: build, check, show, search, documents.

Exit codes: 0 done; 1 the content has faults or nothing was found; 2 wrong usage.
"""

from __future__ import annotations

import datetime

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import OperationalError

from knowledge.build import Content, ContentError, build, is_current
from knowledge.library import Library, Provision
from knowledge.problems import Problems
from knowledge.settings import ROOT, database_url

app = typer.Typer(
    help="知识库：官方文本、条款、主题。", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)
_console = Console(highlight=False, soft_wrap=True)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)


def _report(problems: Problems) -> None:
    for problem in problems:
        file = problem.file.relative_to(ROOT) if problem.file.is_relative_to(ROOT) else problem.file
        _errors.print(f"{file}:{problem.line}: {problem.what}" + (f"\n    → {problem.remedy}" if problem.remedy else ""), markup=False)
    _errors.print(f"共 {len(problems)} 个问题。")


def _open() -> Library:
    """The library; a clear sentence and exit code 1 where it has not been built."""
    library = Library.open()
    try:
        library.documents()
    except OperationalError:
        _errors.print("知识库还没有建立，请先运行：python -m knowledge build")
        raise typer.Exit(1) from None
    return library


@app.command("build")
def build_command(if_stale: bool = typer.Option(False, "--if-stale", help="内容没有变化就不重建。")) -> None:
    """由源文本和主题建立数据库。例：python -m knowledge build --if-stale"""
    if if_stale and is_current(Library.open().engine):
        _console.print("知识库已是最新。")
        return
    try:
        counts = build()
    except ContentError as error:
        _report(error.problems)
        raise typer.Exit(1) from None
    _console.print(
        f"知识库已建立：{counts['documents']} 份文件，{counts['provisions']} 个条款单位，{counts['references']} 处引用，{counts['topics']} 个主题。"
    )


@app.command()
def check() -> None:
    """检查目录、文本和主题，逐条列出问题。例：python -m knowledge check"""
    problems = Content().check()
    if problems:
        _report(problems)
        raise typer.Exit(1)
    _console.print("内容检查通过。")


@app.command()
def documents() -> None:
    """列出收录的文件和版本。"""
    table = Table("编号", "名称", "文号", "通过或修改", "施行", "状态")
    library = _open()
    for document in library.documents():
        for version in library.versions(document.id):
            table.add_row(version.id, version.title, version.number or "", str(version.adopted), str(version.effective or "未载明"), version.status)
    _console.print(table)


def _print_provision(provision: Provision) -> None:
    _console.print(f"{provision.full_label}  [{provision.address}]", markup=False)
    _console.print(provision.full_text, markup=False)


@app.command()
def show(
    address: str = typer.Argument(..., help="地址，如 patent-law/50/1，或 专利法第五十条第一款"),
    on: str = typer.Option("", "--on", help="按哪一天的文本，如 2024-05-01；默认今天。"),
) -> None:
    """显示一个条款。例：python -m knowledge show patent-law/50/1"""
    from knowledge.lookup import Found, Missing, look_up
    from knowledge.normalise import normalise

    library = _open()
    try:
        day = datetime.date.fromisoformat(on) if on else None
    except ValueError:
        raise typer.BadParameter(f"{on} 不是日期，应写成 2024-05-01 的样子") from None
    provision = library.provision(address, day)
    if provision is not None:
        _print_provision(provision)
        return
    text = normalise(address)
    for result in look_up(library, text, library.names().find(text), on=day):
        if isinstance(result, Found):
            for found in result.provisions:
                _print_provision(found)
            return
        if isinstance(result, Missing):
            _errors.print(result.explanation, markup=False)
            raise typer.Exit(1)
    _errors.print(f"没有 {address} 这个条款。", markup=False)
    raise typer.Exit(1)


@app.command()
def search(words: str = typer.Argument(..., help="要找的词句"), most: int = typer.Option(10, help="最多显示几条")) -> None:
    """在库内检索条款。例：python -m knowledge search 开放许可 撤回"""
    from knowledge.search import search as find

    hits = find(_open(), words, most)
    if not hits:
        _errors.print("没有找到。")
        raise typer.Exit(1)
    for hit in hits:
        _console.print(f"{hit.score:6.2f}  {hit.provision.full_label}  {hit.provision.full_text[:60]}".replace("\n", " "), markup=False)


__all__ = ["app", "database_url"]
