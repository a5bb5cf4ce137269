"""For everyone: axe-core's rules, keyboard alone, announcements, sizes, narrow and wide, large letters, print."""

from __future__ import annotations

import os
import time
from pathlib import Path

import axe_core_python
import pytest
from selenium.webdriver.common.keys import Keys

from tests.end_to_end.browser import Widget, until
from tests.end_to_end.widget import QUESTION, needs_browser

pytestmark = needs_browser
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PICTURES = Path(__file__).parents[2] / "docs" / "images"


def violations(widget: Widget) -> list[str]:
    """What axe-core finds on the page as it stands."""
    widget.driver.execute_script(AXE)
    found = widget.driver.execute_async_script("const done = arguments[0]; axe.run(document).then((r) => done(r.violations))")
    return [f"{v['id']}: {node['target']} {node['failureSummary']}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize(
    "display",
    [{"theme": "light"}, {"theme": "dark"}, {"size": "larger"}, {"contrast": "more"}, {"theme": "dark", "contrast": "more", "size": "large"}],
    ids=["light", "dark", "large text", "high contrast", "all"],
)
def test_axe_finds_nothing(widget: Widget, display: dict[str, str]) -> None:
    widget.display(**display)
    until(lambda: widget.find(".starts .suggestion"))
    assert violations(widget) == []
    widget.ask(QUESTION)
    widget.ask("离婚财产怎么分？")
    widget.ask("第五十条")
    widget.one(".top button", "显示").click()
    assert violations(widget) == []
    widget.press(Keys.ESCAPE)
    widget.find(".tool[aria-label=没帮助]")[0].click()
    until(lambda: widget.find(".reasons"))
    widget.find(".chip")[0].click()
    until(lambda: widget.find(".drawer[open] .law"))
    assert violations(widget) == []
    widget.size(320, 640)
    time.sleep(0.3)
    assert violations(widget) == []


