"""Commands for operators: `python -m bot settings` and `python -m bot data …`. Exit codes: 0 done; 1 wrong or impossible (said in Chinese)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.desk.cli_base import fail
from bot.operations import settings
from bot.settings import retention_days
from knowledge.environment import SettingError

_SENDER = typer.Argument(..., metavar="会话名", help="如 web-…、wecom:企业:帐号；不知道时用 python -m bot data find 查。")
_CLUE = typer.Argument(..., metavar="线索", help="会话名的一部分、日志里的十二位代号，或这个人说过的话里的几个字。")
_SURE = "删除"
data_app = typer.Typer(help="保存的个人数据：查找、导出、删除，到期清理。", no_args_is_help=True, rich_markup_mode=None)


def settings_command() -> None:
    """列出全部设置（密钥不显示），检查有没有填错。例：python -m bot settings"""
    typer.echo(settings.overview())
    for note in settings.notes():
        typer.echo(f"注意：{note}", err=True)
    require_settings()
    typer.echo("设置正确。")


def require_settings() -> None:
    """Leave with exit code 1, naming every value that cannot be used."""
    wrong = settings.problems()
    if wrong:
        raise fail(f"设置有 {len(wrong)} 个问题（各项设置见 docs/operations.md）：\n" + "\n".join(wrong))


@data_app.command()
def find(clue: str = _CLUE) -> None:
    """按线索查找会话名。例：python -m bot data find 3f9a1c0b7d22"""
    from bot.operations import data

    with _said():
        found = data.find(data.Places.configured(), clue)
    for one in found:
        typer.echo(f"{one.sender}  {one.first:%Y-%m-%d %H:%M} 至 {one.last:%Y-%m-%d %H:%M}  {one.messages} 句")
    if not found:
        raise fail("没有找到这样的会话。")


@data_app.command()
def export(sender: str = _SENDER) -> None:
    """导出保存的关于一个人的全部内容（JSON）。例：python -m bot data export web-0f3c… > 导出.json"""
    from bot.operations import data

    with _said():
        held = data.export(data.Places.configured(), sender)
    typer.echo(json.dumps(held, ensure_ascii=False, indent=2))
    if not data.holds_anything(held):
        raise fail("没有保存关于这个会话的任何内容。")


@data_app.command()
def erase(sender: str = _SENDER, yes: bool = typer.Option(False, "--yes", help="不再询问，直接删除。")) -> None:
    """删除保存的关于一个人的全部内容，不能恢复。例：python -m bot data erase web-0f3c…"""
    from bot.operations import data

    if not yes:
        question = f"要删除会话 {sender} 的全部内容吗？删除以后不能恢复。输入“{_SURE}”继续"
        if typer.prompt(question, default="", show_default=False).strip() != _SURE:
            raise fail("没有删除。")
    with _said():
        erased = data.erase(data.Places.configured(), sender)
    _tell(erased)
    for note in data.not_reached(data.Places.configured(), sender):
        typer.echo(f"注意：{note}")
    if not any(erased.values()):
        raise fail("没有保存关于这个会话的任何内容。")


@data_app.command()
def expire() -> None:
    """清理到期的内容：最后一句早于 RETENTION_DAYS 天的会话和评价。例：python -m bot data expire（可每天定时运行）"""
    from bot.operations import data

    with _said():
        days = retention_days()
        if not days:
            typer.echo("RETENTION_DAYS=0：一直保存，什么也没有清理。")
            return
        expired = data.expire(data.Places.configured(), days)
    typer.echo(f"清理了 {days} 天以前的内容。")
    _tell(expired)


def _tell(counts: dict[str, int]) -> None:
    for what, count in counts.items():
        typer.echo(f"{what}：{count}")


@contextmanager
def _said() -> Iterator[None]:
    """Errors become sentences."""
    try:
        yield
    except SettingError as error:
        raise fail(str(error)) from None
    except RedisError as error:
        raise fail(f"Redis（REDIS_URL）用不了，请恢复以后重新运行：{error}") from None
    except SQLAlchemyError as error:
        raise fail(f"数据库用不了，请恢复以后重新运行：{str(getattr(error, 'orig', None) or error).strip()}") from None
