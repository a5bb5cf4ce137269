"""A whole conversation in the browser, against the real servers."""

from __future__ import annotations

import os
import sqlite3
import time

from selenium.webdriver.common.keys import Keys
from sqlalchemy.engine import make_url

from knowledge.library import Library
from tests.end_to_end.browser import Widget, until
from tests.end_to_end.widget import QUESTION, needs_browser
from tests.servers import Assistant

pytestmark = needs_browser


def test_six_questions_from_topics_are_offered_and_one_click_asks(widget: Widget) -> None:
    known = {topic.question for topic in Library.open().topics()}
    offered = [button.text for button in until(lambda: widget.find(".starts:first-of-type .suggestion"))]
    assert len(offered) == 6
    assert set(offered) <= known
    widget.one(".starts .suggestion", offered[0]).click()
    payload = widget.answer(0)
    assert payload["kind"] == "answer"
    assert widget.one(".asked bdi").text == offered[0]


def test_the_conclusion_stands_first_and_long_sections_are_folded(widget: Widget) -> None:
    payload = widget.ask(QUESTION)
    order = widget.run("return [...root.querySelector('.answer').children].map((part) => part.className || part.localName)")
    assert order.index("conclusion") < order.index("grounds") < order.index("section")
    assert widget.one(".conclusion").text == payload["summary"]
    folded = widget.run("return [...root.querySelectorAll('details.section')].map((part) => part.open)")
    assert len(folded) == len(payload["sections"])
    assert folded[0]
    assert not folded[-1]


def test_the_drawer_shows_the_whole_article_with_the_passage_marked_and_its_neighbours(widget: Widget) -> None:
    widget.ask("学术会议上发表过，还能申请专利吗？")
    chip = widget.one(".chip", "第二十四条第一款第三项")
    chip.click()
    until(lambda: widget.find(".drawer[open] mark"), what="the marked passage")
    article = Library.open().provision("patent-law/24")
    assert article is not None
    text = widget.run("return [...root.querySelectorAll('.drawer .law p')].map((p) => p.textContent).join('\\n')")
    assert text == article.full_text
    assert [mark.text for mark in widget.find(".drawer mark")] == ["（三）在规定的学术会议或者技术会议上首次发表的；"]
    assert "2020年10月17日文本，现行有效" in widget.one(".drawer .version").text
    assert widget.one("a.permanent").get_attribute("href") == f"{widget.url}laws/patent-law/24"
    widget.one(".drawer button", "第二十五条").click()
    until(lambda: "第二十五条" in widget.one(".drawer h2").text)
    assert "科学发现" in widget.one(".drawer .law").text
    widget.press(Keys.ESCAPE)
    until(lambda: not widget.find(".drawer[open]"))
    assert widget.focus() == chip


def test_what_is_asked_next_belongs_to_the_same_conversation(widget: Widget) -> None:
    widget.ask("专利法第十条")
    assert [c["id"] for c in widget.ask("下一条")["citations"]] == ["patent-law/11"]


def test_a_choice_is_made_with_a_button(widget: Widget) -> None:
    assert widget.ask("第五十条")["kind"] == "clarify"
    widget.one(".suggestion", "著作权法第五十条").click()
    assert [c["id"] for c in widget.answer(1)["citations"]] == ["copyright-law/50"]


def test_a_reload_brings_everything_back(widget: Widget) -> None:
    widget.ask(QUESTION)
    before = widget.one(".turns").text
    widget.write("还没有写完的话")
    widget.driver.refresh()
    widget.open_again()
    until(lambda: widget.count("done") == 1)
    assert widget.one(".turns").text == before
    assert widget.draft() == "还没有写完的话"
    assert [c["id"] for c in widget.run("return host.api.history().then((h) => h.exchanges[0].payload.citations)")]


def test_guided_checks_beyond_six_are_folded_and_one_click_away(widget: Widget) -> None:
    count = widget.run("return host.api.start().then((start) => start.checks.length)")
    place = until(lambda: widget.find(".starts:last-of-type"))[0]
    shown = [button for button in widget.find(".starts:last-of-type .suggestion") if button.is_displayed()]
    assert len(shown) == min(count, 6)
    if count > 6:
        assert f"还有 {count - 6} 项" in place.text
        widget.find(".starts:last-of-type summary")[0].click()
        assert all(button.is_displayed() for button in widget.find(".starts:last-of-type .suggestion"))


def test_what_a_thumb_down_asks_is_seen_on_a_small_screen(widget: Widget) -> None:
    widget.size(320, 640)
    widget.ask("专利法第十条")
    widget.one(".tool", "没帮助").click()
    form = until(lambda: widget.find(".reasons"))[0]

    def seen() -> bool:
        return widget.run(
            "const b = arguments[0].getBoundingClientRect(), l = root.querySelector('.log').getBoundingClientRect(); return b.top < l.bottom - 80",
            form,
        )

    until(seen, what="the form's beginning above the field")


