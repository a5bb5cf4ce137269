"""The commands that work on whole texts: diff and export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from knowledge.cli_base import FAILED, USAGE, Command, Failure, out, shown

if TYPE_CHECKING:
    from knowledge.build import Content
    from knowledge.diff import Change, Comparison
    from knowledge.structure import Node

_KINDS = {"added": "新增", "removed": "删去", "changed": "修改", "renumbered": "条号变动", "moved": "移动"}


@click.command("diff", cls=Command, short_help="逐条比较两个文本。")
@click.argument("old", metavar="旧")
@click.argument("new", metavar="新")
@click.option("--brief", is_flag=True, help="只列出哪些条有变动，不显示文字。")
@click.option("--mark", is_flag=True, help="把依据有变动的主题、事实和检验问话记进 knowledge/review/amended.yml，待复核。")
def diff_command(old: str, new: str, brief: bool, mark: bool) -> int:
    """逐条比较两个文本：新增、删去、修改、条号变动、移动；再列出依据有变动的主题、事实、期限、引导检查和检验问话。
    “旧”“新”写编号、编号@日期或文件。

    终端里删去的字是红色删除线、增加的字是绿色下划线；不是终端时写成 [-删-]{+增+}。

    退出码：0 相同；1 不同；2 用法有误（没有这个编号或日期，文件不是法规）。

    例：python -m knowledge diff patent-law@2008-12-27 patent-law@2020-10-17
    """
    from knowledge.build import Content
    from knowledge.diff import compare
    from knowledge.edition import NoSuchEdition, edition
    from knowledge.intake import Refusal

    content = Content()
    try:
        first, second = edition(content, old), edition(content, new)
    except (NoSuchEdition, Refusal) as error:
        raise Failure(str(error), USAGE) from None
    result = compare(first.tree, second.tree)
    out.print(f"旧：{first.name}\n新：{second.name}", markup=False)
    if result.same:
        out.print("两个文本相同（不计空白）。")
        return 0
    for change in [] if brief else result.changes:
        _print(change)
    out.print(_summary(result, brief), markup=False)
    document = first.document or second.document
    if document is not None:
        _resting(content, document.id, (first.name, second.name), result, second.tree, mark)
    return FAILED


def _resting(content: Content, document: str, names: tuple[str, str], result: Comparison, new: Node, mark: bool) -> None:
    """What rests on what has changed, and, where that is wanted, a note of it."""
    from knowledge import affected

    found = affected.affected(content, document, result, new)
    for kind, name in affected.KINDS.items():
        here = [item for item in found if item.kind == kind]
        if here:
            out.print(f"\n依据有变动的{name}（{len(here)}个）：", markup=False)
        for item in here:
            broken = f"，引文已不在：{'、'.join(item.broken)}" if item.broken else "，引文还在"
            out.print(f"  {item.id}（{'、'.join(item.at)}{broken}）", markup=False)
            for question in item.golden:
                out.print(f"      检验问话：{question}", markup=False)
    if not found:
        out.print("\n没有内容依据变动的条文。")
    elif mark:
        out.print(f"\n已记入 {shown(affected.mark(document, names, found))}，待复核。", markup=False)


def _summary(result: Comparison, brief: bool) -> str:
    counts = "，".join(f"{name}{result.count(kind)}处" for kind, name in _KINDS.items() if result.count(kind))
    lines = [f"共：{counts}；{result.unchanged}条没有变动。"]
    if brief:
        for kind, name in _KINDS.items():
            found = [_heading(change) for change in result.changes if change.kind == kind]
            lines += [f"{name}：{'、'.join(found)}"] if found else []
    return "\n".join(lines)


def _heading(change: Change) -> str:
    if change.old is None or change.new is None:
        unit = change.old or change.new
        assert unit is not None
        return unit.label
    return change.new.label if change.old.label == change.new.label else f"{change.old.label} → {change.new.label}"


def _print(change: Change) -> None:
    from knowledge.diff import word_diff

    out.print(Text(f"\n【{_KINDS[change.kind]}】{_heading(change)}", style="bold"))
    if change.old is None or change.new is None:
        unit, sign = (change.old, "-") if change.new is None else (change.new, "+")
        assert unit is not None
        out.print(_piece(sign, unit.text))
    elif change.old.text != change.new.text:
        line = Text()
        for sign, words in word_diff(change.old.text, change.new.text):
            line.append_text(_piece(sign, words))
        out.print(line)


def _piece(sign: str, words: str) -> Text:
    if sign == "=":
        return Text(words)
    if out.is_terminal:
        return Text(words, style="red strike" if sign == "-" else "green underline")
    return Text(f"[-{words}-]" if sign == "-" else f"{{+{words}+}}")


@click.command("export", cls=Command, short_help="导出为 JSON 或 Akoma Ntoso 3.0。")
@click.argument("document", metavar="文件")
@click.option("--format", "form", type=click.Choice(["json", "akn"]), required=True, help="json，或 akn（Akoma Ntoso 3.0 XML）。")
@click.option("--out", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="文件名", help="写到文件；默认写到标准输出。")
def export_command(document: str, form: str, target: Path | None) -> int:
    """导出一份文件的一个版本。写编号（今天适用的版本）或 编号@日期。

    例：python -m knowledge export patent-law --format akn --out patent-law.xml
    """
    from knowledge.akn import to_akn
    from knowledge.build import Content
    from knowledge.edition import NoSuchEdition, held_edition
    from knowledge.export import to_json

    content = Content()
    try:
        edition = held_edition(content, document)
    except NoSuchEdition as error:
        raise Failure(str(error)) from None
    data = to_akn(edition) if form == "akn" else to_json(edition, content)
    if target is None:
        click.get_binary_stream("stdout").write(data)
        return 0
    try:
        target.write_bytes(data)
    except OSError as error:
        raise Failure(f"写不了 {target}：{error.strerror}") from None
    out.print(f"已导出：{edition.name} → {shown(target)}（{len(data)} 字节）", markup=False)
    return 0
