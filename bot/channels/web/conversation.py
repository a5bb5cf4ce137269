"""The widget's JSON interface below /webhooks/web: session, message, history, feedback.

Every error is `{"error": {"code", "message"}}`; see docs/web.md for the whole of it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.channels import notices
from bot.channels.web.claims import OtherText
from bot.channels.web.desk import Desk, NoAnswer
from bot.channels.web.feedback import ranking_of
from bot.channels.web.history import Exchange, History
from bot.channels.web.limits import Limiter
from bot.channels.web.replies import Problem, answer, caller, check_origin, read_body, read_json, refusal, whole
from bot.channels.web.settings import WebSettings
from bot.channels.web.shared import StoreUnavailable
from bot.channels.web.tokens import ExpiredToken, InvalidToken, Session, Signer
from bot.observability.metrics import NOT_SERVED
from bot.observability.request_id import HEADER, begin
from knowledge.feedback import MOST_COMMENT, REASONS, VERDICTS, FeedbackStore

logger = logging.getLogger(__name__)
BASE = "/webhooks/web"
AGAIN = 3.0
"""Seconds after which a request that could not be served may be sent again."""
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

Handler = Callable[..., Awaitable[HTTPResponse]]


class Conversation:
    """The handlers; `attach` puts them on a blueprint."""

    def __init__(self, settings: WebSettings, signer: Signer, limiter: Limiter, history: History, desk: Desk, ratings: FeedbackStore) -> None:
        self.settings, self.signer, self.limiter, self.history, self.desk, self.ratings = settings, signer, limiter, history, desk, ratings

    def attach(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        for path, method, handler in (
            ("/session", "POST", self.begin),
            ("/message", "POST", self.message),
            ("/history", "GET", self.past),
            ("/history", "DELETE", self.forget),
            ("/feedback", "POST", self.feedback),
        ):
            blueprint.add_route(served(handler), BASE + path, methods=[method], name=handler.__name__, stream=method == "POST")
        for path in ("/session", "/message", "/history", "/feedback"):
            blueprint.add_route(preflight, BASE + path, methods=["OPTIONS"], name=f"preflight_{path[1:]}")

    async def begin(self, request: Request) -> HTTPResponse:
        """A new session."""
        check_origin(request, self.settings)
        await read_body(request, self.settings.body_bytes)  # nothing is in it; Sanic wants it read
        await self._take(f"new {caller(request, self.settings)}", self.settings.new_sessions)
        token = self.signer.issue()
        logger.info("session opened: session=%s", self.signer.read(token).mark)
        return answer({"token": token, "lives": self.settings.session_seconds})

    async def message(self, request: Request) -> HTTPResponse:
        """One question: `{"id", "text"}` -> `{"id", "at", "payload"}`; the same id gives the same answer."""
        request_id = begin(request, self.settings.proxies)
        check_origin(request, self.settings)
        session = self._session(request)
        data = await read_json(request, self.settings.body_bytes)
        message, text = data.get("id"), data.get("text")
        if not isinstance(message, str) or not _MESSAGE_ID.fullmatch(message) or not isinstance(text, str):
            raise Problem("bad_request")
        text = whole(text)
        if len(text) > notices.MAX_CHARACTERS:
            raise Problem("too_long", most_characters=notices.MAX_CHARACTERS)
        if await self.history.find(session.id, message) is None:
            await self._take(f"session {session.id}", self.settings.per_session)
            await self._take(f"address {caller(request, self.settings)}", self.settings.per_address)
        try:
            exchange = await self.desk.answer(session, message, text)
        except OtherText:
            raise Problem("conflict") from None
        except NoAnswer:
            raise Problem("unavailable", wait=AGAIN) from None
        reply = answer({"id": exchange.id, "at": exchange.at, "payload": exchange.payload, **self._renewal(session)})
        reply.headers[HEADER] = request_id
        return reply

    async def past(self, request: Request) -> HTTPResponse:
        """The session's exchanges, oldest first."""
        session = self._session(request)
        await self._take(f"read {caller(request, self.settings)}", self.settings.reading)
        exchanges = await self.history.all(session.id)
        return answer({"exchanges": [asdict(exchange) for exchange in exchanges], **self._renewal(session)})

    async def forget(self, request: Request) -> HTTPResponse:
        """Drop the session's exchanges."""
        check_origin(request, self.settings)
        session = self._session(request)
        await self.history.forget(session.id)
        logger.info("session forgotten: session=%s", session.mark)
        return answer({})

    async def feedback(self, request: Request) -> HTTPResponse:
        """What the person thinks of an answer: `{"id", "verdict", "reason", "comment"}`."""
        check_origin(request, self.settings)
        session = self._session(request)
        data = await read_json(request, self.settings.body_bytes)
        await self._take(f"session {session.id}", self.settings.per_session)
        rating = {name: data.get(name) or None for name in ("verdict", "reason", "comment")}
        comment = rating["comment"] or ""
        if (
            rating["verdict"] not in VERDICTS
            or rating["reason"] not in (None, *REASONS)
            or not isinstance(comment, str)
            or len(comment) > MOST_COMMENT
        ):
            raise Problem("bad_request")
        rating["comment"] = whole(comment) or None
        exchange = await self.history.find(session.id, str(data.get("id")))
        if exchange is None:
            raise Problem("not_found")
        await self._rate(request.app.ctx, session, exchange, rating)
        return answer({})

    async def _rate(self, context: Any, session: Session, exchange: Exchange, rating: dict[str, Any]) -> None:
        payload, agent = exchange.payload, getattr(context, "agent", None)
        row = {
            **rating,
            "session": session.mark,
            "message": exchange.id,
            "question": exchange.text,
            "kind": payload.get("kind"),
            "topic": payload.get("topic"),
            "title": payload.get("title"),
            "citations": [citation["id"] for citation in payload.get("citations", [])],
            "ranking": await ranking_of(agent, session.sender, exchange.id) if agent else None,
            "model": getattr(agent, "model_id", None),
        }
        try:
            await asyncio.get_running_loop().run_in_executor(None, self.ratings.save, row)
        except SQLAlchemyError:
            logger.exception("feedback could not be stored")
            raise Problem("unavailable", wait=AGAIN) from None
        await self.history.keep(session.id, replace(exchange, verdict=rating["verdict"]))
        said = f"verdict={rating['verdict']} reason={rating['reason']} topic={row['topic']}"
        logger.info("feedback: session=%s message=%s %s", session.mark, exchange.id, said)

    def _session(self, request: Request) -> Session:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Problem("session_invalid")
        try:
            return self.signer.read(token.strip())
        except InvalidToken:
            raise Problem("session_invalid") from None
        except ExpiredToken:
            raise Problem("session_expired") from None

    def _renewal(self, session: Session) -> dict[str, str]:
        token = self.signer.renewed(session)
        return {"token": token} if token else {}

    async def _take(self, key: str, rate: Any) -> None:
        wait = await self.limiter.take(key, rate)
        if wait > 0:
            raise Problem("limited", wait=wait)


def served(handler: Handler) -> Handler:
    """Problems become answers."""

    async def serve(request: Request, **place: Any) -> HTTPResponse:
        try:
            return await handler(request, **place)
        except StoreUnavailable as error:
            NOT_SERVED.labels("unavailable").inc()
            logger.error("the shared store does not answer: %s", error)
            return refusal(Problem("unavailable", wait=AGAIN))
        except Problem as problem:
            NOT_SERVED.labels(problem.code).inc()
            level = logging.DEBUG if request.path.endswith("/health") else logging.INFO
            logger.log(level, "not served: path=%s code=%s", request.path, problem.code)
            return refusal(problem)

    serve.__name__ = handler.__name__
    return serve


async def preflight(request: Request) -> HTTPResponse:
    return answer({})
