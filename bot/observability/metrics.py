"""The metrics of the Rasa process. No label holds what a person chose, so that their number stays small."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

MESSAGES = Counter("assistant_messages", "Messages taken from people.", ("channel",))
ANSWERS = Counter("assistant_answers", "Answers by kind (the contract's; unavailable: the notice that none came).", ("kind",))
REFUSALS = Counter("assistant_refusals", "Answers of kind refuse, by reason.", ("reason",))
CONFIDENCE = Histogram("assistant_confidence", "The recogniser's confidence.", buckets=[step / 10 for step in range(1, 11)])
STAGE_SECONDS = Histogram("assistant_stage_seconds", "Seconds that a message spent in a stage.", ("stage",), buckets=_SECONDS)
ERRORS = Counter("assistant_errors", "What went wrong with a message, by kind.", ("kind",))
IN_PROGRESS = Gauge("assistant_messages_in_progress", "Messages that are being answered.", ("channel",), multiprocess_mode="livesum")
NOT_SERVED = Counter("assistant_requests_not_served", "Requests of the web channel that were turned away, by code.", ("code",))

WECOM_QUEUE = Gauge("assistant_wecom_queue", "Accepted WeCom messages whose answer has not been sent.", multiprocess_mode="livemax")
WECOM_ERRORS = Counter("assistant_wecom_api_errors", "Calls to WeCom that failed for good, by its errcode (network: none).", ("call", "code"))
WECOM_TOKEN_VALID = Gauge("assistant_wecom_token_valid", "1 while WeCom gives an access token.", ("agent",), multiprocess_mode="livemin")
WECOM_TOKEN_FETCHED = Gauge(
    "assistant_wecom_token_fetched_timestamp_seconds", "When an access token was fetched last.", ("agent",), multiprocess_mode="livemax"
)
