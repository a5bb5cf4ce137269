"""The callbacks that WeCom sends, sealed by wechatpy (another implementation than ours), with its repeats and its disorder."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from typing import Any
from xml.sax.saxutils import escape

import aiohttp
from wechatpy.work.crypto import WeChatCrypto

from tests.wecom_standin.server import AGENT, CORP, KF

TOKEN, AES_KEY = "StandinToken", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
_numbers = itertools.count(1_000_000)


def plain(user: str, **fields: Any) -> str:
    """The XML of a message or event before sealing."""
    all_fields = {"ToUserName": CORP, "FromUserName": user, "CreateTime": int(time.time()), "AgentID": AGENT, **fields}
    return "<xml>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in all_fields.items() if v is not None) + "</xml>"


def said(user: str, words: str, number: int | None = None) -> str:
    """A text message."""
    return plain(user, MsgType="text", Content=words, MsgId=number or next(_numbers))


def event(user: str, name: str, **fields: Any) -> str:
    return plain(user, MsgType="event", Event=name, **fields)


def kf_event() -> str:
    return plain("", FromUserName=None, AgentID=None, MsgType="event", Event="kf_msg_or_event", Token=f"t{next(_numbers)}", OpenKfId=KF)


def sealed(message: str, corp: str = CORP, token: str = TOKEN, at: float | None = None) -> tuple[dict[str, str], str]:
    """Query parameters and body of the callback."""
    crypto = WeChatCrypto(token, AES_KEY, corp)
    timestamp, nonce = str(int(at or time.time())), str(next(_numbers))
    body = crypto.encrypt_message(message, nonce, timestamp)
    signature = body.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    encrypted = body.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    outer = f"<xml><ToUserName><![CDATA[{corp}]]></ToUserName><AgentID>{AGENT}</AgentID><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}, outer


async def deliver(session: aiohttp.ClientSession, url: str, message: str, **how: Any) -> int:
    """Send one callback; the status."""
    query, body = sealed(message, **how)
    return await post(session, url, query, body)


async def post(session: aiohttp.ClientSession, url: str, query: dict[str, str], body: str | bytes) -> int:
    async with session.post(url, params=query, data=body) as response:
        text = await response.text()
        assert text == "", f"an answer went out: {text[:100]}"
        return response.status


async def insist(session: aiohttp.ClientSession, url: str, query: dict[str, str], body: str) -> bool:
    """Send one callback as WeCom does: three times more where it is not acknowledged within five seconds. Was it acknowledged?"""
    for _ in range(4):
        try:
            if await asyncio.wait_for(post(session, url, query, body), 5) == 200:
                return True
        except (aiohttp.ClientError, asyncio.TimeoutError):
            pass
        await asyncio.sleep(0.1)
    return False


async def storm(session: aiohttp.ClientSession, url: str, messages: list[str], seed: int = 1) -> None:
    """All messages out of order, a third of them repeated although they were acknowledged, some with a new nonce and time stamp."""
    chance = random.Random(seed)
    calls = [sealed(message) for message in messages]
    calls += [chance.choice((call, sealed(message))) for call, message in zip(calls, messages) if chance.random() < 0.34]
    chance.shuffle(calls)
    assert all(await asyncio.gather(*(insist(session, url, *call) for call in calls)))
