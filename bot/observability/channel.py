"""A channel without messages: it stands first in credentials.yml, sets up logs, timings and metrics, and answers below `/health`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.observability import probes
from bot.observability.rasa_logs import take_over
from bot.observability.stages import measure_stages
from knowledge.telemetry import context, logs
from knowledge.telemetry.readiness import Readiness
from knowledge.telemetry.settings import metrics_host, metrics_port
from knowledge.telemetry.watch import Watch

SERVICE = "rasa"


class HealthInput(InputChannel):
    """Registered in credentials.yml; settings come from the environment. `/health/live`: it answers; `/health/ready`: it can work."""

    @classmethod
    def name(cls) -> str:
        return "health"

    def url_prefix(self) -> str:
        return "/health"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HealthInput:
        """Called before any other channel is made, so that what they log has our form. Raises SettingError."""
        metrics_port(), metrics_host()  # a value that cannot be used is said before anything begins
        logs.configure(SERVICE)
        take_over()
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        measure_stages()
        health = Blueprint("health", __name__)

        @health.listener("before_server_start")
        async def prepare(app: Sanic, loop: Any) -> None:
            app.register_middleware(_fresh, "request")
            app.ctx.readiness = Readiness(probes.checks(lambda: getattr(app.ctx, "agent", None)), probes.LIMIT)
            app.ctx.watch = Watch(app.ctx.readiness, metrics_port())

        @health.listener("after_server_start")
        async def begin(app: Sanic, loop: Any) -> None:
            app.ctx.watch.start()

        @health.listener("before_server_stop")
        async def end(app: Sanic, loop: Any) -> None:
            await app.ctx.watch.stop()

        @health.route("/live", methods=["GET"])
        async def live(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @health.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            report = await request.app.ctx.readiness.report()
            return response.json(report.as_data(), status=report.status, headers={"Cache-Control": "no-store"})

        return health


async def _fresh(request: Request) -> None:
    context.clear()
