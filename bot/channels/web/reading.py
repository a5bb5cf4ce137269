"""What is read and never changed: the pages, the widget's files, the drawer's articles, the start."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import notices
from bot.channels.web import pages
from bot.channels.web.articles import Shelf, as_json
from bot.channels.web.conversation import BASE, preflight, served
from bot.channels.web.files import Files
from bot.channels.web.limits import Limiter
from bot.channels.web.replies import Problem, answer, caller, document, html
from bot.channels.web.settings import WebSettings
from bot.channels.web.start import start_checks, start_questions
from knowledge.feedback import REASONS

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Reading:
    """The handlers; `attach` puts them on a blueprint."""

    def __init__(self, settings: WebSettings, limiter: Limiter, shelf: Shelf, files: Files) -> None:
        self.settings, self.limiter, self.shelf, self.files = settings, limiter, shelf, files

    def attach(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        for path, handler in (
            (f"{BASE}/health", self.health),
            (f"{BASE}/start", self.start),
            (f"{BASE}/article/<address:path>", self.article),
            ("/web/<name:str>", self.file),
            ("/laws", self.laws),
            ("/laws/<address:path>", self.law),
        ):
            blueprint.add_route(served(handler), path, methods=["GET"], name=handler.__name__)
        for path in ("/health", "/start", "/article/<address:path>"):
            blueprint.add_route(preflight, BASE + path, methods=["OPTIONS"], name=f"preflight_{path.split('/')[1]}")

    async def health(self, request: Request) -> HTTPResponse:
        """Whether questions can be answered now."""
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            raise Problem("unavailable")
        return answer({"status": "ok"})

    async def start(self, request: Request) -> HTTPResponse:
        """What the widget shows before the first question, and its limits."""
        library, chosen = self.shelf.library, self.settings.start_topics
        return answer(
            {
                "questions": await _in_thread(lambda: start_questions(library, chosen)),
                "checks": await _in_thread(lambda: start_checks(library)),
                "most_characters": notices.MAX_CHARACTERS,
                "reasons": list(REASONS),
            }
        )

    async def article(self, request: Request, address: str) -> HTTPResponse:
        """One article for the drawer."""
        await self._count(request)
        on, place = _day(request), unquote(address)
        reading = await _in_thread(lambda: self.shelf.read(place, on))
        if reading is None:
            raise Problem("not_found")
        return answer(as_json(reading, on))

    async def file(self, request: Request, name: str) -> HTTPResponse:
        """One of the widget's files."""
        found = await _in_thread(lambda: self.files.get(name))
        if found is None:
            raise Problem("not_found")
        return document(request, found.body, found.kind, found.etag, found.packed)

    async def front(self, request: Request) -> HTTPResponse:
        """The page with the assistant."""
        return html(request, pages.front(self.files.modules()))

    async def laws(self, request: Request) -> HTTPResponse:
        """The list of texts."""
        await self._count(request)
        return html(request, pages.laws(await _in_thread(self.shelf.library.documents)))

    async def law(self, request: Request, address: str) -> HTTPResponse:
        """A text or one place in it."""
        await self._count(request)
        on, place = _day(request), unquote(address).strip("/")

        def render() -> tuple[str, int]:
            reading = self.shelf.read(place, on)
            if reading is not None:
                return pages.article(reading, on), 200
            return pages.missing(f"/laws/{place}", self.shelf.read(place.split("/")[0], on)), 404

        text, status = await _in_thread(render)
        return html(request, text, status)

    async def _count(self, request: Request) -> None:
        wait = await self.limiter.take(f"read {caller(request, self.settings)}", self.settings.reading)
        if wait > 0:
            raise Problem("limited", wait=wait)


def _day(request: Request) -> datetime.date | None:
    """The day of `?on=2024-02-01`; None for today. Raises Problem."""
    text = request.args.get("on")
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Problem("bad_request") from None


async def _in_thread(work: Callable[[], T]) -> T:
    """Reading the library blocks; it is done beside the loop."""
    result: Any = await asyncio.get_running_loop().run_in_executor(None, work)
    return result
