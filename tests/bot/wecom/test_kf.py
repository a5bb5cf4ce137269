"""微信客服 against the stand-in."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.channels.wecom.settings import Settings
from tests.bot.wecom.conftest import APP
from tests.wecom_standin.callbacks import deliver, kf_event
from tests.wecom_standin.office import FakeRasa, Running, answer_for
from tests.wecom_standin.server import KF, WeCom

Make = Callable[..., Settings]


@pytest_asyncio.fixture
async def running(wecom: WeCom, settings: Make) -> AsyncIterator[Running]:
    office = await Running(settings(api=wecom.url), FakeRasa(suggestions=("发明", "实用新型", "选" * 41))).start()
    yield office
    await office.stop()


async def tell(running: Running, session: aiohttp.ClientSession) -> None:
    assert await deliver(session, running.url, kf_event()) == 200
    await running.idle()


@pytest.mark.asyncio
async def test_a_customer_is_answered_with_text_and_a_menu(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    wecom.customer_says("wm1", "专利侵权怎么办")
    await tell(running, session)
    assert running.rasa.asked == [(f"wecom-kf:{APP.corp_id}:{KF}:wm1", "专利侵权怎么办")]
    text, menu = wecom.kf_sent
    assert "第十一条第一款\n发明" in text["text"]["content"] and "https://ip.example.cn/laws/patent-law/11" in text["text"]["content"]
    assert "**" not in text["text"]["content"]
    ids = [item["click"]["id"] for item in menu["msgmenu"]["list"]]
    assert ids == ["ask:发明", "ask:实用新型", "ask:" + "选" * 41]
    wecom.customer_says("wm1", {"msgtype": "text", "text": {"content": "实用新型", "menu_id": ids[1]}})
    wecom.customer_says("wm1", "1")
    await tell(running, session)
    assert [text for _, text in running.rasa.asked[1:]] == ["实用新型", "发明"]
    assert wecom.states["wm1"] == 1


@pytest.mark.asyncio
async def test_welcome_and_other_kinds_of_message(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    code = wecom.customer_enters("wm1")
    await tell(running, session)
    await tell(running, session)
    assert [(m["code"], m["text"]["content"]) for m in wecom.on_event] == [(code, APP.welcome)]
    wecom.customer_says("wm1", {"msgtype": "image", "image": {"media_id": "m"}})
    await tell(running, session)
    assert "图片" in wecom.kf_sent[0]["text"]["content"]


@pytest.mark.asyncio
async def test_a_welcome_that_is_too_late_is_not_sent(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    wecom.customer_enters("wm1")
    wecom.messages[-1]["send_time"] -= 60
    await tell(running, session)
    assert wecom.calls["kf/send_msg_on_event"] == 0


@pytest.mark.asyncio
async def test_handing_over_to_a_named_person(wecom: WeCom, settings: Make, session: aiohttp.ClientSession) -> None:
    app = replace(APP, kf_servicer="wang")
    office = await Running(settings(api=wecom.url, apps=(app,)), FakeRasa()).start()
    try:
        wecom.customer_says("wm1", "专利")
        wecom.customer_says("wm1", "转人工")
        await tell(office, session)
        assert wecom.states["wm1"] == 3 and [m["text"]["content"] for m in wecom.on_event] == ["已为您转接人工客服，请稍候。"]
    finally:
        await office.stop()


@pytest.mark.asyncio
async def test_when_the_person_has_ended_it_the_assistant_answers_again(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    wecom.states["wm1"] = 3
    wecom.customer_says("wm1", "在吗")
    await tell(running, session)
    wecom.states["wm1"] = 0  # ended; WeCom opens a new session with the customer's next message
    wecom.customer_says("wm1", "专利")
    await tell(running, session)
    assert [text for _, text in running.rasa.asked] == ["专利"]


@pytest.mark.asyncio
async def test_handing_over_to_a_person(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    wecom.no_servicer = True
    wecom.customer_says("wm1", "我要转人工客服")
    await tell(running, session)
    assert "没有可以接待的人工客服" in wecom.kf_sent[0]["text"]["content"]
    wecom.no_servicer = False
    wecom.customer_says("wm1", "转人工")
    await tell(running, session)
    assert wecom.states["wm1"] == 2 and "已为您转接" in wecom.on_event[0]["text"]["content"]
    wecom.customer_says("wm1", "有人吗")
    await tell(running, session)
    assert running.rasa.asked == [] and len(wecom.kf_sent) == 1, "the assistant keeps quiet while a person has the conversation"


@pytest.mark.asyncio
async def test_pages_and_repeats(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    wecom.page = 7
    for number in range(40):
        wecom.customer_says(f"wm{number % 20}", f"问{number}")
    await asyncio.gather(*(deliver(session, running.url, kf_event()) for _ in range(6)))
    await running.idle()
    for person in range(20):
        assert [t for s, t in running.rasa.asked if s.endswith(f":wm{person}")] == [f"问{person}", f"问{person + 20}"]
    assert len(wecom.kf_sent) == len({(m["touser"], str(m.get("text", m.get("msgmenu")))) for m in wecom.kf_sent}) + 20  # the menus are alike


@pytest.mark.asyncio
async def test_a_burst_shares_the_five_messages_and_the_rest_waits_for_the_next(
    running: Running, wecom: WeCom, session: aiohttp.ClientSession
) -> None:
    for number in range(8):
        wecom.customer_says("wm1", f"问{number}")
    await deliver(session, running.url, kf_event())
    for _ in range(100):
        if wecom.calls["kf/send_msg"] > 5:
            break
        await asyncio.sleep(0.05)
    assert len(wecom.kf_sent) == 5 and wecom.refused[95001] > 0
    for _ in range(6):  # each further message of the customer lets five more out, at once
        wecom.customer_says("wm1", "还有吗")
        await deliver(session, running.url, kf_event())
        await asyncio.sleep(1)
        if not running.office.store.waiting():
            break
    assert not running.office.store.waiting()
    said = [m["text"]["content"].split("答：")[1].split("\n")[0] for m in wecom.kf_sent if m["msgtype"] == "text"]
    assert said[:9] == [*(f"问{n}" for n in range(8)), "还有吗"]


@pytest.mark.asyncio
async def test_at_most_five_messages_for_a_long_answer(wecom: WeCom, settings: Make, session: aiohttp.ClientSession) -> None:
    class Long(FakeRasa):
        async def __call__(self, message: Any) -> None:
            answer = answer_for("法" * 200 + "。" + "条文规定如此。" * 900, ("甲", "乙"))
            await message.output_channel.send_custom_json(message.sender_id, answer)

    office = await Running(settings(api=wecom.url), Long()).start()
    try:
        wecom.customer_says("wm1", "全文")
        await tell(office, session)
        assert [m["msgtype"] for m in wecom.kf_sent] == ["text"] * 4 + ["msgmenu"]
        assert "内容较长" in wecom.kf_sent[3]["text"]["content"]
    finally:
        await office.stop()


@pytest.mark.asyncio
async def test_faults_lose_nothing_and_send_nothing_twice(running: Running, wecom: WeCom, session: aiohttp.ClientSession) -> None:
    wecom.faults["kf/sync_msg"].extend([-1, "close", 95007])
    wecom.faults["kf/send_msg"].extend(["lose answer", 45009, "close"])
    wecom.faults["kf/service_state/get"].extend([-1] * 5)
    wecom.customer_says("wm1", "一")
    wecom.customer_says("wm2", "二")
    await tell(running, session)
    assert sorted(m["msgtype"] for m in wecom.kf_sent) == ["msgmenu", "msgmenu", "text", "text"]


@pytest.mark.asyncio
async def test_two_machines_share_one_account_through_redis(
    wecom: WeCom, settings: Make, session: aiohttp.ClientSession, redis_url: str, tmp_path: Path
) -> None:
    """Each has a cursor of its own, so each fetches every message; only one of them may answer it."""
    values = [settings(api=wecom.url, redis=redis_url, state=tmp_path / f"{n}.sqlite") for n in range(2)]
    offices = [await Running(value, FakeRasa()).start() for value in values]
    try:
        wecom.page = 9
        for number in range(60):
            wecom.customer_says(f"wm{number}", f"问{number}")
            if number % 6 == 0:
                await asyncio.gather(*(deliver(session, office.url, kf_event()) for office in offices))
        await asyncio.gather(*(deliver(session, office.url, kf_event()) for office in offices))
        for office in offices:
            await office.idle()
        for office in offices:
            await office.idle()
        assert sum((office.rasa.times for office in offices), Counter()) == {f"问{n}": 1 for n in range(60)}
        assert len(wecom.kf_sent) == 60
    finally:
        for office in offices:
            await office.stop()


@pytest.mark.asyncio
async def test_a_restart_neither_loses_nor_repeats(wecom: WeCom, settings: Make, session: aiohttp.ClientSession) -> None:
    office = await Running(settings(api=wecom.url), FakeRasa()).start()
    wecom.customer_says("wm1", "旧消息", send_time=int(time.time()) - 86400)
    wecom.customer_says("wm1", "一")
    await tell(office, session)
    await office.stop()
    wecom.customer_says("wm1", "二")  # while nobody listens; its callback is lost
    again = await Running(settings(api=wecom.url), FakeRasa()).start()
    try:
        for _ in range(100):
            if again.rasa.asked:
                break
            await asyncio.sleep(0.05)
        await again.idle()
        assert [t for _, t in office.rasa.asked] == ["一"], "history from before the first start is not answered"
        assert [t for _, t in again.rasa.asked] == ["二"]
        assert len(wecom.kf_sent) == 2
    finally:
        await again.stop()
