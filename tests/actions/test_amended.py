"""When a law was amended: what rests on changed words is answered with the new text and a notice, never with the old conclusion."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions.answer import from_topic
from knowledge import affected
from knowledge.amended import amendments, changed, day_of_review
from knowledge.build import Content, build
from knowledge.cli import main
from knowledge.library import Library, default_library
from knowledge.snapshot import snapshot
from knowledge.topics import Ground, Topic
from tests.actions.amended_law import take_in
from tests.actions.form_harness import Conversation, executor
from tests.actions.walker import VALIDATOR

TERM, FEE, DESIGN = "patent-term-invention", "patent-annual-fee-start", "patent-term-design"
Talk = Callable[[], Conversation]
TODAY = datetime.date.today()


def _library(folder: Path, effective: datetime.date) -> Iterator[Library]:
    patch = pytest.MonkeyPatch()
    (folder / "held").mkdir()
    patch.setenv("KNOWLEDGE_HELD", str(folder / "held"))
    patch.setenv("KNOWLEDGE_DB_URL", f"sqlite:///{folder / 'knowledge.db'}")
    default_library.cache_clear()
    build()
    assert take_in(folder, effective).plan.action == "version"
    yield default_library()
    patch.undo()
    default_library.cache_clear()


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The amendment took effect yesterday."""
    yield from _library(tmp_path_factory.mktemp("amended"), TODAY - datetime.timedelta(days=1))


@pytest.fixture
def talk(amended: Library) -> Talk:
    actions: ActionExecutor = executor()
    return lambda: Conversation(actions)


def said(payload: dict[str, Any]) -> str:
    VALIDATOR.validate(payload)
    return json.dumps(payload, ensure_ascii=False)


@pytest.mark.parametrize(("id_", "old", "new"), [(TERM, "二十年", "二十五年"), (FEE, "当年开始交", "申请日的次年开始缴纳年费")])
def test_a_topic_whose_words_changed_is_answered_with_the_new_text_and_a_notice(amended: Library, talk: Talk, id_: str, old: str, new: str) -> None:
    payload = talk().say(snapshot(amended).topics[id_].question)
    assert payload["kind"] == "provision"
    assert "条文已经修改" in payload["summary"]
    assert new in said(payload)
    assert old not in said(payload)
    assert {c["document"]["version"] for c in payload["citations"]} == {"2026-06-01"}


def test_a_topic_is_held_back_where_other_words_of_its_provision_changed(amended: Library, talk: Talk) -> None:
    """The passage on designs stands still, in a sentence that now says something else besides."""
    topic = snapshot(amended).topics[DESIGN]
    assert day_of_review(topic) is not None
    payload = talk().say(topic.question)
    assert "条文已经修改" in payload["summary"]


def test_topics_of_provisions_that_did_not_change_are_answered_as_before(amended: Library, talk: Talk) -> None:
    payload = talk().say(snapshot(amended).topics["patent-marking"].question)
    assert payload["kind"] == "answer"
    payload = talk().say(snapshot(amended).topics["copyright-term-joint"].question)
    assert payload["kind"] == "answer"


def test_no_date_is_reckoned_with_a_period_that_no_longer_stands(amended: Library, talk: Talk) -> None:
    conversation = talk()
    conversation.say(snapshot(amended).topics[TERM].question)
    payload = conversation.say("2016年6月30日申请的", topic=TERM)
    assert "2036年6月30日" not in said(payload)
    assert "条文已经修改" in said(payload)


def test_an_old_conclusion_is_not_said_beside_another_answer_either(amended: Library, talk: Talk) -> None:
    from actions.topic_answers import answer_turn
    from actions.turn import Candidate, Turn

    turn = Turn("专利标识怎么标？发明专利保护几年？", None, "sure", (Candidate("patent-marking", 0.9),), (), also=(TERM, "patent-term-start"))
    assert "二十年" not in json.dumps(answer_turn(amended, turn).payload(), ensure_ascii=False)


