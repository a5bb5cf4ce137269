"""Works through the stored messages: puts them to the assistant, keeps the answer, sends it part by part, strikes it off."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot.channels import notices
from bot.channels.wecom import events, formatting, kf
from bot.channels.wecom.client import SAME, ApiError, Client, addressed
from bot.channels.wecom.identity import hashed
from bot.channels.wecom.repeats import Busy, Intake, Marks
from bot.channels.wecom.settings import App, Settings
from bot.channels.wecom.store import Job, Store
from bot.observability.request_id import KEY, resume

logger = logging.getLogger(__name__)
_POLL = 1.0
_AGAIN = 30.0
_LONGEST = 600.0
_BROKEN = 600.0
_BUSY = 1.0


class Desk:
    """The workers of one process. `answer` puts a text to the assistant."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        executor: ThreadPoolExecutor,
        intake: Intake,
        marks: Marks,
        clients: dict[str, Client],
        answer: kf.Answer,
        again: float = _AGAIN,
    ) -> None:
        self._settings = settings
        self._store = store
        self._executor = executor
        self._intake = intake
        self._marks = marks
        self._clients = clients
        self._answer = answer
        self._again = again
        self.arriving = 0
        """Callbacks that are being taken just now; they go first."""
        self._wake = asyncio.Event()
        self._room = asyncio.Semaphore(settings.workers)
        self._running: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = False

    def start(self) -> None:
        """Begin; what an earlier life left is done first."""
        self._tasks = [asyncio.create_task(self._dispatch()), asyncio.create_task(self._renew())]

    def wake(self) -> None:
        """There is something new."""
        self._wake.set()

    async def stop(self, patience: float = 5.0) -> None:
        """Take no more, let what is under way finish for `patience` seconds; the rest stays stored."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Use the store in its own thread."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, functools.partial(work, *arguments))

    async def _dispatch(self) -> None:
        while not self._stopped:  # a cancellation that meets the time limit of wait_for is lost (Python 3.10)
            await self._room.acquire()
            await self._let_callbacks_in()
            try:
                self._wake.clear()
                job = await self.run(self._store.claim)
            except Exception:
                logger.exception("the store could not be read")
                job = None
            if job is None:
                self._room.release()
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _POLL)
                continue
            task = asyncio.create_task(self._work(job))
            self._running.add(task)
            task.add_done_callback(self._finished)

    async def _let_callbacks_in(self, most: float = 0.5) -> None:
        """Wait while callbacks come in, `most` seconds at most: they must be acknowledged soon, answers have time."""
        until = time.monotonic() + most
        while self.arriving and time.monotonic() < until:
            await asyncio.sleep(0.02)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._room.release()
        self._wake.set()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._store.lease / 3)
            with contextlib.suppress(Exception):
                await self.run(self._store.renew)

    async def _work(self, job: Job) -> None:
        resume(job.data.get(KEY))
        app, age = self._settings.app(job.app), time.time() - job.created
        if app is None or age > self._settings.kept:
            logger.error("一条消息没有回答：%s", "它的应用已不在设置里" if app is None else f"等了 {age:.0f} 秒仍发不出去")
            await self.run(self._store.done, job)
            return
        who = hashed(app, job.sender)
        try:
            await self._serve(app, job)
            await self.run(self._store.done, job)
        except ApiError as error:
            if error.later:
                wait = max(self._again, min(age / 4, _LONGEST))
                logger.warning("给 %s 的回答 %.0f 秒后再发（%s）", who, wait, error)
                await self.run(self._store.postpone, job, wait)
            else:
                logger.error("给 %s 的回答发不出去（%s）", who, error)
                await self.run(self._store.done, job)
        except Busy:
            await self.run(self._store.postpone, job, min(self._again, _BUSY))
        except Exception:
            logger.exception("a message of %s could not be handled", who)
            if age > _BROKEN:
                await self.run(self._store.done, job)
            else:
                await self.run(self._store.postpone, job, self._again)

    async def _serve(self, app: App, job: Job) -> None:
        client = self._clients[app.id]
        if job.kind == "kf_sync":
            await kf.sync(client, self._intake, app, job.data["open_kfid"], job.data["token"])
            self.wake()
            return
        if job.parts is None:
            job.parts = await self._calls(client, app, job)
            await self.run(self._store.save_parts, job)
        unsure = job.sent if job.resumed else -1  # the one that may have gone out before a restart
        while job.sent < len(job.parts):
            part = job.parts[job.sent]
            try:
                if part["call"] == "message/send":
                    await client.send(part["body"])
                else:
                    await client.call(part["call"], part["body"], kf=True)
            except ApiError as error:
                if error.later or job.sent != unsure:
                    raise
                logger.info("a part of an answer was refused after a restart; it had arrived before (%s)", error)
            job.sent += 1
            await self.run(self._store.save_sent, job)

    async def _calls(self, client: Client, app: App, job: Job) -> list[dict[str, Any]]:
        """The calls that answer a job, in order."""
        offered: list[str] = await self.run(self._store.offered, job.sender)
        if job.kind == "customer":
            waiting: int = await self.run(self._store.waiting_for, job.sender)
            calls, answered = await kf.handle(client, app, job, offered, max(waiting, 1), self._answer_linked)
        else:
            payload, answered = await self._member(client, app, job, offered)
            task = hashlib.sha256(f"{job.app}/{job.id}/{job.created}".encode()).hexdigest()[:32]
            said = formatting.parts(payload, self._settings.link_base, task) if payload else []
            calls = await self._addressed(app, job.data["FromUserName"], said)
        if answered is not None:  # a welcome or a notice leaves the choices as they were
            await self.run(self._store.offer, job.sender, [said for _, said in formatting.choices(answered)])
        return calls

    async def _addressed(self, app: App, user: str, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
        names = [f"said:{app.id}:{user}:{json.dumps(part, ensure_ascii=False, sort_keys=True)}" for part in said]
        keys = [hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest() for name in names]
        seconds = self._settings.kept + SAME
        first = await self._marks.first(keys, seconds)
        if first is None:
            first = await self.run(self._store.first, keys, seconds)
        return [{"call": "message/send", "body": addressed(app, user, part, once)} for part, once in zip(said, first)]

    async def _member(self, client: Client, app: App, job: Job, offered: list[str]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """What to send, and that again where it is the assistant's answer."""
        if job.data.get("Event") == "template_card_event":
            await self._mark(client, app, job.data)
        wish = await asyncio.to_thread(events.read, app, job.data, offered)
        if isinstance(wish, events.Ask):
            answer = await self._answer(wish.text, job.sender, job.data.get("MsgId", ""))
            return answer, answer
        return wish.payload if wish else None, None

    async def _answer_linked(self, text: str, sender: str, message: str) -> dict[str, Any]:
        """The answer with whole addresses, for text that shows them as they are."""
        payload = await self._answer(text, sender, message)
        base = self._settings.link_base
        citations = [{**c, "href": base + c["href"]} if base and str(c.get("href", "")).startswith("/") else c for c in payload["citations"]]
        return {**payload, "citations": citations}

    async def _mark(self, client: Client, app: App, fields: dict[str, str]) -> None:
        """Show on the card what was chosen. It is a nicety: an error is not one of the answer."""
        code = fields.get("ResponseCode")
        if not code:
            return
        body = {"userids": [fields["FromUserName"]], "agentid": app.agent_id, "response_code": code, "button": {"replace_name": "已选择"}}
        try:
            await client.call("message/update_template_card", body)
        except ApiError as error:
            logger.info("a card was not updated: %s", error)


def payload_of(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer among Rasa's messages; plain texts where there is no payload of the contract."""
    for message in messages:
        custom = message.get("custom")
        if isinstance(custom, dict) and str(custom.get("schema", "")).startswith("ip-law-answer/"):
            return custom
    words = "\n".join(str(message["text"]) for message in messages if message.get("text"))
    return events.says("", words) if words else notices.UNAVAILABLE
