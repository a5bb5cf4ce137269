"""Settings of logs and metrics. Each has a default that works and one environment variable."""

from __future__ import annotations

from knowledge.environment import Variable, whole

TEXT, JSON = "text", "json"
_port = whole(1, 65535)


def _format(text: str) -> str:
    if text in (TEXT, JSON):
        return text
    raise ValueError(f"应为 {TEXT}（给人看）或 {JSON}（一行一条，给日志系统），现在是“{text}”。")


def _port_or_none(text: str) -> int | None:
    return _port(text) if text else None


_LOG_FORMAT = Variable("LOG_FORMAT", _format, TEXT)
_METRICS_HOST = Variable("METRICS_HOST", str, "127.0.0.1")
_METRICS_PORT = Variable("METRICS_PORT", _port_or_none, note="none")
_ACTION_METRICS_PORT = Variable("ACTION_METRICS_PORT", _port_or_none, note="METRICS_PORT + 1")
_TOGETHER = Variable("PROMETHEUS_MULTIPROC_DIR", str, note="none")  # read by the client library itself
EXPECTED = Variable("KNOWLEDGE_FINGERPRINT", str, note="that of the content on disk")
"""Fingerprint that the library must have to count as current; set for the processes that `make run` starts."""

VARIABLES = (_LOG_FORMAT, _METRICS_HOST, _METRICS_PORT, _ACTION_METRICS_PORT, _TOGETHER, EXPECTED)


def log_format() -> str:
    """How log lines look (`LOG_FORMAT`): TEXT or JSON. Raises SettingError."""
    return _LOG_FORMAT.get()


def metrics_host() -> str:
    """Address on which metrics are served (`METRICS_HOST`). Raises SettingError."""
    return _METRICS_HOST.get()


def metrics_port() -> int | None:
    """Port of the Rasa server's metrics (`METRICS_PORT`); None where metrics are off. Raises SettingError."""
    return _METRICS_PORT.get()


def action_metrics_port() -> int | None:
    """Port of the action server's metrics (`ACTION_METRICS_PORT`, else the one after `METRICS_PORT`); None where off. Raises SettingError."""
    own, other = _ACTION_METRICS_PORT.get(), _METRICS_PORT.get()
    return own or (other + 1 if other else None)
