"""The action server is for Rasa alone: it listens inside, and a call that Rasa did not make does no more than Rasa's own."""

from __future__ import annotations

import json
import zlib

import pytest

from bot.settings import child_environment
from tests.security.caller import Caller
from tests.servers import Assistant

CALLS = {
    "nothing": b"",
    "no JSON": b"x",
    "a list": b"[]",
    "null": b"null",
    "deep": b"[" * 100_000,
    "no action": b'{"next_action": null}',
    "an unknown action": b'{"next_action": "__import__", "tracker": {}}',
    "a path": b'{"next_action": "../../bot/cli", "tracker": {}}',
    "a tracker of the wrong kind": b'{"next_action": "action_look_up", "tracker": "x", "domain": 5}',
    "events of the wrong kind": b'{"next_action": "action_look_up", "tracker": {"sender_id": 5, "slots": [], "events": "x", "latest_message": []}}',
}


def test_a_forged_call_is_refused_without_a_word_of_the_inside(stranger: Caller, assistant: Assistant) -> None:
    for name, body in CALLS.items():
        reply = stranger.call("POST", "/webhook", body, Content_Type="application/json")
        assert reply.status >= 400 or reply.body == b"null", (name, reply.body)
        assert not reply.tells_of_the_inside, (name, reply.body)
    packed = stranger.call("POST", "/webhook", zlib.compress(b"[" * 100_000), Content_Encoding="deflate")
    assert packed.status >= 400 and not packed.tells_of_the_inside
    assert stranger.call("GET", "/health/live").status == 200
    assert assistant.ask("专利法第十条")["citations"][0]["id"] == "patent-law/10"


def test_a_forged_call_changes_no_conversation(stranger: Caller, assistant: Assistant) -> None:
    assistant.ask("专利法第十条", "whose-place-is-kept")
    tracker = {"sender_id": "whose-place-is-kept", "slots": {}, "events": [], "latest_message": {"text": "x", "intent": {}, "entities": []}}
    tracker |= {"paused": False, "active_loop": {}, "latest_action_name": "action_listen", "followup_action": None, "latest_input_channel": "rest"}
    call = {"next_action": "action_start_again", "sender_id": "whose-place-is-kept", "tracker": tracker, "domain": {"slots": {}}}
    stranger.call("POST", "/webhook", json.dumps(call).encode())
    assert assistant.ask("下一条", "whose-place-is-kept")["citations"][0]["id"] == "patent-law/11"


def test_it_listens_on_this_machine_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANIC_HOST", raising=False)
    assert child_environment()["SANIC_HOST"] == "127.0.0.1"
