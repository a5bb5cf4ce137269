"""What is not WeCom's, or not whole, is refused without an exception, a reply or a question to the assistant."""

from __future__ import annotations

import asyncio
import base64
import gc
import http.client
import logging
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable

import aiohttp
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from bot.channels.wecom.crypto import Crypto, Rejected
from bot.channels.wecom.events import job_of, read
from bot.channels.wecom.settings import Settings
from bot.channels.wecom.xml import MAX_BODY, fields_of
from tests.bot.wecom.conftest import APP
from tests.wecom_standin.callbacks import AES_KEY, deliver, plain, post, said, sealed
from tests.wecom_standin.office import Running
from tests.wecom_standin.server import WeCom

Make = Callable[..., Settings]


@pytest.mark.asyncio
async def test_what_is_not_wecoms_is_refused_without_a_word(running: Running, session: aiohttp.ClientSession, wecom: WeCom) -> None:
    good = said("zhang", "专利")
    query, body = sealed(good)
    encrypted = body.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    assert await deliver(session, running.url, good, corp="ww0000000000000000") == 403
    assert await deliver(session, running.url, good, token="Another") == 403
    assert await deliver(session, running.url, good, at=time.time() - 400) == 403
    assert await deliver(session, running.url, good, at=time.time() + 400) == 403
    assert await deliver(session, running.url, good.replace("ww0123456789abcdef", "ww9")) == 403
    assert await deliver(session, running.url, plain("zhang", MsgType="text", Content="x", MsgId=1, AgentID=5)) == 403
    for name in query:
        assert await post(session, running.url, {**query, name: "1"}, body) == 403
        assert await post(session, running.url, {k: v for k, v in query.items() if k != name}, body) == 403
    for broken in (body[: len(body) // 2], body.replace(encrypted, encrypted[:-8]), body.replace(encrypted, ""), "", "x", f"<!DOCTYPE xml>{body}"):
        assert await post(session, running.url, query, broken) == 403
    assert await post(session, running.url, query, body + " " * MAX_BODY) == 403
    assert wecom.sent == [] and running.rasa.asked == []


@pytest.mark.asyncio
async def test_a_body_over_the_limit_is_not_read(running: Running) -> None:
    host, port = running.url.split("/")[2].split(":")
    for head in (b"Content-Length: 900000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /webhooks/wecom/callback HTTP/1.1\r\nHost: a\r\n" + head)
        sent = 0
        try:
            while sent < 300 and not reader.at_eof():
                writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                await asyncio.wait_for(writer.drain(), 2)
                sent += 1
        except (ConnectionError, asyncio.TimeoutError):
            pass  # it has hung up, or takes no more
        finally:
            writer.transport.abort()
        assert sent < 120, "the server went on reading"


@pytest.mark.asyncio
async def test_ten_thousand_fuzzed_bodies_are_refused(running: Running, wecom: WeCom, caplog: pytest.LogCaptureFixture) -> None:
    """Over HTTP: random, damaged, and rubbish that is rightly signed or even rightly sealed. Never an exception, never a word."""
    crypto = Crypto(APP.token, AES_KEY, APP.corp_id)
    whole = said("zhang", "专利").encode()
    _, body = sealed(said("zhang", "专利"))
    genuine = fields_of(body.encode())["Encrypt"]

    def damaged(good: bytes) -> st.SearchStrategy[bytes]:
        cuts = st.tuples(st.integers(0, len(good) - 1), st.integers(1, 30), st.binary(max_size=20))
        return cuts.map(lambda c: good[: c[0]] + c[2] + good[c[0] + c[1] :])

    def enveloped(words: str) -> bytes:
        return f"<xml><Encrypt><![CDATA[{words}]]></Encrypt></xml>".encode("utf-8", "replace")

    bodies = st.one_of(
        st.binary(max_size=300),
        damaged(body.encode()),
        st.text(max_size=100).map(enveloped),
        st.binary(max_size=200).map(lambda b: enveloped(base64.b64encode(b).decode())),
        st.binary(max_size=200).map(lambda b: enveloped(crypto.encrypt(b))),
        st.tuples(st.integers(0, len(whole) - 2), st.binary(max_size=20)).map(lambda c: enveloped(crypto.encrypt(whole[: c[0]] + c[1]))),
    )
    connection = http.client.HTTPConnection(running.url.split("/")[2])
    statuses: Counter[int] = Counter()

    @with_settings(max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(bodies, min_size=10, max_size=10))
    def refused(received: list[bytes]) -> None:
        for one in received:
            send(one)

    def send(received: bytes) -> None:
        try:
            encrypted = fields_of(received).get("Encrypt", "")
        except Rejected:
            encrypted = ""
        now = str(int(time.time()))
        signature = "0" * 40 if encrypted == genuine else crypto.signature(now, "1", encrypted)
        query = {"timestamp": now, "nonce": "1", "msg_signature": signature}
        connection.request("POST", "/webhooks/wecom/callback?" + urllib.parse.urlencode(query), received)
        response = connection.getresponse()
        statuses[response.status] += 1
        assert response.read() == b""
        assert response.status in (200, 403), response.status

    gc.collect()  # what an earlier test dropped must not complain in this one
    caplog.clear()
    caplog.set_level(logging.ERROR)
    await asyncio.to_thread(refused)
    connection.close()
    await running.idle()
    assert sum(statuses.values()) >= 10_000 and statuses[403] > 9_000
    assert wecom.sent == [] and running.rasa.asked == []
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


@pytest.mark.asyncio
async def test_any_fields_are_understood_or_let_alone() -> None:
    names = ["MsgType", "Event", "EventKey", "Content", "FromUserName", "MsgId", "OpenKfId", "CreateTime", "Token"]
    values = st.one_of(
        st.text(max_size=50), st.sampled_from(["event", "text", "click", "enter_agent", "template_card_event", "ask:", "topic:x", "check:"])
    )

    @with_settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(names), values))
    def understood(fields: dict[str, str]) -> None:
        job = job_of(APP, fields)
        if job is not None and job.kind == "member":
            read(APP, fields, ["甲"])

    await asyncio.to_thread(understood)
