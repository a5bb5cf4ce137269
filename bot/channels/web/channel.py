"""The web channel: what the widget and the public pages need, on Rasa's own server.

Addresses: `/` (the assistant), `/laws/…` (the texts), `/web/…` (the widget's files), `/webhooks/web/…` (JSON).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.strict import strict
from bot.channels.web.articles import Shelf
from bot.channels.web.conversation import Conversation
from bot.channels.web.desk import Desk
from bot.channels.web.files import Files
from bot.channels.web.reading import Reading
from bot.channels.web.replies import guard_headers, share
from bot.channels.web.settings import FILES, WebSettings, secret_file
from bot.channels.web.stores import Stores
from bot.channels.web.tokens import Signer, load_secret
from knowledge.feedback import FeedbackStore
from knowledge.library import default_library
from knowledge.settings import feedback_url


class WebInput(InputChannel):
    """Registered in credentials.yml; settings come from the environment."""

    @classmethod
    def name(cls) -> str:
        return "web"

    def url_prefix(self) -> str:
        return "/"  # the pages have short addresses; the JSON interface keeps to /webhooks/web

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Raises ValueError when a setting cannot be used."""
        _log_at_info()
        settings = WebSettings.from_environment()
        signer = Signer(load_secret(secret_file()), settings.session_seconds)
        stores = Stores.chosen(settings)
        desk = Desk(on_new_message, stores.history, self.name(), stores.claims)
        reading = Reading(settings, stores.limiter, Shelf(default_library()), Files(FILES))
        web = strict(Blueprint("web", __name__))
        Conversation(settings, signer, stores.limiter, stores.history, desk, FeedbackStore(feedback_url())).attach(web)
        reading.attach(web)
        web.listener("after_server_stop")(stores.close)
        headers = guard_headers(settings)

        @web.middleware("response")
        async def guard(request: Request, response: HTTPResponse) -> None:
            _finish(request, response)

        def _finish(request: Request, response: HTTPResponse) -> None:
            for name in ("Access-Control-Allow-Credentials", "Access-Control-Expose-Headers"):  # Rasa sets them for every origin
                response.headers.pop(name, None)
            response.headers.update(headers)
            share(request, response, settings, public=request.path.startswith("/web/"))

        @web.listener("before_server_start")
        async def take_the_root(app: Sanic, loop: Any) -> None:
            """Rasa has a route of its own at `/` that names its version; the assistant stands there instead."""

            async def root(request: Request) -> HTTPResponse | None:
                if request.path != "/" or request.method != "GET":
                    return None
                page = await reading.front(request)
                _finish(request, page)
                return page

            app.register_middleware(root, "request")

        return web


def _log_at_info() -> None:
    """Rasa sets a level for its own loggers only; ours tell who was served what."""
    logging.getLogger("bot.channels").setLevel(logging.INFO)
