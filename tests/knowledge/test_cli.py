"""The command line: what it prints, its errors in Chinese, its exit codes (0 done, 1 not done, 2 wrong usage)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from knowledge import build as building
from knowledge.cli import main
from knowledge.settings import ROOT, SOURCES
from tests.knowledge.conftest import Home
from tests.knowledge.sample_law import BODY, HISTORY, LAW, TITLE, save, text_file, word

STATUTES = Path(os.environ.get("KNOWLEDGE_STATUTES", Path(__file__).parents[3] / "shared" / "statutes"))
needs_statutes = pytest.mark.skipif(not STATUTES.is_dir(), reason="the collected statutes are not on this machine")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command: (exit code, stdout, stderr)."""

    def run(*argv: object) -> tuple[int, str, str]:
        code = main([str(a) for a in argv])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def law(home: Home) -> Path:
    return save(word(LAW), home.folder / "样品登记法.docx")


# usage


@pytest.mark.parametrize("command", ["build", "check", "show", "search", "import", "documents", "diff", "export"])
def test_every_command_explains_itself_in_chinese_with_an_example(cli: Run, command: str) -> None:
    code, out, _ = cli(command, "--help")
    assert code == 0
    assert out.startswith(f"用法：python -m knowledge {command}")
    assert "例：python -m knowledge" in out or command in ("documents",)
    assert "Show this message" not in out


def test_the_list_of_commands_is_shown_without_a_command(cli: Run) -> None:
    code, out, err = cli()
    assert code in (0, 2)
    assert "导入法规" in out + err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["shw"], "没有 shw 这个命令"),
        (["show"], "缺少 地址"),
        (["show", "patent-law/1", "--onn", "x"], "没有 --onn 这个选项"),
        (["show", "patent-law/1", "--on", "昨天"], "不是日期"),
        (["search", "专利", "--most", "0"], "--most 应是 1 至 1000 的整数"),
        (["export", "patent-law", "--format", "pdf"], "--format 应是 json、akn 之一"),
        (["export", "patent-law"], "缺少 --format"),
        (["import"], "缺少 文件…"),
        (["import", "a", "b", "--id", "x"], "一次导入几个文件时"),
        (["diff", "patent-law"], "缺少 新"),
        (["diff", "patent-law", "no-law"], "库里没有“no-law”"),
        (["diff", "patent-law", "patent-law@1900-01-01"], "还没有施行"),
    ],
)
def test_wrong_usage_is_said_in_chinese_with_exit_code_2(home: Home, cli: Run, argv: list[str], words: str) -> None:
    code, _, err = cli(*argv)
    assert code == 2
    assert words in err


def test_a_library_that_was_not_built_is_said_so(home: Home, cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_DB_URL", f"sqlite:///{home.folder / 'other.db'}")
    for argv in (["documents"], ["show", "patent-law/1"], ["search", "专利"]):
        code, _, err = cli(*argv)
        assert code == 1
        assert "请先运行：python -m knowledge build" in err


# reading


def test_show_prints_a_provision_by_address_or_by_its_name(home: Home, cli: Run) -> None:
    for place in ("patent-law/50/1", "专利法第五十条第一款", "专利法 50 条 1 款"):
        code, out, _ = cli("show", place)
        assert code == 0
        assert out.startswith("《中华人民共和国专利法》第五十条第一款  [patent-law/50/1]  2020-10-17文本，现行有效\n专利权人自愿以书面方式")


def test_show_gives_the_address_of_every_paragraph_and_item_where_asked(home: Home, cli: Run) -> None:
    code, out, _ = cli("show", "专利法第二十四条", "--units")
    assert code == 0
    lines = out.splitlines()
    assert lines[1].startswith("patent-law/24/1  申请专利的发明创造在申请日以前六个月内")
    assert [line.split("  ")[0] for line in lines[2:]] == [f"patent-law/24/1/{n}" for n in (1, 2, 3, 4)]
    assert lines[2].startswith("patent-law/24/1/1  （一）")


def test_show_prints_the_outline_of_a_document(home: Home, cli: Run) -> None:
    code, out, _ = cli("show", "copyright-law")
    assert code == 0
    assert "共67条" in out
    assert "copyright-law/c4/s1  第四章第一节 图书、报刊的出版" in out


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("专利法第八十三条", "共82条，没有第八十三条"),
        ("第五条", "没有说是哪部法规"),
        ("patent-law/999", "没有“patent-law/999”这个条款"),
        ("民法典第五条", "没有收录"),
    ],
)
def test_what_cannot_be_shown_is_said_with_exit_code_1(home: Home, cli: Run, place: str, words: str) -> None:
    code, _, err = cli("show", place)
    assert code == 1
    assert words in err


def test_documents_lists_versions_and_says_what_is_not_stated(home: Home, cli: Run) -> None:
    code, out, _ = cli("documents")
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in out.splitlines()}
    assert code == 0
    assert rows["gi-product-measures"][-3:] == ["2024-01-02", "2024-02-01", "现行有效"]
    assert rows["chongqing-ip-outline"][-3:] == ["未载明", "未载明", "政策文件"]


def test_search_prints_the_nearest_first_and_says_when_there_is_nothing(home: Home, cli: Run) -> None:
    code, out, _ = cli("search", "开放许可", "撤回", "--most", "2")
    assert (code, len(out.splitlines())) == (0, 2)
    assert "《中华人民共和国专利法》第五十条" in out
    assert cli("search", "qqqq")[0] == 1


# building


