"""The widget's JSON interface and the pages of the law over HTTP, without a browser."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest

from knowledge.library import Library
from tests.end_to_end.test_assistant import SCHEMA
from tests.servers import Assistant


class Client:
    """One visitor."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.token = ""

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any, http.client.HTTPMessage]:
        """Status, JSON and headers; same origin and the session's token unless told otherwise."""
        sent = {"Origin": f"http://{self.host}", "Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        connection = http.client.HTTPConnection(self.host, timeout=30)
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, {name: value for name, value in sent.items() if value})
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        is_json = "json" in (response.headers["Content-Type"] or "")
        return response.status, json.loads(raw) if is_json else raw, response.headers

    def begin(self) -> Client:
        self.token = self.call("POST", "/webhooks/web/session", {})[1]["token"]
        return self

    def ask(self, text: str, message: str | None = None) -> tuple[int, Any]:
        return self.call("POST", "/webhooks/web/message", {"id": message or secrets.token_hex(8), "text": text})[:2]


@pytest.fixture
def client(assistant: Assistant) -> Client:
    return Client(assistant.port).begin()


def test_a_message_is_answered_in_the_contracts_form(client: Client) -> None:
    status, data = client.ask("专利法第五十条")
    assert status == 200
    jsonschema.validate(data["payload"], SCHEMA)
    assert client.call("GET", "/webhooks/web/history")[1]["exchanges"][0]["payload"] == data["payload"]


def test_the_same_message_id_is_asked_once_even_at_the_same_time(client: Client) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.ask("专利法第十条", "the-same-id"), range(6)))
    assert {status for status, _ in answers} == {200}
    assert len({data["at"] for _, data in answers}) == 1
    assert client.ask("下一条", "another-id")[1]["payload"]["citations"][0]["id"] == "patent-law/11"
    assert client.ask("别的话", "the-same-id")[0] == 409


@pytest.mark.parametrize("token", ["", "x", "0" * 32 + ".1700000000.", "0" * 32 + ".1700000000." + "A" * 43, "a.b.c", "专利"])
def test_nobody_chooses_a_session(client: Client, token: str) -> None:
    status, data, _ = client.call("GET", "/webhooks/web/history", Authorization=f"Bearer {quote(token)}")
    assert (status, data["error"]["code"]) == (401, "session_invalid")


def test_sessions_are_apart(client: Client, assistant: Assistant) -> None:
    other = Client(assistant.port).begin()
    client.ask("专利法第十条")
    assert other.ask("下一条")[1]["payload"]["kind"] == "clarify"
    assert len(other.call("GET", "/webhooks/web/history")[1]["exchanges"]) == 1


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1"])
def test_only_our_pages_and_allowed_sites_may_ask(client: Client, origin: str) -> None:
    status, data, headers = client.call("POST", "/webhooks/web/message", {"id": "some-message", "text": "你好"}, Origin=origin)
    assert (status, data["error"]["code"]) == (403, "origin")
    assert headers["Access-Control-Allow-Origin"] is None
    assert client.call("OPTIONS", "/webhooks/web/message", Origin=origin)[2]["Access-Control-Allow-Origin"] is None


def test_an_allowed_site_may_ask(client: Client, assistant: Assistant) -> None:
    origin = f"http://127.0.0.1:{assistant.site}"
    status, _, headers = client.call("OPTIONS", "/webhooks/web/message", Origin=origin, Access_Control_Request_Method="POST")
    assert status == 200
    assert headers["Access-Control-Allow-Origin"] == origin
    assert "authorization" in headers["Access-Control-Allow-Headers"]
    status, _, headers = client.call("POST", "/webhooks/web/message", {"id": "some-message", "text": "你好"}, Origin=origin)
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, origin)


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[]", b"{}", b'{"id": "short", "text": "x"}', b'{"id": "long-enough", "text": 5}', b'{"id": 7, "text": "x"}']
)
def test_a_malformed_message_is_refused(client: Client, body: bytes) -> None:
    status, data, _ = client.call("POST", "/webhooks/web/message", body)
    assert (status, data["error"]["code"]) == (400, "bad_request")


def test_half_a_character_is_taken_as_an_unknown_one(client: Client) -> None:
    status, data, _ = client.call(
        "POST",
        "/webhooks/web/message",
        b'{"id": "half-an-emoji", "text": "\\ud83d \xe4\xb8\x93\xe5\x88\xa9\xe6\xb3\x95\xe7\xac\xac\xe5\x8d\x81\xe6\x9d\xa1"}',
    )
    assert status == 200
    assert client.call("GET", "/webhooks/web/history")[1]["exchanges"][0]["text"].startswith("\ufffd")


def test_too_much_is_refused_before_it_is_kept(client: Client) -> None:
    assert client.ask("长" * 1001)[0] == 413
    assert client.ask("长" * 100_000)[0] == 413
    status, data, _ = client.call("POST", "/webhooks/web/feedback", b"x" * 200_000)
    assert (status, data["error"]["code"]) == (413, "too_long")


