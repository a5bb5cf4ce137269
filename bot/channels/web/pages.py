"""The pages: the assistant, the list of texts, a whole text, and one article with a permanent address.

The text pages are complete without JavaScript and printable.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from bot.channels.web.articles import STATUS, Reading, address_path, dates_text, name_of, version_text
from bot.channels.web.markup import HELP, NOTICE, SITE, bar, e, foot, link, listing, page
from knowledge.library import DocumentVersion, Provision

_HEADINGS = ("chapter", "section", "subsection", "box", "table", "glossary", "preamble", "notice")


def front(modules: Iterable[str]) -> str:
    """The page with the assistant. Without JavaScript it leads to the texts."""
    head = "".join(f'<link rel="modulepreload" href="/web/{e(name)}">\n' for name in modules)
    head += '<link rel="preload" href="/web/assistant.css" as="style">\n<script type="module" src="/web/assistant.js"></script>\n'
    without = f"<noscript><p>提问需要打开浏览器的 JavaScript。没有它也可以{link('/laws', '阅读全部法律文本')}。</p><p>{HELP}</p></noscript>"
    waiting = f'<div class="waiting">{bar("/")}<p>{NOTICE}</p>{without}</div>'
    body = f'<main><ip-law-assistant mode="page">{waiting}</ip-law-assistant></main>'
    return page(SITE, body, head=head, kind="ask")


def laws(documents: Sequence[DocumentVersion]) -> str:
    """All texts held."""

    def group(title: str, kind: str) -> str:
        items = [
            f'<a class="card" href="{address_path(d.id)}"><strong>{e(d.title.strip("《》"))}</strong>'
            f"<span>{e('　'.join(filter(None, [d.number, version_text(d)])))}</span></a>"
            for d in documents
            if d.kind == kind
        ]
        return f"<section><h2>{e(title)}</h2>{listing(items, 'cards')}</section>" if items else ""

    body = f'{bar("/laws")}<main class="sheet"><h1>法律文本</h1>{group("法律和规章", "statute")}{group("政策文件", "policy")}</main>{foot()}'
    return page(f"法律文本 · {SITE}", body, canonical="/laws")


def article(reading: Reading, on: datetime.date | None = None) -> str:
    """One article (or section, chapter, whole text) with what is around it."""
    document, root = reading.document, reading.root
    whole = root.kind == "document"
    title = document.title.strip("《》")
    name = title if whole else name_of(root)
    crumbs = [link("/laws", "法律文本")]
    if not whole:
        crumbs.append(link(address_path(document.id, on), title))
    crumbs += [link(address_path(p.address, on), name_of(p)) for p in reading.trail]
    heading = f'<h1><span class="law">{e(title)}</span> {e(name)}</h1>' if not whole else f"<h1>{e(title)}</h1>"
    number = f"{e(document.number)}　" if document.number else ""
    parts = [
        f'<nav class="crumbs" aria-label="位置"><ol>{"".join(f"<li>{c}</li>" for c in crumbs)}</ol></nav>',
        heading,
        f'<p class="version"><span class="status {e(document.status)}">{STATUS[document.status]}</span> {number}{e(dates_text(document))}</p>',
        _other_versions(reading),
        _contents(reading, on) if whole else "",
        f'<article class="law-text" lang="zh-CN">{body_of(reading, on)}</article>',
        _neighbours(reading, on),
        _around(reading, on),
        '<p class="tools"><button type="button" class="print" hidden>打印</button>'
        f"{link('/?q=' + quote(document.short_title + root.label), '就这一条提问', 'button') if root.kind == 'article' else ''}</p>",
        f'<p class="permanent">固定链接：<span>{e(address_path(root.address, on))}</span></p>',
    ]
    body = f'{bar()}<main class="sheet">{"".join(parts)}</main>{foot()}'
    full = title if whole else f"{title}{name}"
    return page(f"{full} · {SITE}", body, canonical=address_path(root.address, on))


def body_of(reading: Reading, on: datetime.date | None = None) -> str:
    """The text, letter for letter, with the passage asked for marked."""
    out: list[str] = []
    rows: list[tuple[Provision, bool]] = []
    focus = reading.focus.address if reading.focus.address != reading.root.address else None
    for depth, unit in reading.units:
        marked = focus is not None and (unit.address == focus or unit.address.startswith(focus + "/"))
        if unit.kind == "row":
            rows.append((unit, marked))
            continue
        if rows:
            out.append(_table(rows))
            rows = []
        if depth or unit.text:
            out.append(_unit(depth, unit, marked, linked=depth > 0, on=on))
    return "".join(out) + (_table(rows) if rows else "")


def _unit(depth: int, unit: Provision, marked: bool, linked: bool, on: datetime.date | None) -> str:
    anchor = f'id="{e(_anchor(unit))}"'
    if unit.kind == "article":
        return f'<h3 {anchor} class="article">{link(address_path(unit.address, on), unit.label) if linked else e(unit.label)}</h3>'
    text = e(unit.text).replace("\n", "<br>")
    if unit.kind in _HEADINGS and depth:
        level = f"h{min(2 + depth, 4)}"
        head = f"<{level} {anchor}>{link(address_path(unit.address, on), name_of(unit)) if linked else e(name_of(unit))}</{level}>"
        return head + (f"<p>{text}</p>" if unit.text else "")
    words = f"{e(unit.marker)}{'<strong>' + e(unit.heading) + '</strong>' if unit.heading and unit.kind != 'preamble' else ''}{text}"
    if not words:
        return ""
    return f'<p {anchor} class="{e(unit.kind)}">{f"<mark>{words}</mark>" if marked else words}</p>'


def _anchor(unit: Provision) -> str:
    return "-".join(unit.address.split("/")[1:]) or "top"


def _table(rows: Sequence[tuple[Provision, bool]]) -> str:
    def cells(unit: Provision) -> list[str]:
        first, *rest = (unit.marker + unit.text).split("\t")
        return [first, *rest]

    head = [cells(unit) for unit, _ in rows if unit.address.endswith("/header")]
    top = "".join(f'<th scope="col">{e(c)}</th>' for c in head[0]) if head else ""
    body = []
    for unit, marked in rows:
        if not unit.address.endswith("/header"):
            tds = "".join(f"<td>{e(c)}</td>" for c in cells(unit))
            body.append(f'<tr id="{e(_anchor(unit))}"{" class=marked" if marked else ""}>{tds}</tr>')
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    return f'<div class="table" tabindex="0" role="region" aria-label="表格">{table}</div>'


def _contents(reading: Reading, on: datetime.date | None) -> str:
    kinds = ("chapter", "section", "subsection", "glossary") if reading.document.kind == "statute" else ("chapter", "section", "glossary")
    entries = [link(address_path(p.address, on), name_of(p)) for _, p in reading.units if p.kind in kinds]
    return f'<nav class="contents" aria-label="目录"><h2>目录</h2>{listing(entries)}</nav>' if entries else ""


def _neighbours(reading: Reading, on: datetime.date | None) -> str:
    if not (reading.previous or reading.next):
        return ""

    def step(rel: str, there: Provision | None, before: str = "", after: str = "") -> str:
        return f'<a rel="{rel}" href="{e(address_path(there.address, on))}">{before}{e(name_of(there))}{after}</a>' if there else "<span></span>"

    return f'<nav class="neighbours" aria-label="前后">{step("prev", reading.previous, before="← ")}{step("next", reading.next, after=" →")}</nav>'


def _other_versions(reading: Reading) -> str:
    others = [v for v in reading.versions if v.version_id != reading.document.version_id]
    links = [link(address_path(reading.root.address, v.effective or v.adopted), version_text(v)) for v in others]
    return f'<details class="versions"><summary>其他版本（{len(links)}）</summary>{listing(links)}</details>' if links else ""


def _around(reading: Reading, on: datetime.date | None) -> str:
    refers = [
        link(address_path(target.address, on), target.full_label) if target else f"{e(printed)}（本库没有收录{f'《{e(title)}》' if title else ''}）"
        for printed, target, title in reading.refers
    ]
    into = [link(address_path(p.address, on), p.full_label) for p in reading.referred_by]
    asked = [link("/?q=" + quote(question), question) for question in reading.questions]
    parts = (("本条提到", refers), ("提到本条的", into), ("与本条有关的问题", asked))
    return "".join(f'<section class="around"><h2>{title}</h2>{listing(items)}</section>' for title, items in parts if items)


def missing(path: str, reading: Reading | None = None) -> str:
    """Nothing stands at an address; with a reading of the document where that is held."""
    near = ""
    if reading is not None:
        title = reading.document.title.strip("《》")
        articles = [p for _, p in reading.units if p.kind == "article"]
        size = f"，共{len(articles)}条" if articles else ""
        near = f"<p>{link(address_path(reading.document.id), title)}在收录范围内{size}，但没有这一处。</p>"
    what = f'<p>这个地址上没有条文：<span class="permanent">{e(path[:200])}</span></p>{near}'
    body = f'{bar()}<main class="sheet"><h1>没有找到</h1>{what}<p>{link("/laws", "看看收录了哪些文本", "button")}</p></main>{foot()}'
    return page(f"没有找到 · {SITE}", body)
