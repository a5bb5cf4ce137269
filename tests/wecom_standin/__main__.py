"""Talk to the assistant as a member would in WeCom, without a tenant: `make wecom-demo` (`--echo`: without Rasa)."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import aiohttp

from bot import serve
from bot.settings import host, rasa_port
from tests.wecom_standin.callbacks import AES_KEY, TOKEN, deliver, event, said
from tests.wecom_standin.server import AGENT, CORP, SECRET, WeCom


def show(message: dict[str, object]) -> None:
    """What the member sees."""
    kind = str(message["msgtype"])
    body = message[kind]
    assert isinstance(body, dict)
    print(f"\n--- 企业微信收到（{kind}）---")
    if kind != "template_card":
        print(body["content"])
        return
    print("\n".join(filter(None, [body["main_title"]["title"], body.get("sub_title_text")])))
    print("  ".join(f"［{button['text']}］" for button in body["button_list"]))


async def talk(wecom: WeCom, url: str) -> None:
    """Enter the application, then pass on each line typed."""
    seen = 0
    async with aiohttp.ClientSession() as session:
        await deliver(session, url, event("demo", "enter_agent"))
        while True:
            for _ in range(30):
                await asyncio.sleep(0.1)
                for message in wecom.sent[seen:]:
                    show(message)
                seen = len(wecom.sent)
            line = (await asyncio.to_thread(sys.stdin.readline)).strip()
            if not line:
                return
            print(f"> {line}")
            assert await deliver(session, url, said("demo", line)) == 200


async def main(echo: bool) -> None:
    wecom = await WeCom().start()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(WECOM_CORP_ID=CORP, WECOM_AGENT_ID=str(AGENT), WECOM_SECRET=SECRET, WECOM_TOKEN=TOKEN, WECOM_AES_KEY=AES_KEY)
        os.environ.update(WECOM_API_BASE=wecom.url, WECOM_STATE=str(Path(folder) / "wecom.sqlite"))
        os.environ.setdefault("ARTICLE_BASE_URL", f"http://{host()}:{rasa_port()}")
        print("模拟的企业微信已启动；输入问题，直接按回车结束。")
        if echo:
            from bot.channels.wecom.settings import load
            from tests.wecom_standin.office import FakeRasa, Running

            settings = load()
            assert settings is not None
            running = await Running(settings, FakeRasa(suggestions=("发明", "实用新型"))).start()
            await talk(wecom, running.url)
            await running.stop()
        else:
            ready, done = asyncio.Event(), threading.Event()
            loop = asyncio.get_running_loop()

            def assistant() -> None:
                with serve.running():
                    loop.call_soon_threadsafe(ready.set)
                    done.wait()

            server = asyncio.create_task(asyncio.to_thread(assistant))
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait({server, waiting}, return_when=asyncio.FIRST_COMPLETED)
            try:
                if ready.is_set():
                    await talk(wecom, f"http://{host()}:{rasa_port()}/webhooks/wecom/callback")
            finally:
                done.set()
                await server
    await wecom.stop()


if __name__ == "__main__":
    try:
        asyncio.run(main("--echo" in sys.argv))
    except (serve.ServiceError, subprocess.SubprocessError) as problem:
        sys.exit(str(problem))
