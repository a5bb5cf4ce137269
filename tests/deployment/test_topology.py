"""The whole service: two Rasa servers, two action servers, nginx, PostgreSQL and Redis, as docker-compose.yml lays them out.

One start for all tests, which go from what always holds to what holds after one server after another has died; the order counts.
"""

from __future__ import annotations

import signal
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.settings import MODEL
from tests.deployment.visitor import Reply, Visitor
from tests.postgres import binaries
from tests.topology.front import missing
from tests.topology.running import Topology, running

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=f"not installed (Debian): {missing()}"),
    pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed (Debian: postgresql)"),
]
MESSAGES = ("专利法第六十五条", "上一条", "第二款呢")
PLACES = ("patent-law/65", "patent-law/64", "patent-law/64/2")


@pytest.fixture(scope="module")
def service(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    assert MODEL.exists()
    more = {"WEB_RATE_SESSIONS": "5000/600", "WEB_RATE_ADDRESS": "5000/60", "WEB_RATE_SESSION": "5000/60"}  # all from one address
    with running(tmp_path_factory.mktemp("topology") / "run", rasa=2, actions=2, more=more) as topology:
        yield topology


def rows(service: Topology, query: str) -> list[tuple[object, ...]]:
    """From the database that all servers share."""
    url = Path(service.settings["CONVERSATIONS_DB_URL_FILE"]).read_text(encoding="utf-8")
    engine = sa.create_engine(url, future=True)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]
    finally:
        engine.dispose()


def cited(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.data
    return [citation["id"] for citation in reply.data["payload"]["citations"]]


def test_the_public_page_and_the_texts_are_there_and_the_rest_is_closed(service: Topology) -> None:
    for path, words in (("", "知识产权"), ("laws/patent-law/50", "第五十条"), ("web/assistant.js", "ip-law-assistant")):
        with urllib.request.urlopen(service.home + path, timeout=20) as response:
            assert words in response.read().decode(), path
    for path in ("webhooks/rest/", "version", "status", "health/ready", "metrics"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(service.home + path, timeout=20)
        assert refused.value.code == 404, path
    body = b'{"sender": "a", "message": "hello"}'
    with pytest.raises(urllib.error.HTTPError) as closed:
        urllib.request.urlopen(urllib.request.Request(f"{service.home}webhooks/rest/webhook", body), timeout=20)
    assert closed.value.code == 404


def test_a_conversation_goes_on_whichever_server_gets_the_message(service: Topology) -> None:
    first, second = (worker.home for worker in service.rasa)
    visitor = Visitor(service.home)
    replies = [visitor.ask(text, home) for text, home in zip(MESSAGES, (first, second, first))]
    assert [place in cited(reply) for place, reply in zip(PLACES, replies)] == [True] * 3
    by_nginx = Visitor(service.home)
    assert [place in cited(by_nginx.ask(text)) for place, text in zip(PLACES, MESSAGES)] == [True] * 3


def test_what_is_given_back_on_reload_is_the_same_from_every_server(service: Topology) -> None:
    first, second = (worker.home for worker in service.rasa)
    visitor = Visitor(service.home)
    visitor.ask("发明专利能保护多少年？", first)
    rated = visitor.ask("那外观设计呢", second)
    assert "十五年" in rated.summary
    assert visitor.call("POST", "feedback", {"id": rated.data["id"], "verdict": "up"}, first).status == 200
    histories = [visitor.history(home) for home in (first, second, service.home)]
    assert [exchange["text"] for exchange in histories[0]] == ["发明专利能保护多少年？", "那外观设计呢"]
    assert histories[0][1]["verdict"] == "up"
    assert histories[0] == histories[1] == histories[2]
    assert visitor.call("DELETE", "history", home=second).status == 200
    assert visitor.history(first) == []


def test_a_message_that_reaches_both_servers_at_once_is_answered_once(service: Topology) -> None:
    visitor = Visitor(service.home)
    text = f"专利法第五十条 {uuid.uuid4().hex[:6]}"
    message = uuid.uuid4().hex
    together = threading.Barrier(6)

    def send(home: str) -> Reply:
        together.wait()
        return visitor.ask(text, home, message)

    with ThreadPoolExecutor(6) as many:
        replies = list(many.map(send, [worker.home for worker in service.rasa] * 3))
    assert [reply.status for reply in replies] == [200] * 6
    assert len({(reply.data["id"], reply.data["at"]) for reply in replies}) == 1
    assert rows(service, f"SELECT count(*) FROM events WHERE type_name = 'user' AND data LIKE '%{text[-6:]}%'") == [(1,)]


def test_an_action_server_dies_and_nobody_notices(service: Topology) -> None:
    service.actions[0].kill()
    visitor = Visitor(service.home)
    replies = [visitor.ask(text) for text in MESSAGES * 3]
    assert [PLACES[n % 3] in cited(reply) for n, reply in enumerate(replies)] == [True] * 9


def test_a_rasa_server_dies_with_messages_in_its_hands_and_everybody_is_answered(service: Topology) -> None:
    visitors = [Visitor(service.home) for _ in range(6)]
    for visitor in visitors:
        assert PLACES[0] in cited(visitor.ask(MESSAGES[0]))
    sent = threading.Semaphore(0)

    def go_on(visitor: Visitor) -> list[Reply]:
        replies = []
        for _ in range(6):
            sent.release()
            replies.append(visitor.ask("发明专利能保护多少年？"))
        return replies

    with ThreadPoolExecutor(len(visitors)) as many:
        asked = [many.submit(go_on, visitor) for visitor in visitors]
        for _ in range(12):
            sent.acquire()
        service.rasa[0].kill()
        replies = [reply for future in asked for reply in future.result()]
    assert [reply.status for reply in replies] == [200] * 36
    assert PLACES[0] in cited(visitors[0].ask(MESSAGES[0]))
    assert PLACES[1] in cited(visitors[0].ask(MESSAGES[1]))
    assert len(visitors[0].history()) == 9


def test_a_server_that_is_asked_to_stop_finishes_the_message_in_its_hands(service: Topology) -> None:
    last, actions = service.rasa[1], service.actions[1]
    visitor = Visitor(service.home)
    assert actions.process is not None and last.process is not None
    with ThreadPoolExecutor(1) as one:
        actions.process.send_signal(signal.SIGSTOP)  # the message must wait somewhere
        try:
            answer = one.submit(visitor.ask, MESSAGES[0])
            time.sleep(2)
            last.ask_to_stop()
            time.sleep(1)
        finally:
            actions.process.send_signal(signal.SIGCONT)
        assert PLACES[0] in cited(answer.result())
    assert last.process.wait(25) == 0
    # then nobody is left, and that is said in words
    lost = visitor.ask(MESSAGES[1])
    assert (lost.status, lost.data["error"]["code"]) == (502, "unavailable")
