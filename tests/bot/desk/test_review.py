"""`python -m bot review`: what was not answered well is collected without identities, put together, and decided on in YAML files."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import yaml

from bot.desk.asked import asked, rated
from bot.desk.privacy import anonymous, without_marks
from bot.desk.review import decisions, listing
from bot.desk.review.decisions import Places
from bot.desk.review.queue import DOUBTFUL, REFUSED, UNHELPFUL, UNREAD, Doubt, clusters, doubts
from knowledge import utterances
from knowledge.problems import Problems
from tests.bot.desk.conftest import Run
from tests.bot.desk.past import Past, day

GIBBERISH = "哐哐哐锵锵锵咚咚咚"


def doubt(text: str, why: str = UNREAD, **more: object) -> Doubt:
    return Doubt(text, why, day(), (), **more)  # type: ignore[arg-type]


# collecting


def test_what_was_asked_is_read_with_its_answer_and_without_the_person(past: Past) -> None:
    past.talked("wecom-wangxiaoming", "离婚财产怎么分", "我叫王小明，电话13800138000，专利年费从哪年开始交")
    found = list(asked(past.url, day(1)))
    assert [m.text for m in found] == ["离婚财产怎么分", "我叫〔姓名〕，电话〔号码〕，专利年费从哪年开始交"]
    assert [m.begins for m in found] == [True, False]
    assert (found[0].kind, found[0].reason) == ("refuse", "out_of_scope")
    assert found[0].candidates[0][0].startswith("refuse-")
    assert "wangxiaoming" not in repr(found)


def test_only_the_days_asked_for_are_read(past: Past) -> None:
    past.talked("a", "专利法第五十条", days_ago=9)
    past.talked("b", "专利法第五十一条", days_ago=2)
    assert [m.text for m in asked(past.url, day(5))] == ["专利法第五十一条"]
    assert [m.text for m in asked(past.url, day(20), day(5))] == ["专利法第五十条"]


def test_ratings_are_read_with_reason_and_comment(past: Past) -> None:
    past.rated("专利保护几年", "down", "other", "我电话是13800138000", "patent-term-design")
    past.rated("版权保护几年", "up")
    down, up = rated(past.feedback_url, day(1))
    assert (down.verdict, down.reason, down.comment, down.topic) == ("down", "other", "我电话是〔号码〕", "patent-term-design")
    assert up.verdict == "up"


def test_where_nothing_was_stored_yet_the_queue_is_empty(run: Run, places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERSATIONS_DB_URL", f"sqlite:///{tmp_path / 'none.db'}")
    monkeypatch.setenv("FEEDBACK_DB_URL", f"sqlite:///{tmp_path / 'none-either.db'}")
    assert run("review") == (0, "最近 30 天没有要复核的问话。\n", "")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("微信号abc_12345加我", "〔账号〕加我"),
        ("发到 foo.bar@example.com 吧", "发到 〔邮箱〕 吧"),
        ("看 https://example.com/a?b=1 这页", "看 〔网址〕 这页"),
        ("专利号ZL202010123456.7被侵权", "专利号〔号码〕被侵权"),
        ("身份证11010119900307123X", "身份证〔号码〕"),
        ("2016-06-30申请，2021-2025年的规划，罚5000000元", "2016-06-30申请，2021-2025年的规划，罚5000000元"),
        ("我叫不出名字的专利法第五十条", "我叫不出名字的专利法第五十条"),
    ],
)
def test_what_leads_back_to_a_person_is_taken_out(text: str, kept: str) -> None:
    assert anonymous(text) == kept
    assert "〔" not in without_marks(kept)


# putting together


def test_refused_doubtful_unhelpful_and_unsure_are_collected_and_good_answers_are_not(past: Past) -> None:
    past.talked("a", "专利年费从哪年开始交？", "上一条", "专利法第五百条", "离婚财产怎么分", "你好")
    past.talked("b", GIBBERISH)
    past.rated("专利年费谁交", "down", None, None, "patent-annual-fee-start")
    past.rated("专利年费谁来交呢", "up")
    found = {d.text: d.why for d in doubts(asked(past.url, day(1)), rated(past.feedback_url, day(1)))}
    assert found.pop(GIBBERISH) in (UNREAD, REFUSED, DOUBTFUL)
    assert found == {"离婚财产怎么分": REFUSED, "专利年费谁交": UNHELPFUL}


def test_the_same_question_in_other_words_is_one_cluster() -> None:
    found = clusters([doubt("专利权质押怎么登记"), doubt("专利权质押要怎么登记？"), doubt("专利权质押怎么登记！"), doubt("种子怎么买")])
    assert [[text for text, _ in c.questions] for c in found] == [["专利权质押怎么登记", "专利权质押要怎么登记？"], ["种子怎么买"]]
    assert (found[0].count, found[0].why) == (3, {UNREAD: 3})


def test_what_people_marked_as_of_no_use_stands_before_what_was_refused() -> None:
    found = clusters([doubt("种子怎么买", REFUSED), doubt("种子怎么买", REFUSED), doubt("专利年费谁交", UNHELPFUL)])
    assert [c.questions[0][0] for c in found] == ["专利年费谁交", "种子怎么买"]


def test_thousands_of_questions_are_put_together_in_seconds() -> None:
    said = utterances.load(sorted(utterances_folder().glob("*.yml"))[:60], Problems())
    started = datetime.datetime.now()
    assert clusters(doubt(u.text) for u in said)
    assert (datetime.datetime.now() - started).total_seconds() < 60


def utterances_folder() -> Path:
    from knowledge.settings import UTTERANCES

    return UTTERANCES / "patent-law"


# deciding


@pytest.fixture
def listed(past: Past, places: Places, run: Run) -> str:
    """A queue of two clusters, listed."""
    past.rated("我这个本本每年要交的钱从啥子时候算起走", "down", "not_answered", None, "patent-annual-fee-start")
    past.rated("我这个本本每年要交的钱从啥子时候算起走嘛", "down", "not_answered", None, "patent-annual-fee-start")
    past.talked("a", "离婚财产怎么分")
    return run("review")[1]


def test_the_queue_is_listed_with_counts_reasons_and_the_nearest_topics(listed: str) -> None:
    assert listed.startswith("  1. 共 2 次（标了没用 2；最近 ")
    assert "我这个本本每年要交的钱从啥子时候算起走\n" in listed
    assert "最接近的主题：patent-annual-fee-start" in listed
    assert "  2. 共 1 次（拒答 1" in listed
    assert listed.endswith("最近 30 天有 2 组问话要复核。\n")


def test_an_assigned_cluster_becomes_utterances_of_the_topic_in_a_batch_of_its_own(listed: str, run: Run, places: Places) -> None:
    code, out, _ = run("review", "assign", "1", "patent-annual-fee-start", "--only", "1", "--batch", "review-2026-11")
    assert code == 0
    assert "1 句" in out
    path = places.utterances / "patent-law" / "patent-annual-fee-start.yml"
    problems = Problems()
    new = [u for u in utterances.load([path], problems) if u.writer == "review-2026-11"]
    assert [(u.text, u.intent, u.topic) for u in new] == [("我这个本本每年要交的钱从啥子时候算起走", "ask", "patent-annual-fee-start")]
    assert not problems
    run("review", "assign", "1", "patent-annual-fee-start", "--only", "2", "--batch", "review-2026-11")
    assert path.read_text(encoding="utf-8").count("review-2026-11") == 1  # one block a batch
    assert "有 1 组问话要复核" in run("review")[1]


def test_a_topic_without_utterances_gets_a_file(places: Places) -> None:
    next(places.utterances.glob("*/patent-annual-fee-start.yml")).unlink()
    done = decisions.assign(["这个钱咋个算起走嘛"], "patent-annual-fee-start", "review-2026-11", places)
    assert done.file == places.utterances / "patent-law" / "patent-annual-fee-start.yml"
    assert [u.text for u in utterances.load([done.file], Problems())] == ["这个钱咋个算起走嘛"]


def test_golden_questions_and_what_is_said_already_are_left_out(listed: str, run: Run, places: Places) -> None:
    path = places.utterances / "patent-law" / "patent-annual-fee-start.yml"
    known = next(line[2:] for line in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"][0]["examples"].splitlines())
    done = decisions.assign(["专利权人应当何时开始缴纳年费？", known], "patent-annual-fee-start", "review-2026-11", places)
    assert done.added == ()
    assert ["检验问题" in why or "已写在 patent-annual-fee-start" in why for _, why in done.left_out] == [True, True]


def test_a_question_that_stays_out_of_scope_is_noted_with_its_reason_and_listed_no_more(listed: str, run: Run, places: Places) -> None:
    assert run("review", "foreign", "2", "婚姻家庭，不是知识产权")[0] == 0
    (entry,) = yaml.safe_load((places.decisions / "foreign.yml").read_text(encoding="utf-8"))
    assert (entry["reason"], entry["questions"]) == ("婚姻家庭，不是知识产权", ["离婚财产怎么分"])
    assert "离婚" not in run("review")[1]


def test_a_missing_topic_is_noted_for_the_editors(listed: str, run: Run, places: Places) -> None:
    assert run("review", "missing", "1", "缺一个“年费怎么算”的主题")[0] == 0
    run("review", "missing", "2", "再来一个")
    first, second = yaml.safe_load((places.decisions / "missing.yml").read_text(encoding="utf-8"))
    assert (first["note"], first["near"]) == ("缺一个“年费怎么算”的主题", ["patent-annual-fee-start"])
    assert second["questions"] == ["离婚财产怎么分"]
    assert "没有要复核的问话" in run("review")[1]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["assign", "1", "no-such-topic"], "没有 no-such-topic 这个主题"),
        (["assign", "1", "annual-fee"], "是不是：patent-annual-fee-start"),
        (["assign", "9", "patent-annual-fee-start"], "没有第 9 组；上次列出了 2 组"),
        (["assign", "1", "patent-annual-fee-start", "--only", "7"], "共有 2 种说法"),
        (["foreign", "1", " "], "要写明理由"),
    ],
)
def test_what_cannot_be_decided_is_said_and_changes_nothing(listed: str, run: Run, places: Places, argv: list[str], words: str) -> None:
    before = {path: path.read_bytes() for path in places.utterances.glob("**/*.yml")}
    code, _, err = run("review", *argv)
    assert code == 1
    assert words in err
    assert {path: path.read_bytes() for path in places.utterances.glob("**/*.yml")} == before
    assert not places.decisions.exists()


def test_deciding_before_listing_is_said_so(run: Run, places: Places) -> None:
    assert listing.read() == []
    code, _, err = run("review", "assign", "1", "patent-annual-fee-start")
    assert code == 1
    assert "请先运行：python -m bot review" in err
