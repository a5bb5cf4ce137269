"""Small pieces of HTML. Every text goes through `e`; nothing else puts text into a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

SITE = "知识产权法律问答"
NOTICE = "本服务提供法律信息，不构成法律意见。"
HELP = "需要人工帮助，可拨打知识产权维权援助热线12330，或公共法律服务热线12348。"
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def e(text: object) -> str:
    """Text for an element or an attribute; marks that turn the direction of reading are left out."""
    return escape(_BIDI.sub("", str(text)), quote=True)


def link(href: str, text: str, kind: str = "", rel: str = "") -> str:
    """An anchor."""
    more = (f' class="{e(kind)}"' if kind else "") + (f' rel="{e(rel)}"' if rel else "")
    return f'<a href="{e(href)}"{more}>{e(text)}</a>'


def listing(items: Iterable[str], kind: str = "") -> str:
    """An unordered list of finished HTML; empty for no items."""
    entries = "".join(f"<li>{item}</li>" for item in items)
    return f'<ul class="{e(kind)}">{entries}</ul>' if entries else ""


def page(title: str, body: str, *, head: str = "", kind: str = "text", canonical: str = "") -> str:
    """A whole page around `body`."""
    canonical_link = f'<link rel="canonical" href="{e(canonical)}">' if canonical else ""
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">\n'
        f"<title>{e(title)}</title>\n"
        '<meta name="description" content="专利、著作权、地理标志、集体商标和证明商标：用自己的话提问，每个回答都注明出自哪一条。">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="theme-color" content="#f6f4ef" media="(prefers-color-scheme: light)">\n'
        '<meta name="theme-color" content="#14181e" media="(prefers-color-scheme: dark)">\n'
        f'<link rel="icon" href="/web/icon.svg" type="image/svg+xml">\n{canonical_link}'
        f'<link rel="stylesheet" href="/web/page.css">\n<script src="/web/page.js"></script>\n{head}</head>\n'
        f'<body class="{e(kind)}">\n{body}\n</body>\n</html>\n'
    )


def bar(here: str = "") -> str:
    """The line at the top of every page."""
    places = (("/", "提问"), ("/laws", "法律文本"))
    current = ' aria-current="page"'
    links = "".join(f'<a href="{href}"{current if href == here else ""}>{name}</a>' for href, name in places)
    return (
        '<header class="bar"><a class="brand" href="/"><span class="seal" aria-hidden="true">知</span>'
        f'<span>{SITE}</span></a><nav aria-label="网站">{links}</nav></header>'
    )


def foot() -> str:
    """The line at the end of every text page."""
    return f'<footer class="foot"><p>{NOTICE}</p><p>{HELP}</p></footer>'
