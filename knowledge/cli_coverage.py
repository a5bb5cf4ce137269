"""The command that shows what the topics and the facts rest on: coverage."""

from __future__ import annotations

import click
from rich.table import Table

from knowledge.cli_base import DONE, FAILED, Command, Failure, out


@click.command("coverage", cls=Command, short_help="逐条列出有哪些主题和事实依据它。")
@click.argument("document", metavar="编号", default="")
@click.option("--units", is_flag=True, help="款、项、目也逐一列出。")
@click.option("--gaps", is_flag=True, help="只列出既没有主题也没有理由的，和还没有写成事实的数。")
def coverage_command(document: str, units: bool, gaps: bool) -> int:
    """逐条列出一部法律（默认四部都列）有几个主题、几条事实、几个数，或者不需要主题的理由。

    退出码：0 没有遗漏；1 有遗漏。

    例：python -m knowledge coverage patent-law --units
    """
    from knowledge import coverage, fact_gaps, statute_facts
    from knowledge.build import Content
    from knowledge.problems import Problems

    content = Content()
    texts, problems = content.own_texts(), Problems()
    facts = statute_facts.load(problems)
    if document and document not in facts:
        raise Failure(f"{document} 没有事实文件；有的是：{'、'.join(facts)}。")
    topics, excluded = [topic for topic, _ in content.topics.values()], coverage.read_exclusions()
    missing = 0
    for law in (d for d in content.documents if d.id == document or (not document and d.id in facts)):
        numbers = list(fact_gaps.account(texts.of(law.id), {law.id: facts[law.id]}, fact_gaps.exclusions()))
        found = list(coverage.coverage(content.applying(law), topics, excluded))
        missing += sum(unit.is_gap for unit in found) + sum(number.is_gap for number in numbers)
        table = Table("条款", "地址", "主题", "事实", "数", "没有主题的理由", title=law.title, title_justify="left")
        for unit in found:
            here = [number for number in numbers if _within(number.at, unit.address)]
            bad = unit.is_gap or any(number.is_gap for number in here)
            if (gaps and not bad) or not (units or gaps or unit.kind == "article"):
                continue
            count = sum(_within(fact.at, unit.address) for fact in facts[law.id])
            lacking = "、".join(number.number.words for number in here if number.is_gap)
            table.add_row(unit.label, unit.address, str(len(unit.topics)), str(count), lacking or str(len(here)), unit.reason)
        if table.row_count or not gaps:
            out.print(table)
    out.print(f"共 {missing} 处遗漏。" if missing else "没有遗漏。")
    return FAILED if missing else DONE


def _within(address: str, unit: str) -> bool:
    return address == unit or address.startswith(f"{unit}/")