def test_a_sent_question_gives_its_room_back_on_a_touch_screen(widget: Widget) -> None:
    widget.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    widget.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "pointer", "value": "coarse"}]})
    widget.ask("专利法第十条")
    assert widget.run("return root.activeElement?.id") != "question"


def test_the_server_gives_the_history_back_when_the_device_has_lost_it(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.run("host.device.keep('another', [])")
    widget.driver.refresh()
    widget.open_again()
    until(lambda: widget.count("done") == 1, what="the server's memory")


def test_restart_clears_the_device_and_begins_a_new_session(widget: Widget) -> None:
    widget.ask("专利法第十条")
    token = widget.run("return host.device.token")
    widget.one(".top button", "重新开始").click()
    assert widget.focus().text == "不清除", "a key pressed without looking loses nothing"
    widget.one(".confirm button", "清除并重新开始").click()
    until(lambda: widget.find(".hello:not([hidden])"))
    assert widget.turns() == []
    assert widget.ask("下一条")["kind"] == "clarify"
    assert widget.run("return host.device.token").split(".")[0] != token.split(".")[0]


def test_a_retry_of_the_same_message_is_answered_once(widget: Widget) -> None:
    widget.ask(QUESTION)
    answers = widget.run(
        "const [{id, text}] = host.talk.turns;"
        "return Promise.all([1, 2, 3].map(() => host.api.message(id, text))).then((all) => all.map((one) => one.at))"
    )
    assert len(set(answers)) == 1
    assert widget.run("return host.api.history().then((h) => h.exchanges.length)") == 1


def test_copy_takes_the_answer_with_its_citations(widget: Widget) -> None:
    widget.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    payload = widget.ask(QUESTION)
    widget.one(".tool", "复制").click()
    widget.one(".tool", "已复制，含出处")
    text = widget.run("return navigator.clipboard.readText()")
    assert payload["summary"] in text
    assert all(c["label"] in text and c["quote"].split("\n")[0] in text for c in payload["citations"])
    assert f"{widget.url}laws/patent-law/50" in text
    assert "不构成法律意见" in text


def test_a_thumb_with_a_reason_is_stored_with_question_topic_and_ranking(widget: Widget) -> None:
    payload = widget.ask(QUESTION)
    widget.one(".tool", "没帮助").click()
    widget.one(".choice", "不够具体").click()
    widget.one(".reasons textarea").send_keys("想知道表格怎么填")
    widget.one(".reasons button", "提交").click()
    until(lambda: "谢谢" in widget.one(".tools").text)
    row = _feedback()[-1]
    assert (row["verdict"], row["reason"], row["comment"]) == ("down", "not_enough", "想知道表格怎么填")
    assert (row["question"], row["topic"]) == (QUESTION, payload["topic"])
    assert payload["topic"] in (row["ranking"] or "")
    widget.driver.refresh()
    widget.open_again()
    assert until(lambda: widget.find(".tool[aria-pressed=true]"))[0].get_attribute("aria-label") == "没帮助"


def _feedback() -> list[sqlite3.Row]:
    with sqlite3.connect(str(make_url(os.environ["FEEDBACK_DB_URL"]).database)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute("select * from feedback order by id").fetchall()


def test_two_tabs_show_one_conversation(widget: Widget, assistant: Assistant) -> None:
    first = widget.driver.current_window_handle
    widget.driver.switch_to.new_window("tab")
    second = widget.driver.current_window_handle
    widget.open()
    widget.ask("专利法第十条")
    widget.driver.switch_to.window(first)
    until(lambda: widget.count("done") == 1, what="the other tab's answer")
    assert [c["id"] for c in widget.ask("下一条")["citations"]] == ["patent-law/11"]
    widget.driver.switch_to.window(second)
    until(lambda: widget.count("done") == 2)
    assert len(widget.run("return host.device.talk.turns")) == 2


def test_enter_during_composition_does_not_send(widget: Widget) -> None:
    widget.one("#question").click()
    widget.driver.execute_cdp_cmd("Input.imeSetComposition", {"text": "zhuan li", "selectionStart": 8, "selectionEnd": 8})
    for kind in ("rawKeyDown", "keyUp"):
        widget.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": kind, "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229})
    widget.run(
        "root.querySelector('#question').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    time.sleep(0.3)
    assert widget.turns() == []
    widget.insert("专利保护几年")
    widget.press(Keys.ENTER, shift=True)
    assert widget.turns() == []
    assert widget.draft().startswith("专利保护几年")
    widget.press(Keys.ENTER)
    until(lambda: widget.count("done") == 1)


def test_the_law_page_leads_back_with_the_question_written(widget: Widget) -> None:
    widget.open("?q=专利法第五十条")
    until(lambda: widget.draft() == "专利法第五十条")
    widget.press(Keys.ENTER)
    assert widget.answer(0)["kind"] == "provision"
