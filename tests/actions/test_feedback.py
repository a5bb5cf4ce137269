"""What a person says of an answer is stored with it and answered kindly; the subject stays; nobody waits for a database."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor

from actions.last_answer import COURTESIES
from bot.channels.web.tokens import Session
from knowledge.feedback import REASONS
from knowledge.library import Library
from knowledge.snapshot import snapshot
from tests.actions.form_harness import Conversation
from tests.actions.walker import check_payload
from tests.knowledge.test_feedback import rows

Talk = Callable[[], Conversation]
QUESTION, TOPIC = "发明专利保护几年", "patent-term-invention"


@pytest.fixture(autouse=True)
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the feedback of this test is kept."""
    url = f"sqlite:///{tmp_path / 'feedback.db'}"
    monkeypatch.setenv("FEEDBACK_DB_URL", url)
    return url


def answered(talk: Talk) -> Conversation:
    conversation = talk()
    conversation.say(QUESTION, topic=TOPIC)
    return conversation


def only_row(url: str) -> dict[str, Any]:
    kept = rows(url)
    assert len(kept) == 1, kept
    return kept[0]


def test_a_word_of_praise_is_stored_with_question_answer_and_ranking(talk: Talk, url: str) -> None:
    conversation = talk()
    answer = conversation.say(QUESTION, topic=TOPIC)
    payload = conversation.say("很有用，谢谢")
    check_payload(payload)
    assert payload["kind"] == "chat"
    row = only_row(url)
    assert (row["verdict"], row["reason"], row["comment"]) == ("up", None, None)
    assert (row["question"], row["kind"], row["topic"], row["title"]) == (QUESTION, "answer", TOPIC, answer["title"])
    assert row["citations"] == [citation["id"] for citation in answer["citations"]]
    assert row["ranking"] == [[TOPIC, 0.9]]
    assert row["model"] == "a model"


@pytest.mark.parametrize("said", ["没用", "没帮助", "👎", "不满意"])
def test_an_answer_of_no_use_is_followed_by_the_question_why_and_by_help(talk: Talk, url: str, said: str) -> None:
    payload = answered(talk).say(said)
    check_payload(payload)
    assert payload["kind"] == "clarify"
    assert [s["payload"] for s in payload["suggestions"]] == list(REASONS.values())
    help_ = "".join(item for section in payload["sections"] for item in section["items"])
    assert "12330" in help_ and "12348" in help_ and "换一种说法" in help_
    assert only_row(url)["verdict"] == "down"


@pytest.mark.parametrize(
    ("said", "reason", "comment"),
    [
        ("看不懂", "hard_to_understand", None),
        ("第二个", "wrong_provision", None),
        ("6", "other", None),
        ("其他", "other", None),
        ("因为太笼统了", "not_enough", "太笼统了"),
        ("因为我家的事没那么简单", "other", "我家的事没那么简单"),
    ],
)
def test_the_reason_given_next_is_added_to_the_same_row(talk: Talk, url: str, said: str, reason: str, comment: str | None) -> None:
    conversation = answered(talk)
    conversation.say("没用")
    payload = conversation.say(said)
    check_payload(payload)
    assert payload["kind"] == "chat" and "谢谢" in payload["summary"]
    row = only_row(url)
    assert (row["verdict"], row["reason"], row["comment"], row["question"]) == ("down", reason, comment, QUESTION)


def test_a_reason_in_the_same_breath_is_not_asked_for_again(talk: Talk, url: str) -> None:
    payload = answered(talk).say("没帮助，因为条文引错了")
    assert payload["kind"] == "chat"
    row = only_row(url)
    assert (row["reason"], row["comment"]) == ("wrong_provision", "条文引错了")


def test_what_the_person_says_they_had_asked_can_be_asked_with_one_click(talk: Talk) -> None:
    conversation = answered(talk)
    conversation.say("没用")
    payload = conversation.say("因为我问的是外观设计保护几年")
    assert payload["suggestions"][0]["payload"] == "外观设计保护几年"


def test_another_question_instead_of_a_reason_is_answered(talk: Talk, url: str) -> None:
    conversation = answered(talk)
    conversation.say("没用")
    assert conversation.say("地理标志产品公告以后多长时间内可以提异议", topic="gi-objection-period")["topic"] == "gi-objection-period"
    assert conversation.say("其他")["kind"] != "clarify"
    assert only_row(url)["reason"] is None


def test_a_change_of_mind_replaces_what_was_said(talk: Talk, url: str) -> None:
    conversation = answered(talk)
    conversation.say("没用")
    conversation.say("有用")
    assert only_row(url)["verdict"] == "up"


