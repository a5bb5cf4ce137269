"""What people think of an answer: read from their words, stored once for each answer, without a trace to the person."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from knowledge.feedback import REASONS, FeedbackStore, feedback
from knowledge.feedback_words import Said, asked_instead, read_feedback
from knowledge.normalise import normalise
from knowledge.settings import ROOT, feedback_url
from tests.postgres import Postgres

ROW: dict[str, Any] = {
    "session": "0123456789ab",
    "message": "m1",
    "verdict": "down",
    "reason": None,
    "comment": None,
    "question": "发明专利保护几年",
    "kind": "answer",
    "topic": "patent-term-invention",
    "title": "发明专利权的期限",
    "citations": ["patent-law/42/1"],
    "ranking": [["patent-term-invention", 0.93]],
    "model": "a model",
}


def rows(url: str) -> list[dict[str, Any]]:
    with create_engine(url, future=True).connect() as connection:
        return [dict(row) for row in connection.execute(select(feedback).order_by(feedback.c.id)).mappings()]


@pytest.fixture
def embedded(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'made' / 'on' / 'demand' / 'feedback.db'}"


def keeps_one_row_an_answer(url: str) -> None:
    store = FeedbackStore(url)
    store.save(ROW)
    store.save({**ROW, "message": "m2", "verdict": "up"})
    FeedbackStore(url).save({**ROW, "reason": "not_enough", "comment": "太笼统了"})
    kept = rows(url)
    assert [(row["message"], row["verdict"], row["reason"], row["comment"]) for row in kept] == [
        ("m1", "down", "not_enough", "太笼统了"),
        ("m2", "up", None, None),
    ]
    assert {name: kept[0][name] for name in ("question", "topic", "citations", "ranking", "model")} == {
        name: ROW[name] for name in ("question", "topic", "citations", "ranking", "model")
    }


def test_saying_it_again_replaces_it(embedded: str) -> None:
    keeps_one_row_an_answer(embedded)


def test_saying_it_again_replaces_it_in_postgresql(postgres: Postgres) -> None:
    keeps_one_row_an_answer(postgres.database())


def test_workers_that_write_at_the_same_moment_keep_one_row(embedded: str, postgres: Postgres) -> None:
    for url in (embedded, postgres.database()):
        stores = [FeedbackStore(url) for _ in range(6)]  # each makes the table where it is missing
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda store: [store.save({**ROW, "reason": reason}) for reason in REASONS], stores))
        assert len(rows(url)) == 1


def test_an_error_does_not_repeat_what_the_person_wrote(embedded: str) -> None:
    with pytest.raises(SQLAlchemyError) as raised:
        FeedbackStore(embedded).save({**ROW, "title": None})
    assert ROW["question"] not in str(raised.value)


def test_a_database_that_comes_back_is_written_to_again(tmp_path: Path) -> None:
    (tmp_path / "feedback.db").mkdir()
    store = FeedbackStore(f"sqlite:///{tmp_path / 'feedback.db'}")
    with pytest.raises(SQLAlchemyError):
        store.save(ROW)
    (tmp_path / "feedback.db").rmdir()
    store.save(ROW)
    assert len(rows(f"sqlite:///{tmp_path / 'feedback.db'}")) == 1


def test_one_variable_says_where_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEEDBACK_DB_URL", raising=False)
    assert feedback_url() == f"sqlite:///{ROOT / 'var' / 'feedback.db'}"
    monkeypatch.setenv("FEEDBACK_DB_URL", "postgresql+psycopg2://somewhere/feedback")
    assert feedback_url() == "postgresql+psycopg2://somewhere/feedback"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("有用", Said("up")),
        ("谢谢，很有用", Said("up")),
        ("解决了我的问题", Said("up")),
        ("👍🏻", Said("up")),
        ("没用", Said("down")),
        ("没什么帮助", Said("down")),
        ("没用，谢谢", None),
        ("👎", Said("down")),
        ("没用，看不懂", Said("down", "hard_to_understand")),
        ("没帮助，因为条文引错了。", Said("down", "wrong_provision", "条文引错了")),
        ("没用，因为我家的事没那么简单", Said("down", "other", "我家的事没那么简单")),
        ("答非所问", Said("down", "not_answered", "答非所问")),
        ("没有回答我的问题", Said("down", "not_answered")),
        ("你的回答不对", Said("down", None, "你的回答不对")),
    ],
)
def test_words_and_thumbs_are_read(text: str, said: Said | None) -> None:
    assert read_feedback(normalise(text)) == said


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_offered_is_understood(reason: str) -> None:
    assert read_feedback(normalise(REASONS[reason]), wanted=True) == Said("down", reason)
    assert read_feedback(normalise(f"没用，{REASONS[reason]}")) == Said("down", reason)


def test_what_was_asked_instead_is_found() -> None:
    said = read_feedback(normalise("因为我问的是外观设计保护几年"), wanted=True)
    assert said is not None
    assert said.reason == "not_answered"
    assert asked_instead(said) == "外观设计保护几年"


def test_the_widget_offers_the_same_reasons() -> None:
    block = re.search(r"reasons: \{(.*?)\}", (ROOT / "bot" / "web" / "words.js").read_text(encoding="utf-8"), re.S)
    assert block is not None
    assert dict(re.findall(r'(\w+): "([^"]+)"', block[1])) == REASONS
