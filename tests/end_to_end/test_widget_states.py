"""When something is slow, cut, full or gone: words for each, nothing typed is lost, a retry works."""

from __future__ import annotations

import os
import signal
import time

from bot.channels.web.tokens import Signer
from tests.end_to_end.browser import Widget, until
from tests.end_to_end.widget import QUESTION, needs_browser
from tests.servers import WEB_SECRET, Assistant

pytestmark = needs_browser


def test_an_answer_that_takes_long_is_excused_then_failed_and_comes_by_itself(widget: Widget, assistant: Assistant) -> None:
    process = assistant.services[0].process
    assert process is not None
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        widget.send("发明专利保护多少年")
        until(lambda: "正在查找" in widget.one(".pending").text)
        assert "平时慢" not in widget.one(".pending").text
        until(lambda: "平时慢" in widget.one(".pending").text, 4.5, "the excuse after three seconds")
        assert "平时慢" in until(widget.spoken)
        until(lambda: widget.count("failed"), 10, "the failure")
        assert "系统正忙" in widget.one(".failed").text
        assert widget.one(".asked bdi").text == "发明专利保护多少年"
    finally:
        os.killpg(process.pid, signal.SIGCONT)
    until(lambda: widget.count("done") == 1, 30, "the answer without a click")


def test_a_second_question_waits_in_the_field(widget: Widget, paused_actions: None) -> None:
    widget.send("发明专利保护多少年")
    until(lambda: widget.count("waiting"))
    widget.send("外观设计呢")
    assert widget.draft() == "外观设计呢"
    assert "上一个问题" in widget.one("#hint").text


def test_offline_keeps_the_question_and_sends_it_when_the_network_is_back(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.offline(True)
    until(lambda: "没有网络" in widget.one(".app > .bar").text)
    widget.send("发明专利保护多少年")
    assert "联网后会自动发送" in widget.one(".failed").text
    assert "没有网络" in until(widget.spoken)
    widget.one(".failed button", "重试").click()
    until(lambda: widget.count("failed") == 1)
    widget.offline(False)
    until(lambda: widget.count("done") == 2, what="the answer after the cut")
    assert len(widget.turns()) == 2


def test_a_question_that_failed_can_be_changed(widget: Widget) -> None:
    widget.offline(True)
    widget.send("发明专利保护多少年")
    widget.one(".failed button", "改一改").click()
    assert widget.draft() == "发明专利保护多少年"
    assert widget.find(".turn") == []
    widget.offline(False)


def test_the_server_may_restart_in_the_middle(widget: Widget, assistant: Assistant) -> None:
    widget.ask("专利法第十条")
    rasa = assistant.services[1]
    rasa.stop()
    try:
        widget.send("发明专利保护多少年")
        until(lambda: widget.count("failed"), what="the failure")
        assert "可能正在重启" in widget.one(".failed").text
    finally:
        rasa.start()
        until(rasa.ready, 120, "Rasa")
    until(lambda: widget.count("done") == 2, 60, "the answer without a click")
    assert widget.run("return host.device.token"), "the session outlives the restart"


def test_an_expired_session_is_told_and_a_retry_begins_a_new_one(widget: Widget) -> None:
    widget.ask(QUESTION)
    session = widget.run("return host.device.token").split(".")[0]
    old = Signer(WEB_SECRET.encode(), 3600, now=lambda: time.time() - 13 * 3600).issue(session)
    widget.run("host.device.token = arguments[0]", old)
    widget.send("发明专利保护多少年")
    until(lambda: widget.count("failed"))
    assert "已经过期" in widget.one(".failed").text
    widget.one(".failed button", "重试").click()
    until(lambda: widget.count("done") == 2)
    assert widget.run("return host.device.token").split(".")[0] != session


def test_a_forged_token_is_not_taken(widget: Widget) -> None:
    widget.ask(QUESTION)
    widget.run("host.device.token = host.device.token.replace(/^./, (c) => (c === 'a' ? 'b' : 'a'))")
    widget.send("发明专利保护多少年")
    until(lambda: widget.count("failed"))
    assert "不能再用" in widget.one(".failed").text


def test_too_many_questions_are_slowed_down_with_a_countdown(widget: Widget) -> None:
    widget.ask("你好")
    widget.run("return Promise.all([...Array(25)].map(() => host.api.feedback({id: 'nothing', verdict: 'up'}).catch((e) => e.code)))")
    widget.send("发明专利保护多少年")
    until(lambda: widget.count("failed"))
    assert "问得有点快" in widget.one(".failed").text
    retry = widget.one(".failed button", "重试")
    until(retry.is_enabled, 15, "the end of the countdown")
    retry.click()
    until(lambda: widget.count("done") == 2)


def test_a_text_that_is_too_long_is_counted_and_kept(widget: Widget) -> None:
    widget.write("长" * 10_000)
    assert "超出 9000 字" in widget.one("#hint").text
    widget.one(".send").click()
    assert widget.turns() == []
    assert len(widget.draft()) == 10_000
    assert widget.one("#question").get_attribute("aria-invalid") == "true"


def test_the_servers_own_limit_has_words_too(widget: Widget) -> None:
    widget.run("host.composer.most = 1e6")
    widget.send("长" * 1001)
    until(lambda: widget.count("failed"))
    assert "最多 1000 字" in widget.one(".failed").text
    widget.send("长" * 30_000)
    until(lambda: widget.count("failed") == 2)
    widget.find(".failed button")[-1].click()
    assert len(widget.draft()) == 30_000


def test_an_empty_message_is_not_sent(widget: Widget) -> None:
    widget.write("   ")
    widget.one(".send").click()
    assert "请先写下" in widget.one("#hint").text
    assert widget.turns() == []


def test_after_a_restart_old_answers_stay_and_are_marked_as_forgotten(widget: Widget) -> None:
    widget.ask(QUESTION)
    kept = widget.run("return host.device.token")
    widget.run("return host.api.leave()")  # what a restart does to the server's memory
    widget.run("host.device.token = arguments[0]", kept)
    widget.driver.refresh()
    widget.open_again()
    until(lambda: "服务器重启过" in widget.one(".app > .bar").text)
    assert widget.count("done") == 1