@pytest.mark.parametrize("said", [("有用",), ("没用",), ("没用", "看不懂"), ("答非所问",)])
def test_the_subject_of_the_conversation_stays(talk: Talk, said: tuple[str, ...]) -> None:
    conversation = answered(talk)
    for words in said:
        conversation.say(words)
    assert conversation.say("那实用新型呢")["topic"] == "patent-term-utility"


def test_after_praise_the_offered_questions_can_still_be_chosen(talk: Talk) -> None:
    conversation = talk()
    offered = conversation.say(QUESTION, topic=TOPIC)["suggestions"]
    assert conversation.say("有用")["suggestions"] == offered


def test_courtesy_in_between_does_not_hide_the_answer(talk: Talk, url: str) -> None:
    conversation = answered(talk)
    conversation.say("谢谢", topic="chat-thanks")
    conversation.say("没用")
    assert only_row(url)["topic"] == TOPIC


def test_other_small_talk_is_an_answer_too(talk: Talk, url: str) -> None:
    conversation = answered(talk)
    conversation.say("你能做什么", topic="chat-what-can-you-do")
    conversation.say("没用")
    assert only_row(url)["topic"] == "chat-what-can-you-do"


def test_every_courtesy_is_small_talk_of_ours(library: Library) -> None:
    assert {snapshot(library).topics[topic].kind for topic in COURTESIES} == {"chat"}


@pytest.mark.parametrize(("said", "topic", "title"), [("没用", None, "还没有回答"), ("答非所问", "chat-complaint-about-bot", "对回答不满意")])
def test_before_any_answer_there_is_nothing_to_rate(talk: Talk, url: str, said: str, topic: str | None, title: str) -> None:
    payload = talk().say(said, topic=topic)
    check_payload(payload)
    assert (payload["kind"], payload["title"]) == ("chat", title)
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_start_again_forgets_the_answer(talk: Talk) -> None:
    conversation = answered(talk)
    conversation.say("重新开始")
    assert conversation.say("没用")["title"] == "还没有回答"


def test_an_answer_in_a_guided_check_can_be_rated_and_the_check_goes_on(talk: Talk, url: str) -> None:
    conversation = talk()
    conversation.say("帮我核对一下课堂上能不能用别人的作品", topic="check-fair-use")
    conversation.say("专利法第十一条")
    before = conversation.answers
    payload = conversation.say("这个回答对我没有帮助")
    check_payload(payload)
    assert conversation.in_check and conversation.answers == before
    assert payload["kind"] == "question" and "抱歉" in payload["summary"]
    row = only_row(url)
    assert (row["verdict"], row["kind"], row["citations"]) == ("down", "provision", ["patent-law/11"])


def test_a_row_does_not_lead_back_to_the_person(actions: ActionExecutor, url: str) -> None:
    sender = "wecom:ww1234567890:zhangsan"
    for _ in range(2):
        conversation = Conversation(actions, sender=sender)
        for question, topic in ((QUESTION, TOPIC), ("实用新型保护几年", "patent-term-utility")):
            conversation.say(question, topic=topic)
            conversation.say("没用")
    marks = [row["session"] for row in rows(url)]
    assert len(set(marks)) == 2, "one mark a conversation, another in the next"
    assert Session(sender, 0).mark not in marks, "a hash of a name that can be guessed leads back to it"


def test_a_word_and_a_thumb_of_the_widget_are_one_row(actions: ActionExecutor, url: str) -> None:
    session = Session("00112233445566778899aabbccddeeff", 0)
    conversation = Conversation(actions, sender=session.sender)
    conversation.say(QUESTION, topic=TOPIC)
    message = conversation.message["message_id"]
    conversation.say("没用")
    row = only_row(url)
    assert (row["session"], row["message"]) == (session.mark, message)


def unwritable(folder: Path) -> str:
    (folder / "file").write_text("", encoding="utf-8")
    return f"sqlite:///{folder / 'file' / 'feedback.db'}"


def no_server(folder: Path) -> str:
    return "postgresql+psycopg2://nobody@127.0.0.1:1/nothing"


@pytest.mark.parametrize("kept_in", [unwritable, no_server])
@pytest.mark.parametrize("said", ["有用", "没用", "没用，看不懂"])
def test_a_database_that_cannot_be_written_costs_nobody_an_answer(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kept_in: Callable[[Path], str], said: str
) -> None:
    monkeypatch.setenv("FEEDBACK_DB_URL", kept_in(tmp_path))
    payload = answered(talk).say(said)
    check_payload(payload)
    assert "没能保存" in payload["summary"]
    assert "feedback could not be stored" in caplog.text
    assert QUESTION not in caplog.text


def test_a_database_that_does_not_answer_is_not_waited_for(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("FEEDBACK_DB_URL", f"postgresql+psycopg2://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing")
        conversation = answered(talk)
        started = time.monotonic()
        assert "没能保存" in conversation.say("有用")["summary"]
        assert time.monotonic() - started < 6
