"""The commands that show content: what it lacks, and a topic as people will see it."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path

import typer

from bot.desk.cli_base import fail, ready_library, shown, write
from bot.settings import ROOT, conversations_url

_REPORT = typer.Option(None, "--out", metavar="文件名", help="写到哪里；默认 var/content.html。")
_PREVIEW = typer.Option(None, "--out", metavar="文件名", help="写到哪里；默认 var/preview/主题编号.html。")


def content(out: Path = _REPORT, days: int = typer.Option(365, "--days", min=1, metavar="天", help="看最近多少天的对话里有没有人问过。")) -> None:
    """内容报告：没有主题的条款和事实、说法少或只有一人写的主题、没有人问过的主题；一个网页文件。

    例：python -m bot content
    """
    from bot.desk.asked import asked
    from bot.desk.content_report import lacks, report
    from knowledge import utterances
    from knowledge.build import Content
    from knowledge.problems import Problems
    from knowledge.settings import UTTERANCES

    since = datetime.date.today() - datetime.timedelta(days=days - 1)
    counted = Counter(m.topic for m in asked(conversations_url(), since) if m.topic)
    said = utterances.load(sorted(UTTERANCES.glob("**/*.yml")), Problems())
    target = out or ROOT / "var" / "content.html"
    try:
        found = lacks(Content(), said, counted or None)
    except ValueError as error:
        raise fail(f"内容有错，报告没有写：{error}。请先运行 make content。") from None
    write(target, report(found, f"{datetime.date.today()}"))
    typer.echo(f"内容报告：{shown(target)}")


def preview(topic: str = typer.Argument(..., metavar="主题", help="主题编号，如 patent-term-design。"), out: Path = _PREVIEW) -> None:
    """预览一个主题：用户在网页组件和文字渠道里看到的样子；不需要重新训练。

    例：python -m bot preview patent-term-design
    """
    from bot.desk.conversation import executor
    from bot.desk.preview import preview as drawn

    known = ready_library().topic(topic)
    if known is None:
        raise fail(f"库里没有 {topic} 这个主题。写好主题文件后运行 make content 看有没有问题。")
    target = out or ROOT / "var" / "preview" / f"{topic}.html"
    write(target, drawn(known, executor()))
    typer.echo(f"预览：{shown(target)}")