@pytest.mark.parametrize("path", ["laws", "laws/patent-law", "laws/copyright-law/24/1/6", "laws/ip-14th-plan/indicators/3", "laws/patent-law/999"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_the_law(widget: Widget, path: str, theme: str) -> None:
    widget.display(theme=theme)
    widget.driver.get(widget.url + path)
    assert violations(widget) == []


def test_failures_pass_too(widget: Widget) -> None:
    widget.offline(True)
    widget.send(QUESTION)
    until(lambda: widget.count("failed"))
    assert violations(widget) == []
    widget.offline(False)


def test_everything_to_press_is_44_pixels(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.ask("第五十条")
    widget.find(".tool[aria-label=没帮助]")[0].click()
    until(lambda: widget.find(".reasons"))
    widget.find(".chip")[0].click()
    until(lambda: widget.find(".drawer[open] .law"))
    for width in (1280, 320):
        widget.size(width, 800)
        time.sleep(0.3)
        small = widget.run(
            "return [...root.querySelectorAll('button, a, summary, label.choice, textarea, .segment')].filter((e) => e.checkVisibility())"
            ".map((e) => [e.textContent || e.ariaLabel, e.getBoundingClientRect()]).filter(([, r]) => r.width < 43.9 || r.height < 43.9)"
            ".map(([name, r]) => `${name} ${r.width}×${r.height}`)"
        )
        assert small == []


@pytest.mark.parametrize("size", ["normal", "larger"])
def test_nothing_is_cut_off_on_a_small_phone(widget: Widget, size: str) -> None:
    widget.display(size=size)
    widget.size(320, 568)
    widget.ask(QUESTION)
    widget.ask("“十四五”国家规划的主要指标有哪些？")
    sticking_out = (
        "return [...root.querySelectorAll('.app *')].filter((e) => e.checkVisibility() && !e.closest('.unseen, .table, svg, [role=status]'))"
        ".filter((e) => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1).map((e) => e.outerHTML.slice(0, 80))"
    )
    assert widget.run(sticking_out) == []
    widget.find(".chip")[-1].click()
    until(lambda: widget.find(".drawer[open] .law"))
    assert widget.run(sticking_out) == []


def test_only_complete_answers_are_announced(widget: Widget) -> None:
    widget.run("window.said = []; new MutationObserver(() => said.push(root.querySelector('.app > [role=status]').textContent))"
               ".observe(root.querySelector('.app > [role=status]'), {childList: true, characterData: true, subtree: true})")  # fmt: skip
    payload = widget.ask(QUESTION)
    until(lambda: payload["title"] in widget.spoken())
    said = [text for text in widget.run("return said") if text]
    assert len(said) == 1
    assert payload["summary"] in said[0]
    log = widget.one("[role=log]")
    assert (log.get_attribute("aria-label"), log.get_attribute("aria-live")) == ("问答记录", "off")


def test_a_conversation_by_keyboard_alone(widget: Widget) -> None:
    widget.press(QUESTION, Keys.ENTER)
    widget.answer(0)
    assert widget.focus().get_attribute("id") == "question", "who writes goes on writing"
    seen = []
    for _ in range(60):
        widget.press(Keys.TAB, shift=True)
        element = widget.focus()
        seen.append(element)
        ring = widget.run(
            "return getComputedStyle(root.activeElement.matches('input') ? root.activeElement.nextElementSibling : root.activeElement).outlineStyle"
        )
        assert ring != "none", "the focus is visible"
        if "chip" in (element.get_attribute("class") or ""):
            break
    widget.press(Keys.ENTER)
    until(lambda: widget.find(".drawer[open] mark"))
    until(lambda: widget.focus() == widget.one(".drawer h2"), what="the focus in the drawer")
    widget.press(Keys.ESCAPE)
    until(lambda: widget.focus() == seen[-1], what="the focus back on the chip")
    until(lambda: widget.find(".next .suggestion"))[0].send_keys(Keys.ENTER)
    widget.answer(1)
    until(lambda: widget.focus().tag_name == "h3", what="the focus on the new answer's title")


def test_a_guided_check_by_keyboard_alone(widget: Widget) -> None:
    until(lambda: widget.find(".starts .suggestion"))
    assert widget.run("return host.api.start().then((start) => start.checks.length)")
    for _ in range(40):
        widget.press(Keys.TAB, shift=True)
        if widget.focus() in widget.find(".starts:last-of-type .suggestion"):
            break
    widget.press(Keys.ENTER)
    payload = widget.answer(0)
    assert payload["kind"] == "question"
    for n in range(1, 20):
        place = widget.run("const all = root.querySelectorAll('progress'); return all[all.length - 1]?.value")
        assert place is not None
        if payload["kind"] == "question":
            asks = payload["summary"].split("\n")[-1]
            until(lambda asks=asks: widget.focus().text == asks, what="the focus on the question")
        for _ in range(40):  # behind a conclusion so far stand its grounds
            widget.press(Keys.TAB)
            if "option" in (widget.focus().get_attribute("class") or ""):
                break
        assert "option" in widget.focus().get_attribute("class")
        widget.press(Keys.ENTER)
        payload = widget.answer(n)
        if not any(section["heading"] == "进度" for section in payload["sections"]):
            break
    assert widget.find(".answer.question .option:not(:disabled)") == []
    assert payload["kind"] == "answer"
    assert payload["citations"]
    assert violations(widget) == []


QUESTION_PAYLOAD = {
    "schema": "ip-law-answer/1", "kind": "question", "topic": "check-x", "title": "是否侵犯专利权", "confidence": 1, "citations": [],
    "summary": "为生产经营目的，才可能侵权。\n您是为了做生意才用的吗？", "sections": [{"heading": "进度", "items": ["第2问，后面最多还有2问"]}],
    "suggestions": [{"title": t, "payload": t} for t in ("是，为了经营", "不是，自己用", "不清楚", "为什么问这个", "改一下上一个", "不核对了")],
}  # fmt: skip


def test_a_question_of_a_check_shows_where_it_stands_and_takes_one_answer(widget: Widget) -> None:
    widget.run("host.api.message = async (id) => ({id, at: 1, payload: arguments[0]})", QUESTION_PAYLOAD)
    widget.ask("开始")
    assert [e.text for e in widget.find(".option")] == ["是，为了经营", "不是，自己用"]
    assert [e.text for e in widget.find(".controls button")] == ["不清楚", "为什么问这个", "改一下上一个", "不核对了"]
    assert widget.run("const p = root.querySelector('progress'); return [p.value, p.max, p.ariaLabel]") == [1, 4, "第 2 问，后面最多还有 2 问"]
    assert widget.one(".answer h3").text == "您是为了做生意才用的吗？"
    assert violations(widget) == []
    widget.one(".option", "不是，自己用").click()
    widget.answer(1)
    until(lambda: widget.focus().text == "您是为了做生意才用的吗？", what="the focus on the next question")
    first = widget.find(".turn")[0]
    assert widget.run("return [...arguments[0].querySelectorAll('button')].every((b) => b.disabled)", first)
    assert widget.run("return arguments[0].querySelector('.chosen').textContent", first) == "不是，自己用"


def test_motion_is_left_out_where_it_is_not_wanted(widget: Widget) -> None:
    widget.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    widget.offline(True)
    widget.send(QUESTION)
    widget.run(
        "const dot = document.createElement('div'); dot.className = 'dots'; dot.append(document.createElement('i')); root.querySelector('.log').append(dot)"
    )
    assert widget.run("return getComputedStyle(root.querySelector('.dots i')).animationName") == "none"
    widget.offline(False)


def test_the_system_s_dark_mode_is_followed(widget: Widget) -> None:
    light = widget.run("return getComputedStyle(root.querySelector('.app')).backgroundColor")
    widget.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    until(lambda: widget.run("return getComputedStyle(root.querySelector('.app')).backgroundColor") != light)


def test_paper_is_white_and_shows_everything_unfolded_and_no_buttons(widget: Widget) -> None:
    widget.display(theme="dark")
    widget.ask(QUESTION)
    widget.run("dispatchEvent(new Event('beforeprint'))")
    widget.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert widget.run("return [...root.querySelectorAll('details')].every((d) => d.open)")
    assert widget.run("return getComputedStyle(root.querySelector('.conclusion')).color") == "rgb(0, 0, 0)"
    assert widget.run("return document.body.scrollHeight > innerHeight && getComputedStyle(document.body).overflow === 'visible'")
    assert not any(e.is_displayed() for e in widget.find(".send, .tools, .top button"))
    assert widget.one(".notice").is_displayed()
    assert widget.one(".chips").is_displayed()
    widget.run("dispatchEvent(new Event('afterprint'))")
    assert not widget.run("return [...root.querySelectorAll('details')].every((d) => d.open)")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_pictures(widget: Widget, width: int, tmp_path: Path) -> None:
    """With KEEP_PICTURES=1 they go to docs/images, for the documentation and for looking at them."""
    folder = PICTURES if os.environ.get("KEEP_PICTURES") == "1" else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    until(lambda: widget.find(".starts .suggestion"))
    widget.size(width, {320: 640, 768: 1024, 1280: 860}[width])

    def picture(name: str) -> None:
        widget.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 1, "y": 1})
        time.sleep(0.6)
        widget.driver.save_screenshot(str(folder / f"widget-{name}-{width}.png"))

    picture("start")
    widget.ask(QUESTION)
    picture("answer")
    widget.run("root.querySelector('.chip').click()")  # no pointer in the picture
    until(lambda: widget.find(".drawer[open] mark"))
    widget.run("root.activeElement.blur()")  # as a click leaves it: no mark of the keyboard
    picture("drawer")
    widget.display(theme="dark", size="large")
    until(lambda: widget.count("done") == 1)
    picture("dark-large")
    assert all((folder / f"widget-{name}-{width}.png").stat().st_size > 10_000 for name in ("start", "answer", "drawer", "dark-large"))
