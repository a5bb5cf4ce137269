"""The command that shows what the topics and the facts rest on: coverage."""

from __future__ import annotations

import click
from rich.table import Column, Table

from knowledge.cli_base import DONE, FAILED, Command, Failure, out


@click.command("coverage", cls=Command, short_help="逐条列出有哪些主题和事实依据它。")
@click.argument("document", metavar="编号", default="")
@click.option("--units", is_flag=True, help="款、项、目也逐一列出。")
@click.option("--gaps", is_flag=True, help="只列出既没有主题也没有理由的，和还没有写成事实的数。")
@click.option("--exclusions", is_flag=True, help="把没有主题的条款写成 exclusions.yml 里的样子，供粘贴后改理由。")
def coverage_command(document: str, units: bool, gaps: bool, exclusions: bool) -> int:
    """逐条列出一部法律（默认列有事实文件的各部）有几个主题、几条事实、几个数，或者不需要主题的理由。没有事实文件的法律不看数。

    退出码：0 没有遗漏；1 有遗漏。

    例：python -m knowledge coverage patent-law --units
    """
    from knowledge import coverage, fact_gaps, statute_facts
    from knowledge.build import Content
    from knowledge.problems import Problems

    content = Content()
    texts, problems = content.own_texts(), Problems()
    facts = statute_facts.load(problems)
    statutes = [d for d in content.documents if d.kind == "statute"]
    if document and document not in {law.id for law in statutes}:
        raise Failure(f"没有收录编号为 {document} 的法律；有的是：{'、'.join(law.id for law in statutes)}。")
    topics = [topic for topic, _ in content.topics.values()]
    try:
        excluded = coverage.read_exclusions()
    except (OSError, ValueError) as error:
        raise Failure(f"{coverage.FILE}：{error}") from None
    missing = 0
    for law in (d for d in statutes if d.id == document or (not document and d.id in facts)):
        numbers = list(fact_gaps.account(texts.of(law.id), {law.id: facts[law.id]}, fact_gaps.exclusions())) if law.id in facts else []
        found = list(coverage.coverage(content.applying(law), topics, excluded))
        missing += sum(unit.is_gap for unit in found) + sum(number.is_gap for number in numbers)
        if exclusions:
            for unit in coverage.gaps(found):
                out.print(coverage.exclusion(unit), markup=False)
            continue
        table = Table("条款", Column("地址", no_wrap=True), "主题", "事实", "数", "没有主题的理由", title=law.title, title_justify="left")
        for unit in found:
            here = [number for number in numbers if _within(number.at, unit.address)]
            bad = unit.is_gap or any(number.is_gap for number in here)
            if (gaps and not bad) or not (units or gaps or unit.kind == "article"):
                continue
            count = sum(_within(fact.at, unit.address) for fact in facts.get(law.id, ()))
            lacking = "、".join(number.number.words for number in here if number.is_gap)
            table.add_row(unit.label, unit.address, str(len(unit.topics)), str(count), lacking or str(len(here)), unit.reason)
        if table.row_count or not gaps:
            out.print(table)
    if exclusions and missing:
        return FAILED
    out.print(f"共 {missing} 处遗漏。" if missing else "没有遗漏。")
    return FAILED if missing else DONE


def _within(address: str, unit: str) -> bool:
    return address == unit or address.startswith(f"{unit}/")
