"""`python -m bot content` and `preview`: what the content lacks, and a topic as people will see it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk.content_report import Lacks, lacks, report
from bot.desk.preview import preview
from bot.desk.sitting import Sitting
from knowledge.build import Content
from knowledge.coverage import Covered
from knowledge.snapshot import snapshot
from knowledge.utterances import Utterance
from tests.bot.desk.conftest import Run
from tests.bot.desk.past import Past
from tests.bot.desk.test_report import check_page
from tests.end_to_end.browser import chromium

FEE = "patent-annual-fee-start"


def said(topic: str, count: int, *writers: str) -> list[Utterance]:
    return [Utterance(f"第{n}句", "ask", topic, writers[n % len(writers)], Path("x.yml")) for n in range(count)]


@pytest.fixture(scope="module")
def content() -> Content:
    return Content()


def test_topics_with_few_utterances_or_one_writer_or_that_nobody_asked_for_are_named(content: Content) -> None:
    found = lacks(content, [*said(FEE, 50, "w1"), *said("patent-term-design", 39, "w1", "w2")], {"patent-term-design": 3})
    text = check_page(report(found, "2026-11-30"))
    few, alone, never = (text.partition(heading)[2] for heading in ("说法不足 40 句的主题 ", "只有一个人写说法的主题 ", "没有人问过的主题 对话"))
    assert "patent-term-design 外观设计" in few.partition("只有一个人写")[0]
    assert f"{FEE} " not in few.partition("只有一个人写")[0]
    assert f"{FEE} " in alone.partition("没有人问过的主题")[0]
    assert "patent-term-design " not in alone
    assert f"{FEE} " in never
    assert "chat-greet" not in never


def test_provisions_and_facts_that_lose_their_topic_are_named(content: Content) -> None:
    kept = {id_: pair for id_, pair in content.topics.items() if not any(g.at.startswith("patent-law/43") for g in pair[0].grounds)}
    poorer = Content()
    poorer.__dict__["topics"] = kept
    found = lacks(poorer, [], None)
    assert "deadline:patent-law/43/1" in [fact.id for fact in found.facts]
    text = check_page(report(found, "2026-11-30"))
    assert "中华人民共和国专利法 第四十三条 patent-law/43 " in text
    assert "还没有保存过对话" in text


def test_a_law_without_any_topic_is_named_once_and_not_article_by_article(content: Content) -> None:
    units = [Covered(f"new-law/{n}", f"第{n}条", "article", (), "") for n in range(1, 100)]
    text = check_page(report(Lacks([("新法", units)], [], {}, {}, {}, None), "2026-11-30"))
    assert "新法 99 0 0 99" in text
    assert "new-law/5" not in text


def test_the_command_writes_a_page_and_counts_real_conversations(past: Past, run: Run, tmp_path: Path) -> None:
    past.talked("a", "专利年费从哪年开始交？")
    code, out, _ = run("content", "--out", tmp_path / "content.html")
    assert (code, "内容报告：" in out) == (0, True)
    never = check_page((tmp_path / "content.html").read_text(encoding="utf-8")).partition("没有人问过的主题 对话")[2]
    assert "patent-term-design " in never
    assert f"{FEE} " not in never


def test_a_page_that_cannot_be_written_is_said_so(past: Past, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _, err = run("report", "--out", tmp_path / "file" / "x.html")
    assert (code, "写不了" in err) == (1, True)


@pytest.mark.parametrize("id_", [FEE, "refuse-divorce-property", "chat-greet", "check-fair-use"])
def test_a_topic_is_shown_by_the_widgets_own_card_and_as_text(sitting: Sitting, tmp_path: Path, id_: str) -> None:
    topic = snapshot(sitting.library).topics[id_]
    file = tmp_path / "preview.html"
    file.write_text(preview(topic, sitting.actions), encoding="utf-8")
    with chromium() as browser:
        browser.get(file.as_uri())
        card = browser.execute_script("return document.getElementById('card').shadowRoot.querySelector('article').innerText")
        assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        page = browser.find_element("tag name", "body").text
    assert (topic.answer.split("。")[0][:20] if topic.kind != "check" else topic.title.removeprefix("核对")) in card
    assert id_ in page


def test_a_topic_is_previewed_before_the_model_knows_it(sitting: Sitting) -> None:
    topic = replace(snapshot(sitting.library).topics[FEE], question="一句没有人训练过的话")
    assert "年费从什么时候开始交" in preview(topic, sitting.actions)


def test_what_a_topic_says_cannot_end_the_script(sitting: Sitting) -> None:
    html = preview(snapshot(sitting.library).topics[FEE], sitting.actions)
    assert html.count("</script>") == 1


def test_the_preview_command_writes_a_page_or_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("preview", FEE, "--out", tmp_path / "p.html")
    assert (code, "预览：" in out) == (0, True)
    assert (tmp_path / "p.html").stat().st_size > 10_000
    code, _, err = run("preview", "no-such-topic")
    assert (code, "没有 no-such-topic 这个主题" in err) == (1, True)
