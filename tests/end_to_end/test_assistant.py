"""The whole assistant, as a person meets it over REST: real Rasa, real action server, real library."""

from __future__ import annotations

import json
import os
import signal
import uuid
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from knowledge.library import Library
from tests.end_to_end.conftest import Assistant

SCHEMA = json.loads((Path(__file__).parents[1] / "contract" / "answer.schema.json").read_text(encoding="utf-8"))


def ids(payload: dict[str, Any]) -> list[str]:
    return [citation["id"] for citation in payload["citations"]]


def test_open_licensing_is_answered_with_its_steps(assistant: Assistant) -> None:
    payload = assistant.ask("专利开放许可怎么办理？")
    assert payload["kind"] == "answer"
    assert {"patent-law/50", "patent-law/51"} <= {"/".join(address.split("/")[:2]) for address in ids(payload)}
    assert any(section["heading"] == "办理步骤" and section["items"] for section in payload["sections"])


def test_copying_for_class_is_answered_with_its_conditions(assistant: Assistant) -> None:
    payload = assistant.ask("上课给学生复印几页小说算侵权吗？")
    assert ids(payload)[0] == "copyright-law/24/1/6"
    text = json.dumps(payload, ensure_ascii=False)
    assert "作者姓名" in text
    assert "不得出版发行" in text


def test_the_objection_period_counts_from_the_announcement(assistant: Assistant) -> None:
    payload = assistant.ask("对公告的地理标志有意见，多久之内能提？")
    assert ids(payload)[0] == "gi-product-measures/15/1"
    assert "2个月" in payload["summary"]
    assert "公告之日" in payload["summary"]


def test_a_paragraph_is_shown_letter_for_letter(assistant: Assistant) -> None:
    payload = assistant.ask("专利法第五十条第二款")
    provision = Library.open().provision("patent-law/50/2")
    assert provision is not None
    assert payload["kind"] == "provision"
    assert payload["citations"][0]["quote"] == provision.text


def test_an_article_that_does_not_exist_is_refused_with_the_count(assistant: Assistant) -> None:
    payload = assistant.ask("专利法第八十三条")
    assert (payload["kind"], payload["reason"]) == ("refuse", "no_such_provision")
    assert "82条" in payload["summary"]


def test_an_article_without_its_law_is_asked_back_and_answered_in_one_word(assistant: Assistant) -> None:
    asked, answered = assistant.talk("第五十条", "著作权法的")
    assert asked["kind"] == "clarify"
    assert ids(answered) == ["copyright-law/50"]


def test_a_foreign_question_is_refused_with_what_the_assistant_does(assistant: Assistant) -> None:
    payload = assistant.ask("离婚财产怎么分？")
    assert payload["kind"] == "refuse"
    assert payload["reason"] == "out_of_scope"
    assert "知识产权" in json.dumps(payload, ensure_ascii=False)


@pytest.mark.parametrize(
    "message",
    [
        "专利年费忘了交会怎样",
        "专利法第十一条",
        "商标法第三十三条",
        "你好",
        "asdf qwer",
        "第四十条",
        "上一条",
        "怎么做红烧肉",
        '/ask{"topic": "x"}',
        "<b>专利</b>保护几年",
        "",
        "😀",
        "长" * 1001,
    ],
)
def test_every_message_gets_one_payload_of_the_contract(assistant: Assistant, message: str) -> None:
    jsonschema.validate(assistant.ask(message), SCHEMA)


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"{}", b'{"sender": "", "message": "x"}', b'{"sender": 5, "message": "x"}'])
def test_a_bad_request_is_answered_in_chinese(assistant: Assistant, body: bytes) -> None:
    status, answer = assistant.post(body)
    assert status == 400
    assert any("\u4e00" <= character <= "\u9fff" for character in answer["error"])


def test_two_people_do_not_share_a_conversation(assistant: Assistant) -> None:
    first, second = uuid.uuid4().hex, uuid.uuid4().hex
    assistant.ask("专利法第十条", first)
    assert assistant.ask("下一条", second)["kind"] == "clarify"
    assert ids(assistant.ask("下一条", first)) == ["patent-law/11"]


def test_start_again_forgets(assistant: Assistant) -> None:
    *_, after = assistant.talk("专利法第十条", "重新开始", "下一条")
    assert after["kind"] == "clarify"


def test_every_quote_stands_in_the_library(assistant: Assistant) -> None:
    library = Library.open()
    for question in ("专利被侵权了怎么办", "证明商标三年不用会怎样", "地理标志产品由谁申请", "演唱会要拿谁的许可"):
        for citation in assistant.ask(question)["citations"]:
            provision = library.provision(citation["id"])
            assert provision is not None
            assert citation["quote"] in (provision.full_text, provision.marker + provision.text, provision.heading + provision.text)


def test_a_dead_action_server_gives_a_sentence_and_a_retry_works(assistant: Assistant) -> None:
    actions = assistant.services[0]
    assert actions.process is not None
    os.killpg(actions.process.pid, signal.SIGKILL)
    actions.process.wait()
    sender = uuid.uuid4().hex
    try:
        payload = assistant.ask("专利保护多少年", sender)
        assert payload["kind"] == "chat"
        assert "再发一次" in payload["summary"]
    finally:
        actions.start()
        while not actions.ready():
            pass
    assert assistant.ask("发明专利保护多少年", sender)["kind"] == "answer"


def test_a_slow_action_server_gives_a_sentence_and_a_retry_works(assistant: Assistant) -> None:
    actions = assistant.services[0]
    assert actions.process is not None
    sender = uuid.uuid4().hex
    os.killpg(actions.process.pid, signal.SIGSTOP)
    try:
        assert "再发一次" in assistant.ask("专利保护多少年", sender)["summary"]
    finally:
        os.killpg(actions.process.pid, signal.SIGCONT)
    assert assistant.ask("发明专利保护多少年", sender)["kind"] == "answer"