def test_build_and_check_use_their_exit_codes(home: Home, cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    topics, content = home.folder / "topics", building.Content
    topics.mkdir()
    monkeypatch.setattr(building, "build", partial(building.build, topics=topics))
    monkeypatch.setattr(building, "is_current", partial(building.is_current, topics=topics))
    monkeypatch.setattr(building, "Content", lambda sources=SOURCES, _=None: content(sources, topics))
    monkeypatch.setattr("knowledge.settings.UTTERANCES", home.held)
    assert "知识库已建立：11 份文件" in cli("build")[1]
    assert cli("build", "--if-stale")[1] == "知识库已是最新。\n"
    assert cli("check")[:2] == (0, "内容检查通过。\n")
    (topics / "patent-law").mkdir()
    (topics / "patent-law" / "bad.yml").write_text("id: [", encoding="utf-8")
    for command in ("build", "check"):
        code, _, err = cli(command)
        assert code == 1
        assert "bad.yml" in err
        assert "共 1 个问题" in err


# importing


def test_import_reports_what_was_recognised_and_the_law_is_there_at_once(home: Home, law: Path, cli: Run) -> None:
    code, out, err = cli("import", law)
    assert (code, err) == (0, "")
    for words in (
        f"《{TITLE}》新收录，编号 yang-pin-deng-ji-fa",
        "3章 2节 7条 9款 3项 2目",
        "题注有2次",
        "施行：未载明",
        "目录5项已略去，与正文标题一致",
        "疑点：无",
    ):
        assert words in out
    assert cli("show", "样品登记法第四条之一")[0] == 0
    assert "第四条之一" in cli("search", "样品保管费")[1].splitlines()[0]
    assert "没有改动" in cli("import", law)[1]


def test_import_lists_doubts(home: Home, cli: Run) -> None:
    path = text_file(home.folder / "law.txt", [TITLE, HISTORY, *(line for line in BODY if not line.startswith("第五条"))])
    code, out, _ = cli("import", path)
    assert code == 0
    assert "疑点：2处" in out
    assert "缺第五条" in out


def test_a_refusal_gives_the_reason_and_changes_nothing(home: Home, cli: Run) -> None:
    path = text_file(home.folder / "决定.txt", ["关于修改《样品登记法》的决定", "一、将第三条修改为：“略”。"])
    before = home.library.documents()
    code, _, err = cli("import", path)
    assert code == 1
    assert "没有导入 决定.txt：" in err
    assert "什么都没有改动" in err
    assert (home.files(), home.library.documents()) == ({}, before)


def test_some_files_may_be_refused_while_others_are_taken_in(home: Home, law: Path, cli: Run) -> None:
    bad = text_file(home.folder / "bad.txt", ["通知", "各单位：", "请遵照执行。"])
    code, out, err = cli("import", bad, law)
    assert code == 1
    assert "新收录" in out
    assert "bad.txt" in err


def test_a_dry_run_writes_nothing(home: Home, law: Path, cli: Run) -> None:
    code, out, _ = cli("import", law, "--dry-run")
    assert (code, home.files()) == (0, {})
    assert "7条" in out


def test_options_of_import_are_kept(home: Home, law: Path, cli: Run) -> None:
    assert cli("import", law, "--id", "sample-law", "--short-title", "样品法", "--effective", "2010-06-01", "--adopted", "2010-05-01")[0] == 0
    (version,) = home.library.versions("sample-law")
    assert (version.short_title, str(version.adopted), str(version.effective)) == ("样品法", "2010-05-01", "2010-06-01")


def test_without_building_only_files_are_written(home: Home, law: Path, cli: Run) -> None:
    assert cli("import", law, "--no-build")[0] == 0
    assert len(home.files()) == 2
    assert home.library.document("yang-pin-deng-ji-fa") is None


# whole texts


def test_diff_tells_same_from_different_by_its_exit_code(home: Home, law: Path, cli: Run) -> None:
    changed = text_file(home.folder / "neu.txt", [TITLE, HISTORY, *(line.replace("两件", "三件") for line in BODY)])
    cli("import", law)
    code, out, _ = cli("diff", "yang-pin-deng-ji-fa", law)
    assert code == 0
    assert "两个文本相同" in out
    code, out, _ = cli("diff", "yang-pin-deng-ji-fa@2010-04-01", changed)
    assert code == 1
    assert "【修改】第四条" in out
    assert "[-两件-]{+三件+}" in out
    assert "共：修改1处；6条没有变动。" in out
    assert "修改：第四条" in cli("diff", law, changed, "--brief")[1]


def test_diff_refuses_a_file_that_is_no_statute(home: Home, cli: Run) -> None:
    path = text_file(home.folder / "通知.txt", ["通知", "请各单位遵照执行。"])
    assert cli("diff", "patent-law", path)[0] == 2


def test_export_writes_a_file_or_says_why_not(home: Home, cli: Run) -> None:
    target = home.folder / "law.xml"
    code, out, _ = cli("export", "patent-law", "--format", "akn", "--out", target)
    assert code == 0
    assert target.read_bytes().startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert cli("export", "no-law", "--format", "json")[0] == 1
    assert cli("export", "patent-law", "--format", "json", "--out", home.folder / "no" / "x.json")[0] == 1


# as a program


def program(home: Home, *argv: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-W", "ignore", "-m", "knowledge", *argv], cwd=ROOT, capture_output=True, check=False)


def test_the_program_returns_the_exit_code_and_writes_clean_json(home: Home) -> None:
    done = program(home, "export", "patent-law", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["id"]) == (0, "patent-law")
    assert program(home, "show", "nowhere").returncode == 1


@needs_statutes
def test_a_law_of_1260_articles_is_imported_in_a_few_seconds(home: Home, cli: Run) -> None:
    began = time.process_time()
    code, out, _ = cli("import", next(STATUTES.glob("*民法典_2020*")))
    assert (code, "1260条" in out) == (0, True)
    assert time.process_time() - began < 10
