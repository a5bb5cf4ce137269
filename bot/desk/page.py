"""Pages for staff: one self-contained HTML file each, no script, nothing fetched; charts are inline SVG with a table's worth of labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --muted: #5b6675; --line: #d9dee5; --fill: #2f6fb2; --paper: #fff; --soft: #f4f6f9;
  --mark: #ffe3a3 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --muted: #9aa6b5; --line: #3a4452; --fill: #6ea8e0; --paper: #161b22; --soft: #1f2630;
  --mark: #5a4310 } }
body { font: 16px/1.7 "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 0 .3rem } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line) }
p.note, caption, .muted { color: var(--muted); font-size: .92rem } caption { text-align: left; padding: .3rem 0 }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid var(--line) } td.n, th.n { text-align: right; white-space: nowrap } tr:nth-child(even) td { background: var(--soft) }
ul.figures { display: flex; flex-wrap: wrap; gap: .8rem; padding: 0; list-style: none } ul.figures li { background: var(--soft); padding: .6rem 1rem;
  border-radius: .5rem; min-width: 7rem } ul.figures b { display: block; font-size: 1.5rem; line-height: 1.3 }
svg { display: block; width: 100%; height: auto } svg text { font-size: 13px; fill: var(--ink) } svg .bar { fill: var(--fill) } svg .axis { stroke: var(--line) }
code { font-size: .9em } details { margin: .4rem 0 } blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid var(--line) }
mark { background: var(--mark); color: inherit } tr.first > td:first-child { border-left: 4px solid var(--fill) }
summary { cursor: pointer; padding: .3rem 0 }
@media print { body { max-width: none; margin: 0 } }
"""


def page(title: str, *parts: str, note: str = "") -> str:
    """A whole document. title and note are plain text, parts are HTML."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
    about = f'<p class="note">{escape(note)}</p>' if note else ""
    body = f"<h1>{escape(title)}</h1>{about}{''.join(parts)}"
    return f'<!doctype html>\n<html lang="zh-CN"><head>{head}<style>{_STYLE}</style></head>\n<body>{body}</body></html>\n'


def section(heading: str, *parts: str, note: str = "") -> str:
    """A part of a page with its heading; says 没有 where nothing stands in it."""
    about = f'<p class="note">{escape(note)}</p>' if note else ""
    return f"<h2>{escape(heading)}</h2>{about}{''.join(parts) or '<p>没有。</p>'}"


def figures(pairs: Iterable[tuple[str, object]]) -> str:
    """The few numbers that matter most, large."""
    return '<ul class="figures">' + "".join(f"<li>{escape(name)}<b>{escape(str(value))}</b></li>" for name, value in pairs) + "</ul>"


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; empty text where there are no rows. Numbers stand on the right."""
    if not rows:
        return ""
    number = [isinstance(value, (int, float)) for value in rows[0]]
    head = "".join(f"<th{_n(right)}>{escape(name)}</th>" for name, right in zip(columns, number))
    body = "".join("<tr>" + "".join(f"<td{_n(right)}>{escape(str(value))}</td>" for value, right in zip(row, number)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _n(right: bool) -> str:
    return ' class="n"' if right else ""


def bars(title: str, pairs: Sequence[tuple[str, int]]) -> str:
    """A chart of horizontal bars, one a name; empty text where there is nothing to draw."""
    if not pairs:
        return ""
    top, left, width, step = max(value for _, value in pairs) or 1, 300, 820, 26
    drawn = [
        f'<text x="{left - 8}" y="{n * step + 17}" text-anchor="end">{escape(_cut(name))}</text>'
        f'<rect class="bar" x="{left}" y="{n * step + 5}" width="{max((width - left - 60) * value / top, 1):.1f}" height="16" rx="2"/>'
        f'<text x="{left + (width - left - 60) * value / top + 6:.1f}" y="{n * step + 17}">{value}</text>'
        for n, (name, value) in enumerate(pairs)
    ]
    return _svg(title, width, len(pairs) * step + 6, drawn)


def columns(title: str, pairs: Sequence[tuple[str, int]]) -> str:
    """A chart of columns in order of time."""
    if not pairs:
        return ""
    top, height, width = max(value for _, value in pairs) or 1, 170, 820
    step = width / len(pairs)
    drawn = [f'<line class="axis" x1="0" y1="{height - 24}" x2="{width}" y2="{height - 24}"/>']
    for n, (name, value) in enumerate(pairs):
        tall, middle = (height - 50) * value / top, step * (n + 0.5)
        drawn.append(
            f'<rect class="bar" x="{middle - step * 0.32:.1f}" y="{height - 24 - tall:.1f}" width="{step * 0.64:.1f}" height="{tall:.1f}" rx="2"/>'
        )
        drawn.append(f'<text x="{middle:.1f}" y="{height - 29 - tall:.1f}" text-anchor="middle">{value}</text>')
        drawn.append(f'<text x="{middle:.1f}" y="{height - 7}" text-anchor="middle">{escape(name)}</text>')
    return _svg(title, width, height, drawn)


def _svg(title: str, width: int, height: int, drawn: Iterable[str]) -> str:
    words = escape(title, quote=True)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{words}"><title>{words}</title>{"".join(drawn)}</svg>'


def _cut(name: str, most: int = 22) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
