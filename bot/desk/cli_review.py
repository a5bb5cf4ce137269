"""The commands of the review queue and of the weekly report."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.desk.cli_base import fail, shown, write
from bot.settings import ROOT, conversations_url

if TYPE_CHECKING:
    from bot.desk.review.queue import Cluster

review_app = typer.Typer(invoke_without_command=True, add_completion=False, rich_markup_mode=None, help="复核没有答好的问话。")
_NUMBER = typer.Argument(..., metavar="序号", help="python -m bot review 列出的序号。")
_OUT = typer.Option(None, "--out", metavar="文件名", help="写到哪里；默认 var/report-日期.html。")
_ONLY = typer.Option("", "--only", metavar="几,几", help="只取其中第几种说法，如 1,3；默认全部。")


@review_app.callback()
def review(
    context: typer.Context,
    days: int = typer.Option(30, "--days", min=1, metavar="天", help="看最近多少天。"),
    most: int = typer.Option(30, "--most", min=1, metavar="数", help="最多列出多少组。"),
    full: bool = typer.Option(False, "--full", help="每组的说法全部列出。"),
) -> None:
    """列出要复核的问话：拒答的、拿不准的、标了没用的、答了但把握低的；同样意思的归成一组，不带任何人的身份。

    例：python -m bot review --days 7
    """
    if context.invoked_subcommand:
        return
    from bot.desk.asked import asked, rated
    from bot.desk.review import decisions, listing
    from bot.desk.review.queue import clusters, doubts
    from knowledge.settings import feedback_url

    since = datetime.date.today() - datetime.timedelta(days=days - 1)
    found = clusters(doubts(asked(conversations_url(), since), rated(feedback_url(), since)), decisions.decided())
    listing.keep(found)
    for number, cluster in enumerate(found[:most], 1):
        typer.echo(listing.shown(number, cluster, len(cluster.questions)) if full else listing.shown(number, cluster))
    more = f"，列出前 {most} 组" if len(found) > most else ""
    typer.echo(f"最近 {days} 天有 {len(found)} 组问话要复核{more}。" if found else f"最近 {days} 天没有要复核的问话。")


@review_app.command()
def assign(
    number: int = _NUMBER,
    topic: str = typer.Argument(..., metavar="主题", help="主题编号，如 patent-term-design。"),
    only: str = _ONLY,
    batch: str = typer.Option("", "--batch", metavar="批次", help="写作者一栏的记号；默认 review-年-月。"),
) -> None:
    """把一组问话写成某个主题的训练语句。重新训练后生效。

    例：python -m bot review assign 3 patent-term-design
    """
    from bot.desk.review import decisions

    texts = _questions(_cluster(number), only)
    try:
        done = decisions.assign(texts, topic, batch or f"{decisions.BATCH}{datetime.date.today():%Y-%m}")
    except decisions.CannotDecide as error:
        raise fail(str(error)) from None
    for text, why in done.left_out:
        typer.echo(f"没有写入“{text}”：{why}。")
    if not done.added:
        raise fail("没有可以写入的说法。")
    typer.echo(f"已写入 {shown(done.file)}：{len(done.added)} 句。用 git diff 查看；重新训练后生效（python -m bot train）。")


@review_app.command()
def foreign(number: int = _NUMBER, reason: str = typer.Argument(..., metavar="理由", help="为什么不在范围内。"), only: str = _ONLY) -> None:
    """认定一组问话不在范围内，写明理由；以后不再列出。

    例：python -m bot review foreign 2 "劳动争议，不是知识产权"
    """
    from bot.desk.review import decisions

    path = decisions.foreign(_questions(_cluster(number), only), _stated(reason, "理由"))
    typer.echo(f"已写入 {shown(path)}。要让助手按专门的理由拒答，请另用 assign 归到一个拒答主题。")


@review_app.command()
def missing(
    number: int = _NUMBER, note: str = typer.Argument(..., metavar="说明", help="缺的是什么主题，依据可能在哪里。"), only: str = _ONLY
) -> None:
    """记下缺一个主题，留给编辑补写；以后不再列出。

    例：python -m bot review missing 1 "缺“专利权质押登记”主题"
    """
    from bot.desk.review import decisions

    cluster = _cluster(number)
    path = decisions.missing(_questions(cluster, only), _stated(note, "说明"), cluster.near)
    typer.echo(f"已写入 {shown(path)}。")


def report(
    days: int = typer.Option(7, "--days", min=1, max=366, metavar="天", help="到今天（或 --until）为止的多少天。"),
    until: str = typer.Option("", "--until", metavar="日期", help="最后一天，如 2026-11-30；默认今天。"),
    out: Path = _OUT,
) -> None:
    """周报：问了多少、拒答的理由、问得最多的主题、上升的问题、标了没用的回答；一个网页文件，可以直接发给别人。

    例：python -m bot report --days 7
    """
    from bot.desk.asked import asked, rated
    from bot.desk.review import decisions
    from bot.desk.weekly import Week, weekly
    from knowledge.library import Library
    from knowledge.settings import feedback_url
    from knowledge.snapshot import snapshot

    try:
        last = datetime.date.fromisoformat(until) if until else datetime.date.today()
    except ValueError:
        raise typer.BadParameter("日期应写成 2026-11-30 的样子", param_hint="--until") from None
    first, before = last - datetime.timedelta(days=days - 1), last - datetime.timedelta(days=days)
    earlier = list(asked(conversations_url(), before - datetime.timedelta(days=days - 1), before))
    week = Week(first, last, list(asked(conversations_url(), first, last)), list(rated(feedback_url(), first, last)), earlier)
    target = out or ROOT / "var" / f"report-{last}.html"
    write(target, weekly(week, snapshot(Library.open()).topics, list(decisions.decided())))
    typer.echo(f"周报（{first} 至 {last}，{len(week.asked)} 句问话）：{shown(target)}")


def _cluster(number: int) -> Cluster:
    from bot.desk.review import listing

    listed = listing.read()
    if not listed:
        raise fail("还没有列出过要复核的问话，请先运行：python -m bot review")
    if not 0 < number <= len(listed):
        raise fail(f"没有第 {number} 组；上次列出了 {len(listed)} 组。")
    return listed[number - 1]


def _questions(cluster: Cluster, only: str) -> Sequence[str]:
    texts = [text for text, _ in cluster.questions]
    if not only:
        return texts
    numbers = [int(part) if part.strip().isdigit() else 0 for part in only.replace("，", ",").split(",")]
    if not all(0 < number <= len(texts) for number in numbers):
        raise fail(f"--only 应写成 1,3 的样子，这一组共有 {len(texts)} 种说法。")
    return [texts[number - 1] for number in numbers]


def _stated(words: str, what: str) -> str:
    if not words.strip():
        raise fail(f"要写明{what}。")
    return words.strip()
