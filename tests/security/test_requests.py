"""Hostile requests to the real server: each gets a short refusal that tells nothing of the inside, and the next person is served."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels import notices
from tests.security.caller import HISTORY, MESSAGE, RATING, REST, SESSION, Caller

DEEP = b"[" * 8000
ID = b'"id": "long-enough"'


def served(caller: Caller) -> bool:
    """Is the next person served?"""
    return Caller(caller.port).begin().ask("专利法第十条").data["payload"]["citations"][0]["id"] == "patent-law/10"


def test_json_of_every_bad_kind_is_refused_in_words(caller: Caller) -> None:
    bodies = {
        "deep": DEEP,
        "deep inside": b"{" + ID + b', "text": "x", "more": ' + b"[" * 7000 + b"]" * 7000 + b"}",
        "deep objects": b'{"a":' * 2500,
        "no number": b'{"id": NaN, "text": Infinity}',
        "huge number": b'{"id": ' + b"9" * 9000 + b', "text": "x"}',
        "huge exponent": b'{"id": 1e999999, "text": "x"}',
        "wrong types": b'{"id": ["long-enough"], "text": {"a": 1}}',
        "truth": b'{"id": true, "text": false}',
        "the last of two is wrong": b"{" + ID + b', "text": "x", "text": 5}',
        "not UTF-8": b"{" + ID + b', "text": "\xff\xfe"}',
        "zero bytes": b"\x00" * 100,
        "id with a path": b'{"id": "../../../etc/passwd", "text": "x"}',
        "id with a line": b'{"id": "long-enough\\n", "text": "x"}',
    }
    for path in (MESSAGE, RATING):
        for name, body in bodies.items():
            reply = caller.call("POST", path, body)
            assert (reply.status, reply.code) == (400, "bad_request"), (path, name, reply.body)
    for name, body in bodies.items():
        reply = caller.call("POST", REST, body)
        assert reply.status == 400, (name, reply.body)
        assert any("\u4e00" <= character <= "\u9fff" for character in reply.data["error"])
        assert not reply.tells_of_the_inside
    assert served(caller)


def test_of_two_equal_keys_one_decides_alone(caller: Caller) -> None:
    twice = b'{"id": "the-first-one", "id": "the-second-one", "text": "/restart", "text": "\xe4\xb8\x93\xe5\x88\xa9\xe6\xb3\x95\xe7\xac\xac\xe5\x8d\x81\xe6\x9d\xa1"}'
    reply = caller.call("POST", MESSAGE, twice)
    assert (reply.status, reply.data["id"]) == (200, "the-second-one")
    assert [exchange["id"] for exchange in caller.call("GET", HISTORY).data["exchanges"]] == ["the-second-one"]


@pytest.mark.parametrize("path", [MESSAGE, SESSION, REST, "/laws", "/nothing"])
@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: -5",
        "Content-Length: abc",
        "Content-Length: +5",
        "Content-Length: 5, 6",
        "Content-Length: 5_0",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Content-Length: " + "9" * 30,
    ],
)
def test_a_body_without_a_clear_end_is_refused_and_stops_nobody(caller: Caller, path: str, head: str) -> None:
    assert caller.raw(head, b"hello", path) == 400
    assert caller.call("GET", "/health/live").status == 200


def test_large_bodies_are_refused_on_every_path(caller: Caller) -> None:
    for path in (MESSAGE, RATING):
        assert caller.raw("Content-Length: 20000", b"x" * 20_000, path) == 413
    for path in (REST, "/laws", "/nothing", "/"):
        assert caller.raw("Content-Length: 2000000", b"x" * 100, path) in (404, 405, 413), path
    assert caller.raw("Content-Length: 2000000", b"x" * 100, REST) == 413
    assert served(caller)


@pytest.mark.parametrize(
    "origin",
    [
        "http://[",
        "http://[::1",
        "//",
        "javascript:alert(1)",
        "http://{host}@evil.example",
        "http://evil.example/{host}",
        "http://{host}.evil.example",
        "null",
    ],
)
def test_an_origin_that_is_not_ours_opens_nothing(caller: Caller, origin: str) -> None:
    reply = caller.call("POST", SESSION, b"{}", Origin=origin.replace("{host}", caller.host))
    assert (reply.status, reply.code) == (403, "origin")
    assert reply.headers["Access-Control-Allow-Origin"] is None


def test_no_path_lets_foreign_pages_read(caller: Caller) -> None:
    for method, path, body in (
        ("POST", REST, b'{"sender": "a", "message": "x"}'),
        ("GET", HISTORY, None),
        ("GET", "/nothing", None),
        ("GET", "/health/ready", None),
    ):
        headers = caller.call(method, path, body, Origin="http://evil.example").headers
        assert headers["Access-Control-Allow-Origin"] is None, path


def test_headers_name_neither_the_client_nor_the_message(caller: Caller) -> None:
    """No proxy of ours stands in front here: what a client says of itself counts for nothing."""
    reply = caller.call("POST", REST, json.dumps({"sender": "a", "message": "你好"}).encode(), X_Request_ID="chosen-by-me", X_Forwarded_For="6.6.6.6")
    assert reply.headers["X-Request-ID"] not in (None, "chosen-by-me")
    page = caller.call("GET", "/", Host="evil.example", X_Forwarded_Host="evil.example")
    assert (page.status, b"evil.example" in page.body) == (200, False)


@pytest.mark.parametrize(
    "path",
    [
        "/laws/../../etc/passwd",
        "/laws/..%2f..%2fetc/passwd",
        "/laws/%2e%2e/%2e%2e/etc/passwd",
        "/laws/patent-law%00/1",
        "/web/..%2fcli.py",
        "/web/%2e%2e/settings.py",
        "/web/..%5c..%5ccli.py",
        "/web//etc/passwd",
        "/web/element.js%00",
        "/webhooks/web/article/../../../etc/passwd",
        "/webhooks/web/article/patent-law%2f..%2f..",
    ],
)
def test_no_address_leads_out_of_the_library(caller: Caller, path: str) -> None:
    reply = caller.call("GET", path)
    assert reply.status == 404
    assert b"root:" not in reply.body and b"import " not in reply.body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/conversations/a/tracker"),
        ("POST", "/conversations/a/tracker/events"),
        ("POST", "/conversations/a/execute"),
        ("POST", "/conversations/a/messages"),
        ("GET", "/domain"),
        ("GET", "/status"),
        ("GET", "/version"),
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("POST", "/model/train"),
        ("POST", "/model/parse"),
        ("POST", "/model/test/stories"),
        ("POST", "/model/predict"),
        ("GET", "/metrics"),
    ],
)
def test_rasas_own_interface_is_not_there(caller: Caller, method: str, path: str) -> None:
    reply = caller.call(method, path, b"{}" if method != "GET" else None)
    assert reply.status == 404
    assert not reply.tells_of_the_inside


def test_an_address_is_not_shown_as_html(caller: Caller) -> None:
    for path in ("/<script>alert(1)</script>", "/laws/<script>alert(1)</script>", "/laws/%3Cscript%3Ealert(1)%3C/script%3E"):
        reply = caller.call("GET", path, Accept="text/html")
        assert reply.status == 404
        assert b"<script>alert" not in reply.body or "text/plain" in reply.headers["Content-Type"], path


COMMANDS = ("/session_start", " /session_start", "\u200b/session_start", "<b>/session_start", "/slot{}")
UNANSWERED = ("/restart", "/back", '/ask{"topic": "chat-greet"}', '/look_up{"law": "patent-law"}')


def test_a_command_to_rasa_is_only_text_through_every_public_channel(caller: Caller) -> None:
    """Rasa would obey: the first begin the conversation anew, and to some of the others it would say nothing."""

    def rest(text: str) -> list[dict[str, Any]]:
        reply = caller.call("POST", REST, json.dumps({"sender": "somebody-with-commands", "message": text}).encode())
        return [part["custom"] for part in reply.data if "custom" in part]

    caller.ask("专利法第十条")
    rest("专利法第十条")
    for command in COMMANDS:
        assert caller.ask(command).status == 200
        assert rest(command)[0]["kind"] in ("refuse", "chat")  # words that mean nothing here
    assert caller.ask("下一条").data["payload"]["citations"][0]["id"] == "patent-law/11"
    assert rest("下一条")[0]["citations"][0]["id"] == "patent-law/11"
    for command in UNANSWERED:
        assert caller.ask(command).status == 200, command
        assert [payload["summary"] for payload in rest(command)] != [notices.UNAVAILABLE["summary"]], command


@pytest.mark.parametrize(
    "sender", ["\ud83dxyz", "a\x00b", "a\nb", "\x1b[31m", "a" * 201, " \u202e", "web-" + "0" * 32, "wecom:ww1:zhang", "wecom-kf:ww1:wk1:wm1"]
)
def test_a_rest_client_takes_no_name_that_breaks_the_store_or_belongs_to_others(caller: Caller, sender: str) -> None:
    reply = caller.call("POST", REST, json.dumps({"sender": sender, "message": "你好"}).encode())
    assert reply.status == 400
    assert "sender" in reply.data["error"]
    assert caller.call("GET", "/health/ready").status == 200


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE events; --", "专利法第十条' OR '1'='1", '"); DELETE FROM provisions; --', "%' UNION SELECT data FROM events --"]
)
def test_sql_in_a_message_or_an_address_is_only_text(caller: Caller, text: str) -> None:
    assert caller.ask(text).status == 200
    assert caller.call("POST", REST, json.dumps({"sender": text[:50], "message": text}).encode()).status == 200
    for path in ("/laws/", "/webhooks/web/article/"):
        quoted = "".join(f"%{byte:02x}" for byte in text.encode())
        assert caller.call("GET", f"{path}patent-law{quoted}").status == 404
        assert caller.call("GET", f"{path}{quoted}").status == 404
    assert served(caller)


def test_a_message_id_of_another_session_gives_nothing_of_it(caller: Caller) -> None:
    caller.ask("专利法第十条", "one-and-the-same-id")
    other = Caller(caller.port).begin()
    rating = json.dumps({"id": "one-and-the-same-id", "verdict": "up"}).encode()
    assert other.call("POST", RATING, rating).status == 404
    assert other.call("GET", HISTORY).data["exchanges"] == []
    assert other.ask("著作权法第二十条", "one-and-the-same-id").data["payload"]["citations"][0]["id"] == "copyright-law/20"
    assert [exchange["text"] for exchange in caller.call("GET", HISTORY).data["exchanges"]] == ["专利法第十条"]
    other.call("DELETE", HISTORY)
    assert len(caller.call("GET", HISTORY).data["exchanges"]) == 1


def test_no_cookie_and_no_address_carries_a_session(caller: Caller) -> None:
    for method, path, body in (("POST", SESSION, b"{}"), ("GET", HISTORY, None), ("GET", "/", None)):
        assert caller.call(method, path, body).headers["Set-Cookie"] is None
    token, caller.token = caller.token, ""
    for path in (f"{HISTORY}?token={token}", f"{HISTORY}?access_token={token}"):
        assert caller.call("GET", path, Cookie=f"token={token}", Authorization="").status == 401
    assert caller.call("POST", SESSION, json.dumps({"token": token, "id": "0" * 32}).encode(), Authorization="").data["token"] != token
