"""What the desk's commands share: saying why something cannot be done, and a library that is as current as it can be."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.settings import ROOT
from knowledge.build import ContentError, build, has_tables, is_current
from knowledge.library import Library


def fail(message: str) -> typer.Exit:
    """Say why on stderr; exit code 1."""
    typer.echo(message, err=True)
    return typer.Exit(1)


def ready_library() -> Library:
    """The library, built where it is not current. Where the content has faults, the library built last serves, and that is said."""
    library = Library.open()
    if not is_current(library.engine):
        try:
            build()
        except ContentError as error:
            if not has_tables():
                raise fail(f"知识库没有建立，内容有 {len(error.problems)} 个问题，请先运行 make content。") from None
            typer.echo(f"注意：内容有 {len(error.problems)} 个问题，用的是上次建立的知识库（make content 逐条说明）。", err=True)
    return library


def shown(path: Path) -> str:
    """A path as people want it: relative to the project where it is inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def write(path: Path, text: str) -> None:
    """Write a file, its folder too. A folder that cannot be written to is said on stderr; exit code 1."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise fail(f"写不了 {path}：{error.strerror}") from None
