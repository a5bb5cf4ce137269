"""Two workers of one server behave like one: they share conversations, sessions, limits and messages through PostgreSQL and Redis."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from bot import serve
from bot.operations import data
from tests.end_to_end.test_web_channel import Client
from tests.postgres import Postgres
from tests.redis_server import RedisServer
from tests.servers import Assistant, free_port

SESSIONS = 6  # new sessions that one address may open


@dataclass(frozen=True)
class Workers:
    """The running server and the Redis behind it."""

    assistant: Assistant
    redis: RedisServer

    def visitor(self, address: str = "") -> Client:
        """A visitor with an address of their own; every request comes on a new connection, to whichever worker takes it."""
        return Visitor(self.assistant.port, address or f"198.51.100.{secrets.randbelow(250)}")


class Visitor(Client):
    def __init__(self, port: int, address: str) -> None:
        super().__init__(port)
        self.address = address

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple:
        return super().call(method, path, body, X_Forwarded_For=self.address, **headers)


@pytest.fixture(scope="module")
def workers(prepared: None, postgres: Postgres) -> Iterator[Workers]:
    if not any(os.access(f"{place}/redis-server", os.X_OK) for place in os.environ["PATH"].split(os.pathsep)):
        pytest.skip("redis-server is not installed (Debian: redis-server)")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        redis = RedisServer(folder)
        redis.start()
        stores = {"REDIS_URL": redis.url, "CONVERSATIONS_DB_URL": postgres.database(), "FEEDBACK_DB_URL": postgres.database()}
        ports = {"RASA_PORT": free_port(), "ACTION_PORT": free_port()}
        more = {"SANIC_WORKERS": 2, "WEB_PROXIES": 1, "WEB_RATE_SESSIONS": f"{SESSIONS}/60000", "ANSWER_TIMEOUT": 25}
        more |= {"WEB_SECRET": secrets.token_hex(16)}
        before = dict(os.environ)
        os.environ.update({name: str(value) for name, value in {**stores, **ports, **more}.items()})
        try:
            with serve.running() as services:
                yield Workers(Assistant(ports["RASA_PORT"], services), redis)
        finally:
            os.environ.clear()
            os.environ.update(before)
            redis.stop()


def test_two_processes_serve(workers: Workers) -> None:
    process = workers.assistant.services[-1].process
    assert process is not None
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert len(children) == 2


def test_a_conversation_goes_on_whoever_answers(workers: Workers) -> None:
    visitor = workers.visitor().begin()
    said = ["专利法第十条", *["下一条"] * 9]
    articles = [visitor.ask(words)[1]["payload"]["citations"][0]["id"] for words in said]
    assert articles == [f"patent-law/{number}" for number in range(10, 20)]
    exchanges = [visitor.call("GET", "/webhooks/web/history")[1]["exchanges"] for _ in range(4)]
    assert all([exchange["text"] for exchange in seen] == said for seen in exchanges)


def test_many_conversations_at_once_stay_apart(workers: Workers) -> None:
    def talk(first: int) -> list[str]:
        visitor = workers.visitor(f"203.0.113.{first}").begin()
        return [visitor.ask(words)[1]["payload"]["citations"][0]["id"] for words in (f"专利法第{first}条", "下一条", "下一条")]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(talk, range(20, 36)))
    assert found == [[f"patent-law/{first + n}" for n in range(3)] for first in range(20, 36)]


def test_the_same_message_at_both_workers_is_asked_once(workers: Workers) -> None:
    visitor = workers.visitor().begin()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor.ask("专利法第十条", "the-same-id"), range(8)))
    assert {status for status, _ in answers} == {200}
    assert len({answer["at"] for _, answer in answers}) == 1
    assert visitor.ask("下一条", "another-id")[1]["payload"]["citations"][0]["id"] == "patent-law/11"
    assert visitor.ask("别的话", "the-same-id")[0] == 409


def test_the_workers_count_together(workers: Workers) -> None:
    visitor = workers.visitor("192.0.2.1")
    statuses = [visitor.call("POST", "/webhooks/web/session", {})[0] for _ in range(2 * SESSIONS)]
    assert statuses == [200] * SESSIONS + [429] * SESSIONS


def test_while_redis_is_away_a_sentence_comes_and_the_message_is_answered_afterwards(workers: Workers) -> None:
    visitor = workers.visitor().begin()
    assert visitor.ask("专利法第十条")[0] == 200
    workers.redis.stop()
    for _ in range(4):
        status, answer, headers = visitor.call("POST", "/webhooks/web/message", {"id": "while-away", "text": "下一条"})
        assert (status, answer["error"]["code"]) == (503, "unavailable")
        assert int(headers["Retry-After"]) > 0
        assert "稍后把问题再发一次" in answer["error"]["message"]
    assert "请过一会儿把问题再发一次" in workers.assistant.ask("专利法第十条")["summary"]
    assert visitor.call("GET", "/laws/patent-law/50")[0] == 200
    workers.redis.start()
    status, answer = visitor.ask("下一条", "while-away")
    assert (status, answer["payload"]["citations"][0]["id"]) == (200, "patent-law/11")
    assert workers.assistant.ask("专利法第十条")["citations"][0]["id"] == "patent-law/10"


def test_everything_about_a_visitor_is_erased(workers: Workers) -> None:
    visitor = workers.visitor().begin()
    visitor.ask("证明商标的协会自己能用吗", "to-be-rated")
    assert visitor.call("POST", "/webhooks/web/feedback", {"id": "to-be-rated", "verdict": "up"})[0] == 200
    sender, places = f"web-{visitor.token.partition('.')[0]}", data.Places.configured()
    held = data.export(places, sender)
    assert len(held["feedback"]) == len(held["web_history"]) == 1
    assert [event["text"] for event in held["conversation"] if event["event"] == "user"] == ["证明商标的协会自己能用吗"]
    data.erase(places, sender)
    assert not data.holds_anything(data.export(places, sender))
    assert visitor.call("GET", "/webhooks/web/history")[1]["exchanges"] == []