def test_too_often_is_told_when_to_come_again(client: Client) -> None:
    answers = [client.call("POST", "/webhooks/web/message", {"id": f"message-{n:04}", "text": "你好"}) for n in range(25)]
    status, data, headers = answers[-1]
    assert (status, data["error"]["code"]) == (429, "limited")
    assert int(headers["Retry-After"]) == data["error"]["retry_after"] >= 1
    assert client.call("POST", "/webhooks/web/message", {"id": "message-0000", "text": "你好"})[0] == 200, "a retry of what was answered is free"


def test_feedback_needs_an_answer_of_the_session(client: Client) -> None:
    client.ask("你好", "an-answer-to-rate")
    rate = {"id": "an-answer-to-rate", "verdict": "up"}
    assert client.call("POST", "/webhooks/web/feedback", rate)[0] == 200
    assert client.call("POST", "/webhooks/web/feedback", {**rate, "id": "of-somebody-else"})[0] == 404
    assert client.call("POST", "/webhooks/web/feedback", {**rate, "verdict": "maybe"})[0] == 400
    assert client.call("POST", "/webhooks/web/feedback", {**rate, "reason": "<b>"})[0] == 400
    assert client.call("POST", "/webhooks/web/feedback", {**rate, "comment": "长" * 501})[0] == 400
    assert client.call("GET", "/webhooks/web/history")[1]["exchanges"][0]["verdict"] == "up"


def test_the_log_tells_who_was_served_what_and_not_the_words(client: Client, assistant: Assistant) -> None:
    client.ask("只有我会问的水杯外观设计问题", "to-be-found-in-the-log")
    log = assistant.services[1].log.read_text(encoding="utf-8", errors="replace")
    line = next(json.loads(line) for line in log.splitlines() if "to-be-found-in-the-log" in line)
    assert (line["event"], line["channel"], line["characters"]) == ("message", "web", 14)
    assert {"request_id", "sender", "kind", "ms_total"} <= set(line)
    assert "水杯" not in log
    assert client.token not in log


# pages


def text_of(page: bytes) -> str:
    return re.sub(r"<[^>]+>", "", page.decode())


@pytest.mark.parametrize("address", ["patent-law/50", "copyright-law/24", "gi-product-measures/15", "collective-mark-rules/1"])
def test_an_article_page_is_complete_without_javascript(client: Client, address: str) -> None:
    article = Library.open().provision(address)
    assert article is not None
    status, page, headers = client.call("GET", f"/laws/{address}")
    assert status == 200
    text = text_of(page)
    assert all(line in text for line in article.full_text.split("\n"))
    assert article.label in text
    assert "不构成法律意见" in text
    assert b'rel="prev"' in page or article.article == 1
    assert "<style" not in page.decode()
    assert "onclick" not in page.decode()
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_a_narrower_address_marks_its_passage(client: Client) -> None:
    page = client.call("GET", "/laws/copyright-law/24/1/6")[1].decode()
    provision = Library.open().provision("copyright-law/24/1/6")
    assert provision is not None
    assert re.findall("<mark>(.*?)</mark>", page) == [provision.full_text]


def test_every_document_and_kind_of_place_has_its_page(client: Client) -> None:
    library = Library.open()
    for document in library.documents():
        status, page, _ = client.call("GET", f"/laws/{document.id}", Accept_Encoding="gzip")
        assert status == 200
        text = text_of(gzip.decompress(page))
        for unit in library.units(document):
            assert all(line.strip() in text for line in re.split(r"[\n\t]", unit.text.replace("&", "&amp;"))), unit.address
    for address in (
        "ip-14th-plan/indicators/3",
        "ip-14th-plan/s3/p2",
        "chongqing-ip-14th-plan/term/" + quote("标准必要专利"),
        "patent-law/c6",
        "copyright-law/24/1/6/",
    ):
        assert client.call("GET", f"/laws/{address}")[0] == 200


@pytest.mark.parametrize(
    "path", ["/laws/patent-law/999", "/laws/nothing", "/laws/patent-law/50/<script>", "/laws/../../etc/passwd", "/web/..%2fcli.py", "/web/nothing.js"]
)
def test_what_is_not_there_is_said_to_be_missing(client: Client, path: str) -> None:
    status, page, _ = client.call("GET", quote(path, safe="/%."))
    assert status == 404
    assert "<script>" not in (page.decode() if isinstance(page, bytes) else json.dumps(page))


def test_a_day_may_be_asked_for(client: Client) -> None:
    assert "尚未施行".encode() in client.call("GET", "/laws/gi-product-measures/1?on=2024-01-15")[1]
    assert client.call("GET", "/laws/gi-product-measures/1?on=yesterday")[0] == 400


def test_files_are_compressed_and_known_again(client: Client) -> None:
    status, body, headers = client.call("GET", "/web/element.js", Accept_Encoding="gzip")
    assert (status, headers["Content-Encoding"], headers["Access-Control-Allow-Origin"]) == (200, "gzip", "*")
    assert b"customElements" in gzip.decompress(client.call("GET", "/web/assistant.js", Accept_Encoding="gzip")[1])
    assert len(gzip.decompress(body)) > len(body)
    assert client.call("GET", "/web/element.js", If_None_Match=headers["ETag"])[0] == 304


def test_the_root_does_not_name_rasas_version(client: Client) -> None:
    page = client.call("GET", "/")[1].decode()
    assert "Rasa" not in page
    assert "<ip-law-assistant" in page
