"""The library's command line: build, check, show, search, import, documents, diff, export. Exit codes: see `knowledge.cli_base`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from knowledge.cli_base import FAILED, ON, STATUS, Day, Failure, Group, adopted, err, open_library, out, report, run, shown
from knowledge.cli_coverage import coverage_command
from knowledge.cli_texts import diff_command, export_command

if TYPE_CHECKING:
    from knowledge.intake import Imported, ReadStatute
    from knowledge.library import Library, Provision


@click.group(cls=Group, help="知识库：官方文本、条款、主题。", epilog="退出码：0 完成；1 没有完成、没有找到或文本不同；2 用法有误。")
def app() -> None:
    """The group; its help is above."""


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


@app.command("build")
@click.option("--if-stale", is_flag=True, help="内容没有变化就不重建。")
def build_command(if_stale: bool) -> int:
    """由源文本和主题建立数据库。

    例：python -m knowledge build --if-stale
    """
    from knowledge.build import ContentError, build, is_current
    from knowledge.library import Library

    if if_stale and is_current(Library.open().engine):
        out.print("知识库已是最新。")
        return 0
    with _progress() as progress:
        task = progress.add_task("建立知识库", total=None)
        try:
            counts = build(step=lambda done, total, what: progress.update(task, completed=done, total=total, description=what[:20]))
        except ContentError as error:
            progress.stop()
            report(error.problems)
            return FAILED
    out.print(
        f"知识库已建立：{counts['documents']} 份文件，{counts['provisions']} 个条款单位，{counts['references']} 处引用，"
        f"{counts['facts']} 条事实，{counts['topics']} 个主题。"
    )
    return 0


@app.command()
def check() -> int:
    """检查目录、文本、主题和说法，逐条列出问题。

    例：python -m knowledge check
    """
    from knowledge import utterances
    from knowledge.build import Content
    from knowledge.settings import UTTERANCES

    content = Content()
    problems = content.check()
    utterances.check(utterances.load(sorted(UTTERANCES.glob("**/*.yml")), problems), content.topics, problems)
    if content.outdated:
        report(content.outdated, "以上内容依据的条文已经修改，待复核；在那以前用户问到时只给现行条文，不给原来的结论。共")
    if problems:
        report(problems)
        return FAILED
    out.print("内容检查通过。")
    return 0


@app.command()
@ON
def documents(on: datetime.date | None) -> int:
    """列出收录的文件和各版本在某一天的状态。

    例：python -m knowledge documents --on 2019-01-01
    """
    library = open_library()
    rows = [
        (v.id, v.title, v.number or "", adopted(v), str(v.effective or "未载明"), STATUS[v.status])
        for document in library.documents(on)
        for v in library.versions(document.id, on)
    ]
    if not out.is_terminal:
        for row in rows:
            click.echo("\t".join(row))
        return 0
    table = Table("编号", "名称", "文号", "通过或修改", "施行", "状态", box=None)
    for row in rows:
        table.add_row(*row)
    out.print(table)
    return 0


@app.command(short_help="显示一个条款，或一份文件的章节。")
@click.argument("place", metavar="地址")
@click.option("--units", is_flag=True, help="每款、每项各占一行，前面是它的地址（写主题时用）。")
@ON
def show(place: str, units: bool, on: datetime.date | None) -> int:
    """显示一个条款。地址如 patent-law/50/1，也可以写“专利法第五十条第一款”；只写编号则列出章节。

    例：python -m knowledge show 专利法第五十条 --on 2024-01-01
    """
    from knowledge.lookup import Found, Missing, look_up
    from knowledge.normalise import normalise

    library = open_library()
    if library.document(place, on):
        return _outline(library, place, on)
    if provision := library.provision(place, on):
        return _print([provision], library if units else None, on)
    text = normalise(place)
    for result in look_up(library, text, library.names().find(text), on=on):
        if isinstance(result, Found):
            return _print(result.provisions, library if units else None, on)
        if isinstance(result, Missing):
            raise Failure(result.explanation)
        titles = "、".join(f"《{d.short_title}》" for d in result.candidates)
        raise Failure(f"没有说是哪部法规。有这一条的：{titles}。" if titles else f"库里没有哪部法规有{result.asked}。")
    raise Failure(f"没有“{place}”这个条款。")


def _print(provisions: Sequence[Provision], units_of: Library | None, on: datetime.date | None) -> int:
    for provision in provisions:
        document = provision.document
        version = "印发日期未载明" if document.adopted_note else f"{document.adopted}文本"
        out.print(f"{provision.full_label}  [{provision.address}]  {version}，{STATUS[document.status]}", markup=False)
        if units_of:
            _print_units(units_of, provision, on)
        else:
            out.print(provision.full_text or provision.heading, markup=False)
    return 0


def _print_units(library: Library, provision: Provision, on: datetime.date | None) -> None:
    if provision.text:
        out.print(f"{provision.address}  {provision.marker}{provision.text}", markup=False)
    for child in library.children(provision.address, on):
        _print_units(library, child, on)


def _outline(library: Library, document_id: str, on: datetime.date | None) -> int:
    document = library.document(document_id, on)
    assert document is not None
    count = library.article_count(document_id, on)
    out.print(
        f"《{document.title.strip('《》')}》  {adopted(document)}  {STATUS[document.status]}" + (f"  共{count}条" if count else ""), markup=False
    )
    for kind in ("part", "subpart", "chapter", "section", "box", "annex"):
        for unit in library.provisions_of(document_id, kind, on):
            words = "" if unit.heading in unit.label else f" {unit.heading}"
            out.print(f"{unit.address}  {unit.label}{words}", markup=False)
    return 0


@app.command()
@click.argument("words", nargs=-1, required=True, metavar="词句…")
@click.option("--most", type=click.IntRange(1, 1000), default=10, metavar="数", help="最多显示几条，默认10。")
@ON
def search(words: tuple[str, ...], most: int, on: datetime.date | None) -> int:
    """在库内检索条款。

    例：python -m knowledge search 开放许可 撤回
    """
    from knowledge.search import search as find

    hits = find(open_library(), " ".join(words), most, on)
    if not hits:
        raise Failure("没有找到。")
    for hit in hits:
        status = hit.provision.document.status
        note = "" if status in ("in_force", "policy") else f"（{STATUS[status]}）"
        line = f"{hit.score:6.2f}  {hit.provision.full_label}{note}  {hit.provision.full_text[:60]}"
        out.print(line.replace("\n", " "), markup=False)
    return 0


@app.command("import", short_help="导入法规（.docx、.txt、.md），报告认出了什么、有什么疑点。")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="文件…")
@click.option("--id", "id_", metavar="编号", help="编号，如 trademark-law；默认用简称的拼音。")
@click.option("--short-title", metavar="简称", help="简称；默认去掉“中华人民共和国”。")
@click.option("--adopted", type=Day(), metavar="日期", help="通过、修改或公布的日期；默认从文本里读。")
@click.option("--effective", type=Day(), metavar="日期", help="本版本的施行日期；默认从文本里读。")
@click.option("--status", type=click.Choice(["in_force", "repealed"]), default="in_force", help="文本已失效时写 repealed。")
@click.option("--numbered", is_flag=True, help="老法规用“一、二、”编号而没有“第…条”的，每个编号按一条收录。")
@click.option("--replace", is_flag=True, help="用本文件替换以前导入的同一日期的文本。")
@click.option("--no-build", is_flag=True, help="只写文件，不更新数据库。")
@click.option("--dry-run", is_flag=True, help="只读文件、报告，什么都不写。")
def import_command(
    files: tuple[Path, ...], id_: str | None, short_title: str | None, adopted: datetime.date | None, effective: datetime.date | None,
    status: str, numbered: bool, replace: bool, no_build: bool, dry_run: bool,
) -> int:  # fmt: skip
    """导入法规（.docx、.txt、.md），报告认出了什么、有什么疑点。已收录的法规再导入别的版本，就在同一编号下加一个版本。

    不是法规的文件（修改决定、不分条的通知和解释、判决书、旧版 .doc、扫描件等）说明原因后拒绝，什么都不改。

    例：python -m knowledge import 商标法.docx --id trademark-law
    """
    from knowledge.build import ContentError
    from knowledge.intake import Refusal, Wishes, import_file, read_statute

    if len(files) > 1 and (id_ or short_title or adopted or effective):
        raise click.UsageError("一次导入几个文件时，不能用 --id、--short-title、--adopted、--effective")
    wishes = Wishes(id_, short_title, effective, status, replace)
    failed = 0
    with _progress() as progress:
        for file in progress.track(files, description="导入") if len(files) > 1 else files:
            try:
                if dry_run:
                    _recognised(read_statute(file, adopted, numbered))
                else:
                    _imported(import_file(file, wishes, adopted, not no_build, numbered))
            except Refusal as refusal:
                failed += 1
                err.print(f"没有导入 {file.name}：{refusal}。什么都没有改动。", markup=False)
            except ContentError as error:
                failed += 1
                report(error.problems)
                err.print(f"没有导入 {file.name}：它与库里的内容不合（见上）。什么都没有改动。", markup=False)
    return FAILED if failed else 0


def _imported(done: Imported) -> None:
    made, statute = done.plan, done.statute
    if made.action == "same":
        note = "".join(f"；{remark}" for remark in made.remarks)
        out.print(f"《{statute.title}》的这一文本已经收录（{made.id}，{statute.adopted}{note}），没有改动。", markup=False)
        return
    what = {"new": "新收录", "version": "加为又一个版本", "replace": "替换了同一日期的文本"}[made.action]
    out.print(f"《{statute.title}》{what}，编号 {made.id}。", markup=False)
    _recognised(statute, made.remarks)
    out.print(f"  文件：{shown(made.text_file)}、{shown(made.catalogue_file)}", markup=False)
    if done.counts:
        out.print(f"  数据库：{done.counts['provisions']}个条款单位，{done.counts['references']}处引用", markup=False)


def _recognised(statute: ReadStatute, remarks: Sequence[str] = ()) -> None:
    """What was read and what is doubtful."""
    from knowledge.intake.review import shorten

    c = statute.counts
    pairs = ((c.parts, "编"), (c.chapters, "章"), (c.sections, "节"), (c.articles, "条"), (c.paragraphs, "款"), (c.items, "项"), (c.subitems, "目"))
    extra = ((c.annexes, "个附件"), (c.rows, "行表格"), (statute.footnotes, "条脚注"))
    out.print(f"  标题：{statute.title}", markup=False)
    out.print("  结构：" + " ".join(f"{n}{unit}" for n, unit in (*pairs, *extra) if n), markup=False)
    day = str(statute.adopted) if not statute.adopted_note else f"未载明（暂记 {statute.adopted}）"
    out.print(f"  通过或修改：{day}，题注有{len(statute.events)}次；施行：{statute.force.effective or '未载明'}（{statute.force.why}）", markup=False)
    for note in (*statute.notes, *(f"略去{reason}：“{text[:30]}”" for text, reason in statute.removed)):
        out.print(f"  处理：{note}", markup=False)
    doubts = [*remarks, *shorten(list(statute.doubts))]
    out.print(f"  疑点：{len(doubts)}处" if doubts else "  疑点：无", markup=False)
    for doubt in doubts:
        out.print(f"    - {doubt}", markup=False)


app.add_command(coverage_command)
app.add_command(diff_command)
app.add_command(export_command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    return run(app, argv)


__all__ = ["app", "main"]
