"""Check the WeCom settings before the start: `python -m bot.channels.wecom`. Exit codes: 0 right, 1 wrong (said in Chinese)."""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from bot.channels.wecom.client import ADVICE, ApiError, Client
from bot.channels.wecom.settings import SettingsError, load
from bot.channels.wecom.tokens import Tokens


async def check() -> int:
    """Read the settings and ask WeCom for a token for each application."""
    try:
        settings = load()
    except SettingsError as error:
        print(f"设置有 {len(error.problems)} 个问题：\n{error}")
        return 1
    if settings is None:
        print("没有配置企业微信，通道关闭。要启用，请按 docs/wecom.zh.md 设置五个值。")
        return 1
    wrong = 0
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        for app in settings.apps:
            try:
                await Client(session, settings.api, app, Tokens(), tries=2).token()
                print(f"应用 {app.agent_id}：设置正确，企业微信可以连接。")
            except ApiError as error:
                wrong = 1
                print(f"应用 {app.agent_id}：{error}。{ADVICE.get(error.code or 0, '请检查服务器能否访问 ' + settings.api)}")
    return wrong


if __name__ == "__main__":
    sys.exit(asyncio.run(check()))
