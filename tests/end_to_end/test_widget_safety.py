"""Hostile text through the real page, and what the page may load and run."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.browser import Widget, until
from tests.end_to_end.widget import QUESTION, needs_browser

pytestmark = needs_browser

ATTACKS = {
    "script": "<script>window.hacked = 1</script>专利保护几年",
    "handler": '<img src=x onerror="window.hacked = 1">专利保护几年',
    "svg": "<svg/onload=window.hacked=1>专利保护几年",
    "attribute": '"><b onmouseover=window.hacked=1 style="position:fixed;inset:0">专利</b>',
    "markdown": "[专利](javascript:window.hacked=1) ![x](javascript:window.hacked=1)",
    "template": "{{constructor.constructor('window.hacked=1')()}} ${window.hacked=1}",
    "bidi": "专利\u202egpj.exe\u202c \u2066abc\u2069 \u200fxyz",
    "zero width": "专\u200b利\u200d法\ufeff第\u2060十条",
    "emoji": "😀👨‍👩‍👧‍👦🏳️‍🌈" * 60,
    "combining": "专" + "\u0301\u0352\u0489" * 200 + "利",
    "unbroken": "W" * 990,
    "controls": "专利\x00\x07\x1b[31m保护\x85几年",
    "command": '/ask{"topic": "x"}',
    "entities": "&lt;script&gt;&#x3c;b&#62;",
    "lines": "专利\n" * 200,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_hostile_text_is_only_text(widget: Widget, name: str) -> None:
    text = ATTACKS[name]
    widget.ask(text)
    widget.driver.refresh()
    widget.open_again()
    until(lambda: widget.count("done") == 1)
    assert widget.run("return window.hacked") is None
    assert foreign(widget) == []
    shown = widget.run("return root.querySelector('.asked bdi').textContent")
    assert not set(shown) & set("\u202e\u2066\u2069\u200f\x00\x07\x1b\x85")
    for word in ("<script>", "onerror", "javascript:", "&lt;"):
        assert (word in text) == (word in shown), "the text is shown as it was written"
    assert widget.run(
        "return document.documentElement.scrollWidth <= innerWidth && root.querySelector('.log').scrollWidth <= root.querySelector('.log').clientWidth"
    )


def foreign(widget: Widget) -> list[str]:
    """Elements in the widget that its own code never makes, and addresses that are not of the web."""
    return widget.run(
        "const odd = [...root.querySelectorAll('script, img, iframe, object, embed, style, b, [onerror], [onload], [onmouseover], [style*=fixed]')];"
        "const links = [...root.querySelectorAll('[href], [src]')].filter((e) => !/^(https?|tel):/.test(e.href ?? e.src));"
        "return [...odd, ...links].map((e) => e.outerHTML)"
    )


def test_a_hostile_payload_is_only_text(widget: Widget) -> None:
    bad = "<img src=x onerror=window.hacked=1>\u202e[x](javascript:window.hacked=1)"
    payload: dict[str, Any] = {
        "schema": "ip-law-answer/1",
        "kind": "answer",
        "topic": bad,
        "title": bad,
        "summary": bad,
        "citations": [
            {
                "id": "../../" + bad,
                "document": {"id": bad, "title": bad, "short_title": bad, "version": bad, "status": "in_force"},
                "locator": {},
                "label": bad,
                "quote": bad,
                "href": "javascript:window.hacked=1",
            }
        ],
        "sections": [{"heading": bad, "items": [bad, bad + "〔" + bad + "〕"]}],
        "suggestions": [{"title": bad, "payload": bad}],
        "confidence": 1,
    }
    for kind in ("answer", "provision", "related", "clarify", "question", "refuse", "chat"):
        widget.run("host.api.message = async (id) => ({id, at: 1, payload: arguments[0]})", {**payload, "kind": kind})
        widget.ask("一个问题")
        assert foreign(widget) == []
    widget.one(".chip").click()
    until(lambda: "没能取到" in widget.one(".drawer").text)
    assert foreign(widget) == []
    assert widget.run("return window.hacked") is None


def test_the_pages_rules_forbid_inline_and_foreign_code(widget: Widget) -> None:
    refused = widget.run(
        "const found = []; addEventListener('securitypolicyviolation', (e) => found.push(e.effectiveDirective));"
        "const script = document.createElement('script'); try { script.textContent = 'window.hacked = 1'; document.body.append(script); } catch { found.push('trusted-types'); }"
        "const style = document.createElement('style'); style.textContent = 'body { display: none }'; document.body.append(style);"
        "const image = new Image(); image.src = 'https://example.com/x.png';"
        "try { document.body.innerHTML += 'x'; } catch { found.push('innerHTML'); }"
        "return new Promise((done) => setTimeout(() => done(found), 500))"
    )
    assert widget.run("return window.hacked") is None
    assert {"innerHTML", "style-src-elem", "img-src"} <= set(refused)
    widget.complaints()  # these were asked for


def test_nothing_is_asked_of_any_other_host(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.one(".chip").click()
    until(lambda: widget.find(".drawer[open] .law"))
    asked = set()
    for entry in widget.driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.add(urlsplit(message["params"]["request"]["url"])[:2])
    assert {host for scheme, host in asked if scheme.startswith("http")} == {urlsplit(widget.url).netloc}
