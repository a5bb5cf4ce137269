"""nginx in front: what passes and what does not, what it says itself, and that a request survives the death of a server behind."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channels.web.replies import WORDS
from tests.deployment.upstreams import Upstream, upstreams
from tests.servers import free_port
from tests.topology.front import Front, defaults, missing, render, running_front
from tests.topology.names import name_server

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not installed (Debian): {missing()}")
MESSAGE = "/webhooks/web/message"
GUARDS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy")
PASS = [
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/laws"),
    ("GET", "/laws/"),
    ("GET", "/laws/patent-law/50?on=2024-02-01"),
    ("GET", "/laws/%E4%B8%93%E5%88%A9%E6%B3%95/50"),
    ("GET", "/web/assistant.js"),
    ("POST", "/webhooks/web/session"),
    ("POST", MESSAGE),
    ("GET", "/webhooks/web/history"),
    ("DELETE", "/webhooks/web/history"),
    ("OPTIONS", "/webhooks/web/feedback"),
    ("GET", "/webhooks/web/start"),
    ("GET", "/webhooks/web/health"),
    ("GET", "/webhooks/web/article/patent-law/50/1"),
    ("GET", "/webhooks/wecom/callback?msg_signature=a&timestamp=1&nonce=2&echostr=b%2Bc"),
    ("POST", "/webhooks/wecom/callback?msg_signature=a&timestamp=1&nonce=2"),
]
CLOSED = [
    ("POST", "/webhooks/rest/webhook"),
    ("GET", "/webhooks/rest/"),
    ("GET", "/version"),
    ("GET", "/status"),
    ("GET", "/domain"),
    ("PUT", "/model"),
    ("POST", "/model/parse"),
    ("POST", "/model/train"),
    ("GET", "/conversations/someone/tracker"),
    ("POST", "/conversations/someone/messages"),
    ("GET", "/metrics"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("POST", "/webhook"),
    ("GET", "/actions"),
    ("GET", "/web/"),
    ("GET", "/web/a/b.js"),
    ("GET", "/lawsuit"),
    ("GET", "/webhooks/wecom/"),
    ("GET", "/webhooks/web"),
    ("GET", "/_error/busy.html"),
    ("GET", "/alive"),
    ("POST", "/"),
    ("POST", "/laws/patent-law"),
    ("POST", "/laws/../webhooks/rest/webhook"),
    ("GET", "/laws/../version"),
    ("GET", "/laws/%2e%2e/version"),
    ("GET", "/laws/..%2fversion"),
    ("GET", "/laws/..%5cversion"),
    ("GET", "/version/../laws/"),
    ("GET", "//version"),
    ("GET", "/webhooks/rest/../web/health"),
    ("GET", "/webhooks/web/../rest/"),
    ("GET", "/webhooks/web/%2e%2e/rest/webhook"),
    ("GET", "http://127.0.0.1/version"),
]


@dataclass
class House:
    """nginx with two servers behind it as `rasa` and one as `actions`."""

    front: Front
    rasa: list[Upstream]
    actions: list[Upstream]

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, port: int = 0) -> Answer:
        """One request as it stands, without a library that mends the path."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.front.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    @property
    def seen(self) -> list[dict[str, Any]]:
        return [request for upstream in self.rasa for request in upstream.seen]

    def raw(self, request: bytes) -> bytes:
        """What comes back for these bytes."""
        with socket.create_connection(("127.0.0.1", self.front.port), timeout=15) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
            return answer


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The error object of the assistant's interface."""
        found: dict[str, Any] = json.loads(self.body)["error"]
        return found


@pytest.fixture
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """`@pytest.mark.parametrize("house", [{"NGINX_…": …}], indirect=True)` changes settings."""
    settings = getattr(request, "param", {})
    with upstreams(2) as rasa, upstreams(2) as actions:
        names = {"rasa": [one.address for one in rasa], "actions": [one.address for one in actions]}
        with name_server(names) as resolver:
            own = {"NGINX_RESOLVER": resolver, "NGINX_RASA": f"rasa:{rasa[0].port}", "NGINX_ACTIONS": f"actions:{actions[0].port}"}
            with running_front(tmp_path, **own, **settings) as front:
                yield House(front, rasa, actions)


def test_the_public_paths_pass_as_they_were_written_and_no_other(house: House) -> None:
    for method, path in PASS:
        before = len(house.seen)
        answer = house.ask(method, path)
        assert answer.status == 200, (method, path)
        assert len(house.seen) == before + 1
    behind = {(request["method"], request["path"]) for request in house.seen}
    assert behind == {("GET" if method == "HEAD" else method, path) for method, path in PASS}

    before = len(house.seen)
    statuses = {(method, path): house.ask(method, path).status for method, path in CLOSED}
    assert {place: status for place, status in statuses.items() if status not in (400, 404, 405)} == {}
    assert len(house.seen) == before


