"""Every command in docs/content.zh.md does what the guide says, run in order in a copy of the project with the guide's own files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.model import mark
from bot.settings import MODEL, ROOT
from tests.bot.desk.past import Past

GUIDE = ROOT / "docs" / "content.zh.md"
_STEP = re.compile(r"^文件 `(?P<file>[^`]+)`：\n\n```\w*\n(?P<text>.*?)^```$|^    (?P<command>(?:make|\.venv/bin/python|rm) [^\n]*)$", re.M | re.S)
TRAINS = ("make run", ".venv/bin/python -m bot train --if-stale")
"""Trained and started by the end-to-end tests; here it is only looked at that the command exists."""
CODES = {"knowledge diff": 1, "knowledge coverage": 1}
"""Exit codes other than 0 that the guide tells of."""
SAYS = {
    "knowledge import 地方特产标识办法.txt --dry-run": "5条",
    "knowledge import 地方特产标识办法.txt --id": "编号 local-specialty-rules",
    "knowledge show 特产标识办法第三条": "二十日内作出决定",
    "knowledge search": "第四条",
    "bot ask 特产标识办法第三条": "县级主管部门应当自收到申请之日起二十日内作出决定",
    "knowledge show 特产标识办法第三条 --units": "local-specialty-rules/3/1  县级主管部门",
    "knowledge coverage local-specialty-rules --exclusions": "  - {at: local-specialty-rules/1, reason: 待写主题}",
    "make content": "内容检查通过",
    "bot preview specialty-application": "specialty-application.html",
    "knowledge import 地方特产标识办法修正.txt": "加为又一个版本",
    "knowledge show local-specialty-rules/3 --on": "十日内",
    "knowledge diff": "依据有变动的主题（1个）",
    "knowledge check": "内容检查通过",
    "bot ask \"专利年费": "当年开始交",
    "bot ask \"实用新型": "2026年6月30日",
    "bot replay 常见问题.txt": "第一次运行",
    "bot replay tests": "共",
    "bot review --days": "3 组问话要复核",
    "bot review assign": "patent-annual-fee-start.yml",
    "bot review foreign": "foreign.yml",
    "bot review missing": "missing.yml",
    "bot report": "周报",
    "bot content": "内容报告",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A file to write or a command to run."""

    file: str
    text: str
    command: str


def steps() -> list[Step]:
    return [Step(m["file"] or "", m["text"] or "", m["command"] or "") for m in _STEP.finditer(GUIDE.read_text(encoding="utf-8"))]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's files as they stand, with the environment of this one and a copy of its model: what runs there changes nothing here."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True, text=True)
    folder = tmp_path / "project"
    for name in listed.stdout.splitlines():
        path = ROOT / name.strip('"')
        if path.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, folder / name)
    (folder / "models").mkdir()
    for file in (MODEL, mark(MODEL)):
        shutil.copy2(file, folder / "models")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def test_every_command_of_the_guide_works_in_its_order(copy: Path, past: Past) -> None:
    past.rated("我这个本本每年要交的钱从啥子时候算起走", "down", "not_answered", None, "patent-annual-fee-start")
    past.talked("a", "离婚财产怎么分")
    past.talked("b", "怎么去民政局领结婚证")
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(copy)}
    for name in ("KNOWLEDGE_DB_URL", "KNOWLEDGE_HELD"):
        environment.pop(name, None)
    done = []
    for step in steps():
        if step.file:
            (copy / step.file).parent.mkdir(parents=True, exist_ok=True)
            (copy / step.file).write_text(step.text, encoding="utf-8")
        elif step.command not in TRAINS and not (step.command == "make content" and not done):
            done.append(step.command)
            check(step.command, copy, environment)
    assert len(done) > 20
    assert "specialty-application" in (copy / "knowledge" / "review" / "amended.yml").read_text(encoding="utf-8")


def check(command: str, folder: Path, environment: dict[str, str]) -> None:
    """Run one command and look at its exit code and at what it says."""
    began = time.monotonic()
    run = command.replace("make content", "make -o setup -o .venv/.ready content")
    ended = subprocess.run(run, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    told = f"{command}（{time.monotonic() - began:.0f} s）：\n{ended.stdout[-1500:]}{ended.stderr[-1500:]}"
    asked_anything = command.startswith('.venv/bin/python -m bot ask "我们村')  # the model was not trained on the new topics
    expected = next((code for words, code in CODES.items() if words in command), 0)
    assert ended.returncode == expected or asked_anything, told
    for words, says in SAYS.items():
        if words in command:
            assert says in ended.stdout, told


@pytest.mark.parametrize("command", TRAINS)
def test_what_trains_exists_as_the_guide_names_it(command: str) -> None:
    assert command in [step.command for step in steps()]
    if command.startswith("make"):
        assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    else:
        arguments = [*command.split()[1:4], "--help"]
        assert (
            "--if-stale" in subprocess.run([sys.executable, "-W", "ignore", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        )


def test_every_command_that_the_guide_mentions_in_its_text_exists() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for package in ("knowledge", "bot"):
        known = subprocess.run([sys.executable, "-W", "ignore", "-m", package, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in re.findall(rf"python -m {package} ([a-z]+)", text):
            assert re.search(rf"\b{name}\b", known), name
