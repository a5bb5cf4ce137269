"""Log lines: one JSON object a line for machines, or readable text. Neither holds what people wrote, who they are, or secrets.

Lines of our own are events with fields (`event`). Lines of libraries are taken over with the sender and the message's words veiled and
without the queries of addresses; of an exception only type, place and a short message without SQL parameters and bodies are kept.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import datetime, timezone
from typing import Any

from knowledge.telemetry.context import REQUEST_ID, veiled
from knowledge.telemetry.settings import JSON, log_format

OWN = ("bot", "actions", "knowledge")
_SANIC = ("sanic.root", "sanic.error", "sanic.access")  # Rasa keeps their lines from the root logger
_QUERY = re.compile(r"(https?://[^\s?'\"]+\?|/[\w/.-]*\?)[^\s'\"]+")
_PASSWORD = re.compile(r"(://[^\s:/@]*:)\S+(?=@)")
_VALUES = re.compile(r"\[SQL:|\[parameters:|\nDETAIL:|, body='|\n")
"""Where a message of SQLAlchemy, PostgreSQL or aiohttp begins to repeat what was stored or sent."""
_WORDLESS = ("jsonschema", "pydantic")
"""Packages whose messages repeat the data that they reject."""
_LONGEST = 300
_FRAMES = 12


def event(logger: logging.Logger, name: str, level: int = logging.INFO, **fields: Any) -> None:
    """Log an event with fields; those that are None are left out."""
    if logger.isEnabledFor(level):
        logger.log(level, name, extra={"fields": {key: value for key, value in fields.items() if value is not None}})


def configure(service: str) -> None:
    """Let every line that this process writes to its console have one form. `service` names the process. Raises SettingError."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service) if log_format() == JSON else TextLines(service))
    root = logging.getLogger()
    for logger in (root, *map(logging.getLogger, _SANIC)):
        logger.handlers = [*(h for h in logger.handlers if not _to_console(h)), handler]
    for name in OWN:
        if logging.getLogger(name).getEffectiveLevel() > logging.INFO:
            logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(True)


def _to_console(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.StreamHandler) and handler.stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)


class _Lines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def entry(self, record: logging.LogRecord) -> dict[str, Any]:
        """The fields of a line, in order."""
        fields: dict[str, Any] = getattr(record, "fields", None) or {}
        words = record.getMessage()
        if not (fields and record.name.split(".", 1)[0] in OWN):
            words = _PASSWORD.sub(r"\1…", _QUERY.sub(r"\1…", veiled(words)))
        when = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry: dict[str, Any] = {"time": when, "level": record.levelname.lower(), "service": self._service, "logger": record.name, "event": words}
        if request_id := REQUEST_ID.get():
            entry["request_id"] = request_id
        entry |= {key: value for key, value in fields.items() if key not in entry}
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = described(record.exc_info[1])
        return entry


class JsonLines(_Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.entry(record), ensure_ascii=False, default=str)


class TextLines(_Lines):
    """`time LEVEL logger: event key=value …`, an exception's places on lines of their own."""

    def format(self, record: logging.LogRecord) -> str:
        entry = self.entry(record)
        error = entry.pop("error", None)
        if isinstance(error, str):  # a word of an event, no exception
            entry["error"], error = error, None
        when, level, _, logger, words = (entry.pop(key) for key in ("time", "level", "service", "logger", "event"))
        values = "".join(f" {key}={_short(value)}" for key, value in entry.items())
        lines = [f"{when} {level.upper():<7} {logger}: {words}{values}"]
        while error:
            lines += [f"    {error['type']}: {error['message']}", *(f"      {place}" for place in error["trace"])]
            error = error.get("cause")
        return "\n".join(lines)


def _short(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def described(error: BaseException, deep: int = 4) -> dict[str, Any]:
    """`{"type", "message", "trace", "cause"}` of an exception; `trace` holds its innermost places, outer ones first."""
    kind = type(error)
    package = kind.__module__.split(".", 1)[0]
    words = "" if package in _WORDLESS else veiled(_VALUES.split(str(error), maxsplit=1)[0])[:_LONGEST]
    found: dict[str, Any] = {
        "type": kind.__qualname__ if package == "builtins" else f"{kind.__module__}.{kind.__qualname__}",
        "message": _PASSWORD.sub(r"\1…", _QUERY.sub(r"\1…", words)),
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and deep > 1:
        found["cause"] = described(cause, deep - 1)
    return found