def test_a_guided_check_that_rests_on_changed_words_is_not_begun(amended: Library, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = amendments(amended)
    ids = [t.id for t in snapshot(amended).topics.values() if t.kind == "check" and found.of(t)]
    untouched = [t.id for t in snapshot(amended).topics.values() if t.kind == "check" and not found.of(t)]
    assert "check-fair-use" in untouched
    for id_ in ids:
        conversation = talk()
        payload = conversation.say(snapshot(amended).topics[id_].question)
        assert "条文已经修改" in said(payload)
        assert not conversation.in_check


def test_the_content_is_no_fault_and_waits_for_review(amended: Library, capsys: pytest.CaptureFixture[str]) -> None:
    content = Content()
    assert list(content.check()) == []
    waiting = {problem.file.stem for problem in content.outdated}
    assert {TERM, FEE} <= waiting
    assert "patent-marking" not in waiting
    build()  # the library can be built anew on and after the day


def test_a_topic_that_was_read_against_the_new_text_is_answered_again(amended: Library) -> None:
    old = snapshot(amended).topics[FEE]
    quote = "专利权人应当自申请日的次年开始缴纳年费"
    new = Topic(
        **{
            **old.__dict__,
            "answer": "从申请日的次年开始交。",
            "grounds": (Ground("patent-law/43/1", quote),),
            "sections": (),
            "review": {"on": str(TODAY)},
        }
    )
    answer = from_topic(amended, new)
    assert (answer.kind, answer.summary) == ("answer", "从申请日的次年开始交。")


def test_a_true_fault_is_still_a_fault_when_the_law_was_amended(amended: Library, tmp_path: Path) -> None:
    (tmp_path / "patent-law").mkdir()
    from knowledge.settings import TOPICS

    text = (TOPICS / "patent-law" / f"{FEE}.yml").read_text(encoding="utf-8").replace("专利权人应当自被授予", "专利权人可以自被授予")
    (tmp_path / "patent-law" / f"{FEE}.yml").write_text(text, encoding="utf-8")
    content = Content(topics=tmp_path)
    assert any("引文不在" in problem.what for problem in content.check())


def test_before_its_day_the_old_conclusion_stands_and_from_that_day_the_new_text(tmp_path: Path) -> None:
    day = TODAY + datetime.timedelta(days=30)
    for library in _library(tmp_path, day):
        topic = snapshot(library).topics[TERM]
        assert from_topic(library, topic).kind == "answer"
        assert amendments(library, day - datetime.timedelta(days=1)).of(topic) is None
        overtaken = amendments(library, day).of(topic)
        assert overtaken is not None
        assert (overtaken.since, "二十五年" in overtaken.provisions[0].full_text) == (day, True)


@pytest.mark.parametrize(
    ("now", "read", "is_changed"),
    [
        ("甲乙丙", "甲乙丙", False),
        ("甲乙丙", None, False),
        ("甲乙丁", "甲乙丙", True),
        ("甲丙", None, True),
        (None, None, True),
        ("丁甲乙", "丁甲乙", False),
    ],
)
def test_a_ground_has_changed_when_its_passage_went_or_its_provision_reads_otherwise(now: str | None, read: str | None, is_changed: bool) -> None:
    grounds = [Ground("a/1/1", "甲乙")]
    assert bool(changed(grounds, lambda _: now, (lambda _: read) if read else None)) is is_changed


# diff


def test_diff_names_topics_facts_periods_and_golden_questions_that_rest_on_changes(amended: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "patent-law@2020-10-17", "patent-law@2026-06-01", "--brief"]) == 1
    out = capsys.readouterr().out
    assert f"{FEE}（patent-law/43，引文已不在：patent-law/43/1）" in out
    assert f"{DESIGN}（patent-law/42，引文还在）" in out
    assert "检验问话：专利权人应当何时开始缴纳年费？" in out
    assert "deadline:patent-law/43/1" in out
    assert "依据有变动的期限" in out
    assert "patent-marking" not in out


def test_diff_marks_them_for_review_in_a_file(
    amended: Library, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "amended.yml"
    monkeypatch.setattr(affected.mark, "__defaults__", (file, None))
    main(["diff", "patent-law@2020-10-17", "patent-law", "--brief", "--mark"])
    assert "待复核" in capsys.readouterr().out
    (entry,) = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert entry["document"] == "patent-law"
    fee = next(item for item in entry["topic"] if item["id"] == FEE)
    assert fee["broken"] == ["patent-law/43/1"]
    assert "专利权人应当何时开始缴纳年费？" in fee["golden"]


def test_diff_of_documents_on_which_nothing_rests_says_so(amended: Library, capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", "patent-law", "copyright-law", "--brief"])
    assert "依据有变动的主题" in capsys.readouterr().out