def test_every_response_has_the_security_headers_once(house: House) -> None:
    answers = [house.ask(method, path) for method, path in [*PASS, *CLOSED]]
    answers.append(house.ask("POST", MESSAGE, b"x" * 20_000))
    house.rasa[0].mode = house.rasa[1].mode = "hang up"
    answers += [house.ask("GET", "/"), house.ask("POST", MESSAGE, b"{}")]
    for answer in answers:
        counts = {name: len(answer.headers.get_all(name) or []) for name in GUARDS}
        assert counts == dict.fromkeys(GUARDS, 1), (answer.status, answer.headers.items())
        assert not re.search(r"\d", answer.headers["Server"])  # no version


def test_the_client_is_named_by_us_and_not_by_itself(house: House) -> None:
    house.ask("POST", MESSAGE, b"{}", {"X-Forwarded-For": "6.6.6.6", "X-Request-ID": "mine", "Host": "assistant.example.cn:8443"})
    headers = house.seen[0]["headers"]
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["Host"] == "assistant.example.cn:8443"  # the assistant compares it with the Origin
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])


@pytest.mark.parametrize("house", [{"NGINX_TRUSTED_PROXY": "127.0.0.0/8"}], indirect=True)
def test_a_load_balancer_of_our_own_may_name_the_client(house: House) -> None:
    house.ask("GET", "/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert house.seen[0]["headers"]["X-Forwarded-For"] == "203.0.113.9"


@pytest.mark.parametrize("house", [{"NGINX_SERVER_NAME": "assistant.example.cn www.example.cn"}], indirect=True)
def test_other_host_names_are_turned_away_where_names_are_set(house: House) -> None:
    assert house.ask("GET", "/", headers={"Host": "www.example.cn"}).status == 200
    strange = house.ask("GET", "/", headers={"Host": "evil.example"})
    assert strange.status == 421
    assert "没有这个页面" in strange.body.decode()
    assert len(house.seen) == 1


def test_abuse_of_headers_is_refused_in_words_and_reaches_nobody(house: House) -> None:
    refused = {
        "huge header": b"GET / HTTP/1.1\r\nHost: a\r\nX-Big: " + b"x" * 40_000 + b"\r\n\r\n",
        "long address": b"GET /laws/" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        "bad host": b"GET / HTTP/1.1\r\nHost: a b/../c\r\n\r\n",
        "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "no host": b"GET / HTTP/1.1\r\n\r\n",
        "two lengths": b"POST /webhooks/web/message HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "length and chunks": b"POST /webhooks/web/message HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00",
    }
    for what, request in refused.items():
        answer = house.raw(request).decode()
        status = int(answer.split(" ", 2)[1])
        assert status in (400, 414, 431), (what, answer[:200])
        assert "请求的形式不对" in answer, (what, answer[:400])
    assert house.seen == []


def test_a_long_message_gets_413_in_the_form_that_the_widget_reads(house: House) -> None:
    answers = [house.ask("POST", MESSAGE, b"x" * 17_000)]
    chunked = b"POST /webhooks/web/message HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"y" * 1024 + b"\r\n"
    head, body = house.raw(chunked + (b"400\r\n" + b"y" * 1024 + b"\r\n") * 20 + b"0\r\n\r\n").split(b"\r\n\r\n", 1)
    assert b" 413 " in head.splitlines()[0]
    assert json.loads(body)["error"]["code"] == "too_long"
    for answer in answers:
        assert answer.status == 413
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert (answer.error["code"], answer.error["message"]) == ("too_long", WORDS["too_long"])
        assert answer.headers["Access-Control-Allow-Origin"] == "*"  # a site that embeds the widget must be able to read it
    assert house.seen == []
    assert house.ask("POST", MESSAGE, b"x" * 16_000).status == 200


@pytest.mark.parametrize(
    "house", [{"NGINX_API_RATE": "1r/s", "NGINX_API_BURST": "3", "NGINX_READING_RATE": "1r/s", "NGINX_READING_BURST": "3"}], indirect=True
)
def test_too_many_requests_get_429_with_words_and_a_time(house: House) -> None:
    answers = [house.ask("POST", MESSAGE, b"{}") for _ in range(8)]
    limited = [answer for answer in answers if answer.status == 429]
    assert limited and answers[0].status == 200
    for answer in limited:
        assert (answer.error["code"], answer.error["retry_after"], answer.headers.get_all("Retry-After")) == ("limited", 2, ["2"])
    pages = [house.ask("GET", "/") for _ in range(8)]
    refused = next(page for page in pages if page.status == 429)
    assert "访问太快" in refused.body.decode()
    assert refused.headers["Retry-After"] == "2"


def test_the_assistants_own_refusals_go_through_untouched(house: House) -> None:
    for upstream in house.rasa:
        upstream.mode = "429"
    answer = house.ask("POST", MESSAGE, b"{}")
    assert answer.status == 429
    assert answer.headers.get_all("Retry-After") == ["7"]
    assert json.loads(answer.body)["by"].startswith("127.0.0.")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_with_nobody_behind_programs_get_json_and_browsers_a_page(house: House) -> None:
    for upstream in house.rasa:
        upstream.stop()
    answer = house.ask("POST", MESSAGE, b"{}")
    assert answer.status in (502, 503, 504)
    assert (answer.error["code"], answer.error["message"]) == ("unavailable", WORDS["unavailable"])
    assert answer.headers["Cache-Control"] == "no-store"
    page = house.ask("GET", "/")
    assert page.status in (502, 503, 504)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "暂时无法打开" in page.body.decode()


@pytest.mark.parametrize("mode", ["stop", "hang up", "502"])
def test_a_message_is_answered_when_one_of_two_servers_dies(house: House, mode: str) -> None:
    bad, good = house.rasa
    if mode == "stop":
        bad.stop()
    else:
        bad.mode = mode
    answers = [house.ask("POST", MESSAGE, b'{"id":"12345678"}') for _ in range(12)]
    assert [answer.status for answer in answers] == [200] * 12
    assert len(good.seen) == 12
    if mode != "stop":
        assert bad.seen  # it was tried, and the same body went to the other one
        assert {request["body"] for request in good.seen} == {'{"id":"12345678"}'}


def test_both_servers_share_the_work(house: House) -> None:
    with ThreadPoolExecutor(4) as many:
        list(many.map(lambda _: house.ask("GET", "/webhooks/web/health"), range(40)))
    assert min(len(upstream.seen) for upstream in house.rasa) >= 5


def test_an_action_server_that_dies_is_replaced_within_the_request(house: House) -> None:
    house.actions[0].mode = "hang up"
    answers = [house.ask("POST", "/webhook", b'{"next_action": "action_answer"}', port=house.front.actions_port) for _ in range(12)]
    assert {json.loads(answer.body)["by"] for answer in answers} == {house.actions[1].address}
    assert house.actions[0].seen
    assert house.ask("GET", "/health/ready", port=house.front.actions_port).status == 200  # Rasa's own readiness looks here
    assert house.ask("GET", "/actions", port=house.front.actions_port).status == 404


def test_the_log_names_no_question_and_no_query(house: House) -> None:
    house.ask("POST", MESSAGE, "专利侵权怎么办".encode())
    house.ask("GET", "/laws/patent-law?on=2024-02-01")
    for _ in range(50):
        log = house.front.log.read_text(encoding="utf-8")
        if "/laws/patent-law" in log:
            break
        time.sleep(0.1)
    assert "/laws/patent-law 200" in log
    assert "2024-02-01" not in log
    assert "专利侵权" not in log


def test_servers_that_come_later_are_found(tmp_path: Path) -> None:
    with upstreams(2) as rasa:
        addresses: dict[str, list[str]] = {"rasa": []}
        with name_server(addresses) as resolver, running_front(tmp_path, NGINX_RESOLVER=resolver, NGINX_RASA=f"rasa:{rasa[0].port}") as front:
            house = House(front, rasa, [])
            assert house.ask("GET", "/").status == 502
            addresses["rasa"] = [rasa[1].address]
            end = time.monotonic() + 20
            while house.ask("GET", "/").status != 200:
                assert time.monotonic() < end
                time.sleep(0.2)
            assert not rasa[0].seen


def test_with_a_certificate_everything_is_tls(tmp_path: Path) -> None:
    import ssl

    key, certificate, port = tmp_path / "key.pem", tmp_path / "certificate.pem", free_port()
    openssl = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ]
    subprocess.run([*openssl, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    with upstreams(1) as rasa, name_server({"rasa": [rasa[0].address]}) as resolver:
        settings = {
            "NGINX_SCHEME": "https",
            "NGINX_HTTPS_LISTEN": f"127.0.0.1:{port}",
            "NGINX_RESOLVER": resolver,
            "NGINX_RASA": f"rasa:{rasa[0].port}",
        }
        settings |= {"NGINX_CERTIFICATE": str(certificate), "NGINX_CERTIFICATE_KEY": str(key)}
        with running_front(tmp_path, **settings) as front:
            sent_on = House(front, rasa, []).ask("GET", "/laws/?on=2024-02-01", headers={"Host": "localhost"})
            assert (sent_on.status, sent_on.headers["Location"]) == (308, "https://localhost/laws/?on=2024-02-01")
            connection = http.client.HTTPSConnection("localhost", port, context=ssl.create_default_context(cafile=str(certificate)))
            connection.request("GET", "/")
            response = connection.getresponse()
            assert response.status == 200
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
            connection.close()
    assert rasa[0].seen[0]["headers"]["X-Forwarded-Proto"] == "https"


def test_what_nginx_says_is_what_the_assistant_would_say(tmp_path: Path) -> None:
    from tests.topology.front import PAGES

    for file in PAGES.glob("*.json"):
        error = json.loads(file.read_text(encoding="utf-8"))["error"]
        assert (error["code"], error["message"]) == (file.stem, WORDS[file.stem])
    named = set(re.findall(r"/_error/([\w.]+)", "".join(path.read_text() for path in Path(render(tmp_path, {})).parent.glob("*errors.conf"))))
    assert named == {file.name for file in PAGES.iterdir()}
    used = set(re.findall(r"\$\{(NGINX_\w+)\}", "".join(path.read_text() for path in (PAGES.parent / "templates").iterdir())))
    assert used == set(defaults())
