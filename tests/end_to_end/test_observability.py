"""One id through both processes' logs, metrics that count, readiness that tells the truth: real Rasa, real action server."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from typing import Any

from bot.serve import Service
from tests.end_to_end.conftest import Assistant
from tests.end_to_end.test_web_channel import Client

PERSON, WORDS = "someone-who-must-not-be-named", "发明专利保护多少年，我叫张三丰"


def lines(service: Service) -> list[dict[str, Any]]:
    """Every line of a process's log; each must be JSON."""
    return [json.loads(line) for line in service.log.read_text(encoding="utf-8").splitlines()]


def lines_of(service: Service, request_id: str) -> list[dict[str, Any]]:
    return [line for line in lines(service) if line.get("request_id") == request_id]


def ask(assistant: Assistant, text: str, sender: str = PERSON) -> str:
    """Ask over REST; the id in the response."""
    body = json.dumps({"sender": sender, "message": text}).encode()
    request = urllib.request.Request(assistant.url, data=body, headers={"Content-Type": "application/json", "X-Request-ID": "forged-by-the-client"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return str(response.headers["X-Request-ID"])


def series(port: int) -> dict[str, float]:
    """Every series of a process."""
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))}


def readiness(assistant: Assistant) -> tuple[int, dict[str, str]]:
    """Status, and part -> problem."""
    try:
        with urllib.request.urlopen(assistant.home + "health/ready", timeout=10) as response:
            status, body = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    return status, {name: part["problem"] for name, part in json.loads(body)["parts"].items() if not part["ok"]}


def test_one_id_finds_a_message_in_both_logs(assistant: Assistant) -> None:
    request_id = ask(assistant, WORDS)
    assert request_id != "forged-by-the-client", "there is no proxy of ours in front"
    (message,) = [line for line in lines_of(assistant.services[1], request_id) if line["event"] == "message"]
    (action,) = lines_of(assistant.services[0], request_id)
    assert (message["channel"], message["kind"]) == ("rest", action["kind"])
    assert (message["topic"], action["action"], action["status"]) == (action["topic"], "action_answer", 200)
    assert message["verdict"] == "sure" and message["topic"] in message["likely"] and 0 < message["confidence"] <= 1
    total, policy, server = (message[f"ms_{stage}"] for stage in ("total", "policy_actions", "action_server"))
    assert total >= policy >= server >= action["ms"] > 0 and total >= message["ms_recognition"] > 0


def test_the_web_channel_gives_its_messages_an_id_too(assistant: Assistant) -> None:
    client = Client(assistant.port).begin()
    _, _, headers = client.call("POST", "/webhooks/web/message", {"id": "seen-in-both-logs", "text": "专利法第五十条"})
    (message,) = [line for line in lines_of(assistant.services[1], headers["X-Request-ID"]) if line["event"] == "message"]
    assert (message["channel"], message["message"], message["kind"], message["act"]) == ("web", "seen-in-both-logs", "provision", "look_up")
    assert lines_of(assistant.services[0], headers["X-Request-ID"])[0]["action"] == "action_look_up"


def test_no_line_of_either_process_tells_who_asked_what(assistant: Assistant) -> None:
    ask(assistant, WORDS)
    for service in assistant.services:
        text = service.log.read_text(encoding="utf-8")
        assert PERSON not in text and "张三丰" not in text


def test_messages_answers_and_stages_are_counted(assistant: Assistant) -> None:
    rasa, actions = assistant.metrics
    names = [
        'assistant_messages_total{channel="rest"}',
        'assistant_answers_total{kind="refuse"}',
        'assistant_refusals_total{reason="out_of_scope"}',
        "assistant_confidence_count",
        *(f'assistant_stage_seconds_count{{stage="{stage}"}}' for stage in ("recognition", "policy_actions", "action_server", "total")),
    ]
    before, before_there = series(rasa), series(actions)
    ask(assistant, "离婚财产怎么分？")
    after, after_there = series(rasa), series(actions)
    assert [after[name] - before.get(name, 0.0) for name in names] == [1.0] * len(names)
    ran = 'assistant_action_seconds_count{action="action_answer"}'
    assert after_there[ran] - before_there.get(ran, 0.0) == 1
    assert after['assistant_messages_in_progress{channel="rest"}'] == 0
    assert after["assistant_memory_bytes"] > 1e8 and after['assistant_ready{part="conversations"}'] == 1


def test_metrics_are_not_where_people_are(assistant: Assistant) -> None:
    assert Client(assistant.port).call("GET", "/metrics")[0] == 404


def test_readiness_falls_with_the_action_server_and_comes_back(assistant: Assistant) -> None:
    assert readiness(assistant) == (200, {})
    actions = assistant.services[0]
    assert actions.process is not None
    errors = 'assistant_errors_total{kind="action_server"}'
    before = series(assistant.metrics[0]).get(errors, 0.0)
    os.killpg(actions.process.pid, signal.SIGKILL)
    actions.process.wait()
    try:
        time.sleep(1.1)  # a report is kept for a second
        status, problems = readiness(assistant)
        assert (status, set(problems)) == (503, {"action_server"})
        assert urllib.request.urlopen(assistant.home + "health/live", timeout=10).status == 200
        request_id = ask(assistant, WORDS)
        (message,) = [line for line in lines_of(assistant.services[1], request_id) if line["event"] == "message"]
        assert (message["kind"], message["error"]) == ("unavailable", "action_server")
        assert series(assistant.metrics[0])[errors] == before + 1
    finally:
        actions.start()
        while not actions.ready():
            time.sleep(0.1)
    time.sleep(1.1)
    assert readiness(assistant) == (200, {})
