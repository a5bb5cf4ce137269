"""The channel against the stand-in: acknowledged at once, answered once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.channels.wecom.settings import Settings
from tests.bot.wecom.conftest import APP
from tests.wecom_standin.callbacks import deliver, event, plain, post, said, sealed, storm
from tests.wecom_standin.office import FakeRasa, Running
from tests.wecom_standin.server import WeCom

Make = Callable[..., Settings]


@pytest.mark.asyncio
async def test_the_address_is_verified(running: Running, session: aiohttp.ClientSession) -> None:
    query, outer = sealed("1616140317555161061")
    query["echostr"] = outer.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    async with session.get(running.url, params=query) as response:
        assert (response.status, await response.text()) == (200, "1616140317555161061")
    async with session.get(running.url, params={**query, "msg_signature": "0" * 40}) as response:
        assert (response.status, await response.text()) == (403, "")
    async with session.get(running.url) as response:
        assert response.status == 403


@pytest.mark.asyncio
async def test_a_question_is_answered_with_links_and_buttons(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    assert await deliver(session, running.url, said("zhang", "别人卖我有专利的产品")) == 200
    await running.idle()
    assert running.rasa.asked == [("wecom:ww0123456789abcdef:zhang", "别人卖我有专利的产品")]
    first, card = wecom.sent
    assert "https://ip.example.cn/laws/patent-law/11" in first["markdown"]["content"]
    click = event(
        "zhang",
        "template_card_event",
        EventKey=card["template_card"]["button_list"][1]["key"],
        TaskId="t",
        CardType="button_interaction",
        ResponseCode="rc",
    )
    assert await deliver(session, running.url, click) == 200
    await running.idle()
    assert running.rasa.asked[-1][1] == "实用新型"
    assert wecom.updated[0]["response_code"] == "rc"
    await deliver(session, running.url, said("zhang", "1"))
    await deliver(session, running.url, said("li", "1"))
    await running.idle()
    assert set(running.rasa.asked[-2:]) == {("wecom:ww0123456789abcdef:zhang", "发明"), ("wecom:ww0123456789abcdef:li", "1")}


@pytest.mark.asyncio
async def test_it_is_acknowledged_while_assistant_and_wecom_are_busy(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    running.rasa.held = asyncio.Event()
    wecom.slow = 0.3
    query, body = sealed(said("zhang", "专利"))
    assert await post(session, running.url, query, body) == 200
    assert await post(session, running.url, query, body) == 200
    assert wecom.sent == []
    running.rasa.held.set()
    await running.idle()
    assert len(running.rasa.asked) == 1 and len(wecom.sent) == 2


@pytest.mark.asyncio
async def test_repeated_and_reordered_callbacks_are_answered_once(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    wecom.slow = 0.02
    await storm(session, running.url, [said(f"u{n}", f"问{n}") for n in range(60)])
    await running.idle()
    assert running.rasa.times == {f"问{n}": 1 for n in range(60)} and len(wecom.sent) == 120


@pytest.mark.asyncio
async def test_a_question_asked_twice_is_answered_twice(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    for _ in range(3):
        await deliver(session, running.url, said("zhang", "专利"))
        await running.idle()
    assert len(wecom.sent) == 6


@pytest.mark.asyncio
async def test_a_welcome_or_notice_leaves_the_choices_open(running: Running, session: aiohttp.ClientSession) -> None:
    await deliver(session, running.url, said("zhang", "专利"))
    await running.idle()
    await deliver(session, running.url, event("zhang", "enter_agent"))
    await deliver(session, running.url, plain("zhang", MsgType="image", MediaId="m", MsgId=6))
    await deliver(session, running.url, said("zhang", "第二个"))
    await running.idle()
    assert [text for _, text in running.rasa.asked] == ["专利", "实用新型"]


@pytest.mark.asyncio
async def test_commands_to_rasa_are_only_text(running: Running, session: aiohttp.ClientSession) -> None:
    await deliver(session, running.url, said("zhang", '/restart{"a": 1}'))
    await deliver(session, running.url, event("zhang", "template_card_event", EventKey="ask:/restart", TaskId="t"))
    await running.idle()
    assert [text[0] for _, text in running.rasa.asked] == ["／", "／"]


@pytest.mark.asyncio
async def test_repeats_and_replays_are_answered_once(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    query, body = sealed(said("zhang", "专利", 77))
    statuses = await asyncio.gather(
        *(post(session, running.url, query, body) for _ in range(5)), deliver(session, running.url, said("zhang", "专利", 77))
    )
    assert set(statuses) == {200}
    await running.idle()
    await post(session, running.url, query, body)
    await running.idle()
    assert len(running.rasa.asked) == 1 and len(wecom.sent) == 2


@pytest.mark.asyncio
async def test_one_persons_messages_are_answered_in_order(running: Running, session: aiohttp.ClientSession) -> None:
    running.rasa.slow = 0.01
    for number in range(12):
        await deliver(session, running.url, said("zhang", f"问题{number}"))
    await running.idle()
    assert [text for _, text in running.rasa.asked] == [f"问题{number}" for number in range(12)]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("kind", "word"), [("image", "图片"), ("voice", "语音"), ("file", "文件"), ("location", "位置"), ("video", "视频"), ("hologram", "文字")]
)
async def test_other_kinds_of_message_are_answered_kindly(
    kind: str, word: str, running: Running, wecom: WeCom, session: aiohttp.ClientSession
) -> None:
    await deliver(session, running.url, plain("zhang", MsgType=kind, MediaId="m", MsgId=5))
    await running.idle()
    assert word in wecom.texts("zhang")[0] and running.rasa.asked == []


@pytest.mark.asyncio
async def test_welcome_at_most_once_a_day_and_menu_clicks(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    for at in range(3):
        await deliver(session, running.url, event("zhang", "enter_agent", CreateTime=int(time.time()) + at))
    await deliver(session, running.url, event("zhang", "subscribe"))
    await deliver(session, running.url, event("zhang", "LOCATION", Latitude="1"))
    await deliver(session, running.url, event("zhang", "unsubscribe"))
    await running.idle()
    assert [APP.welcome] == wecom.texts("zhang")
    for key in ("PATENT", "UNKNOWN", "ask:商标注册要多久"):
        await deliver(session, running.url, event("zhang", "click", EventKey=key))
    await running.idle()
    assert [text for _, text in running.rasa.asked] == ["专利侵权怎么办", "你能做什么", "商标注册要多久"]


def test_a_menu_click_on_a_topic_or_check_asks_its_question() -> None:
    from bot.channels.wecom.events import menu_text
    from knowledge.library import default_library
    from knowledge.snapshot import snapshot

    topics = snapshot(default_library()).topics
    if not topics:
        pytest.skip("the library is not built")
    for scheme, kind in (("topic", "answer"), ("check", "check")):
        topic = next(topic for topic in topics.values() if topic.kind == kind)
        assert menu_text(replace(APP, menu={"A": f"{scheme}:{topic.id}"}), "A") == topic.question
        assert menu_text(APP, f"{scheme}:{topic.id}") == topic.question
    assert menu_text(replace(APP, menu={"A": "topic:nowhere"}), "A") == "你能做什么"


@pytest.mark.asyncio
async def test_tokens_are_fetched_once_and_renewed_once(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    async def ask(names: range) -> None:
        await asyncio.gather(*(deliver(session, running.url, said(f"u{n}", f"问{n}")) for n in names))
        await running.idle()

    await ask(range(30))
    assert wecom.calls["gettoken"] == 1
    wecom.revoke()
    await ask(range(30, 60))
    assert wecom.calls["gettoken"] == 2
    wecom.expire()
    await ask(range(60, 90))
    assert wecom.calls["gettoken"] == 3
    assert len(wecom.sent) == 180


@pytest.mark.asyncio
async def test_passing_errors_are_retried_and_nothing_arrives_twice(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    wecom.faults["message/send"].extend([-1, 45009, "close", "garbage", "lose answer", -1, -1, -1, -1])
    wecom.faults["gettoken"].extend([-1, "close"])
    for n in range(6):
        await deliver(session, running.url, said("zhang", f"问题{n}"))
    await running.idle()
    answers = [m["markdown"]["content"].split("答：")[1][:3] for m in wecom.sent if m["msgtype"] == "markdown"]
    assert answers == [f"问题{n}" for n in range(6)] and len(wecom.sent) == 12
    assert all(times == 1 for times in running.rasa.times.values())


@pytest.mark.asyncio
async def test_a_rate_limit_only_delays(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    wecom.rate = (5, 0.3)
    await asyncio.gather(*(deliver(session, running.url, said(f"u{n}", f"问{n}")) for n in range(12)))
    await running.idle()
    assert wecom.refused[45009] > 0 and len(wecom.sent) == 24
    assert all(times == 1 for times in running.rasa.times.values())


@pytest.mark.asyncio
async def test_errors_for_the_administrator_say_what_to_do(
    running: Running, wecom: WeCom, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    wecom.strangers.add("wang")
    wecom.faults["message/send"].append(60020)
    await deliver(session, running.url, said("zhang", "专利"))
    await running.idle()
    await deliver(session, running.url, said("wang", "专利"))
    await running.idle()
    assert len(wecom.texts("zhang")) == 2, "sent once the administrator has mended it"
    wecom.unlicensed.add("zhao")
    await deliver(session, running.url, said("zhao", "专利"))
    await running.idle()
    assert "接口许可" in caplog.text
    assert "企业可信 IP" in caplog.text and "203.0.113.9" in caplog.text and "可见范围" in caplog.text
    assert not any(name in caplog.text for name in ("zhang", "wang", "zhao")), "no identity in the log"
    assert "standin-secret" not in caplog.text


@pytest.mark.asyncio
async def test_one_process_serves_several_corps(wecom: WeCom, settings: Make, session: aiohttp.ClientSession) -> None:
    second = replace(APP, corp_id="wwsecondsecond", token="SecondToken")
    third = replace(APP, corp_id="wwthirdthird")  # the same token and key as the first
    office = await Running(settings(api=wecom.url, apps=(APP, second, third)), FakeRasa()).start()
    wecom.faults["gettoken"].clear()
    try:
        assert await deliver(session, office.url, said("zhang", "一")) == 200
        for app in (second, third):
            message = said("zhang", app.corp_id).replace(APP.corp_id, app.corp_id, 1)
            assert await deliver(session, office.url, message, corp=app.corp_id, token=app.token) == 200
        crossed = said("zhang", "二").replace(APP.corp_id, second.corp_id, 1)
        assert await deliver(session, office.url, crossed) == 403
        for _ in range(200):
            if len(office.rasa.asked) == 3:
                break
            await asyncio.sleep(0.02)
        assert {sender for sender, _ in office.rasa.asked} == {f"wecom:{corp}:zhang" for corp in (APP.corp_id, second.corp_id, third.corp_id)}
    finally:
        await office.stop()


@pytest.mark.asyncio
async def test_two_applications_with_the_same_token_are_told_apart(wecom: WeCom, settings: Make, session: aiohttp.ClientSession) -> None:
    office = await Running(settings(api=wecom.url, apps=(replace(APP, agent_id=7, welcome="七"), APP)), FakeRasa()).start()
    try:
        await deliver(session, office.url, event("zhang", "enter_agent"))
        await office.idle()
        assert wecom.texts("zhang") == [APP.welcome]
    finally:
        await office.stop()


@pytest.mark.asyncio
async def test_an_assistant_that_fails_still_answers(wecom: WeCom, settings: Make, session: aiohttp.ClientSession) -> None:
    async def broken(message: Any) -> None:
        raise RuntimeError("no model")

    office = await Running(settings(api=wecom.url), broken).start()
    try:
        await deliver(session, office.url, said("zhang", "专利"))
        await office.idle()
        assert "还没有得到回答" in wecom.texts("zhang")[0]
    finally:
        await office.stop()
