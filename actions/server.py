"""The action server: the SDK's, with log lines, metrics and a health that tells the truth.

`python -m actions [--port N]`, with the SDK's other options but those for log files. `/health/live`: it answers; `/health/ready` and `/health`: it can work.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

import pluggy
from rasa_sdk import utils
from rasa_sdk.endpoint import create_argument_parser, run
from rasa_sdk.plugin import plugin_manager
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as as_json

from actions import observability
from knowledge.library import default_library
from knowledge.snapshot import snapshot
from knowledge.telemetry.library import LibraryCheck
from knowledge.telemetry.readiness import Readiness, blocking
from knowledge.telemetry.settings import action_metrics_port, metrics_host
from knowledge.telemetry.watch import Watch

_hook = pluggy.HookimplMarker("rasa_sdk")


class Extensions:
    """What the SDK is given to add to its Sanic application."""

    @_hook
    def attach_sanic_app_extensions(self, app: Sanic) -> None:
        attach(app)


def attach(app: Sanic) -> None:
    """Add health, metrics and log lines to an action server. Nothing is opened before it starts."""

    async def prepare(app: Sanic, loop: Any) -> None:
        app.ctx.readiness = Readiness({"library": blocking(LibraryCheck(default_library)), "topics": blocking(lru_cache(1)(load_topics))})
        app.ctx.watch = Watch(app.ctx.readiness, action_metrics_port())

    async def begin(app: Sanic, loop: Any) -> None:
        app.ctx.watch.start()

    async def end(app: Sanic, loop: Any) -> None:
        await app.ctx.watch.stop()

    async def stock_health(request: Request) -> HTTPResponse | None:
        """The SDK's `/health` says ok whatever happens."""
        return await ready(request) if request.path == "/health" else None

    app.register_listener(prepare, "before_server_start")
    app.register_listener(begin, "after_server_start")
    app.register_listener(end, "before_server_stop")
    app.register_middleware(stock_health, "request")
    app.register_middleware(observability.before, "request")
    app.register_middleware(observability.after, "response")
    app.error_handler.add(Exception, observability.on_exception)
    app.add_route(live, "/health/live", methods=["GET"])
    app.add_route(ready, "/health/ready", methods=["GET"])


def load_topics() -> None:
    """What the first answer would otherwise wait for, for seconds: the index of all topics. Once; a library that is built anew loads its own."""
    _ = snapshot(default_library()).index


async def live(request: Request) -> HTTPResponse:
    return as_json({"status": "ok"})


async def ready(request: Request) -> HTTPResponse:
    report = await request.app.ctx.readiness.report()
    return as_json(report.as_data(), status=report.status, headers={"Cache-Control": "no-store"})


def main() -> None:
    """Serve until stopped. Raises SettingError."""
    given = create_argument_parser().parse_args()
    action_metrics_port(), metrics_host()  # a value that cannot be used is said before anything begins
    logging.getLogger().setLevel(given.loglevel)
    utils.update_sanic_log_level()
    plugin_manager().register(Extensions())
    keys = (given.ssl_certificate, given.ssl_keyfile, given.ssl_password)
    run(given.actions or "actions", given.port, given.cors, *keys, given.auto_reload)
