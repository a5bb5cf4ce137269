"""docs/deployment.md: the commands that can be run here are run, and what it names is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine

from bot.settings import ROOT
from knowledge.feedback import FeedbackStore
from tests.bot.test_migrate import RATING
from tests.postgres import Postgres, binaries

GUIDE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
IN_POSTGRES = "docker compose exec -T postgres "


def commands(kind: str) -> list[str]:
    """The lines of the blocks marked so."""
    return [line for block in re.findall(rf"^```sh {kind}\n(.*?)^```", GUIDE, re.M | re.S) for line in block.splitlines()]


def test_the_commands_of_the_program_run_as_they_are_written(tmp_path: Path) -> None:
    urls = {"CONVERSATIONS_DB_URL": f"sqlite:///{tmp_path}/a.db", "FEEDBACK_DB_URL": f"sqlite:///{tmp_path}/b.db"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    said = [
        subprocess.run(line, shell=True, check=True, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **urls, "PATH": path}).stdout
        for line in commands("run")
    ]
    assert len(said) == 2
    assert "已建立" in said[0] and said[1].count("已是最新") == 2


def test_what_was_backed_up_comes_back(postgres: Postgres, tmp_path: Path) -> None:
    """The documented lines, in the database server of the tests instead of the container."""
    url = postgres.database(name="assistant")
    FeedbackStore(url).save(RATING)
    engine = create_engine(url, future=True)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assistant') THEN CREATE ROLE assistant SUPERUSER LOGIN; END IF; END $$"
        )
    folder = binaries()
    assert folder is not None
    here = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}

    def run(kind: str) -> None:
        lines = [line.removeprefix(IN_POSTGRES) for line in commands(kind) if line.startswith(IN_POSTGRES)]
        assert len(lines) == 1
        subprocess.run(lines[0], shell=True, check=True, cwd=tmp_path, env=here)

    run("backup")
    FeedbackStore(url).save({**RATING, "message": "m-2", "comment": "after the backup"})
    run("restore")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT message FROM feedback").all() == [("m-1",)]
    engine.dispose()


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="not installed (Debian): docker-compose")
def test_every_service_and_option_of_a_documented_command_exists() -> None:
    services = set(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"])
    lines = [line for block in re.findall(r"^```sh.*?\n(.*?)^```", GUIDE, re.M | re.S) for line in block.splitlines()]
    composed = [line.split("docker compose ", 1)[1].split() for line in lines if "docker compose " in line]
    assert len(composed) >= 8
    for words in composed:
        command = words[0]
        known = subprocess.run(["docker-compose", "help", command], capture_output=True, text=True, check=False)
        assert known.returncode == 0, command
        for option in re.findall(r"^-+\w+", " ".join(words[1:2])):
            assert option in known.stdout, (command, option)
    named = {name for words in composed for name in re.findall(r"\b(?:postgres|rasa|actions|prepare|grafana|nginx|redis)\b", " ".join(words))}
    assert named <= services


def test_every_setting_that_is_named_is_read_by_the_file() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    read = set(re.findall(r"\$\{(\w+):-", compose))
    table = GUIDE[GUIDE.index("## Settings") : GUIDE.index("## TLS")]
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", table))
    assert named <= read
    ours = {name for name in read if not name.startswith(("WEB_", "WECOM_"))}
    assert ours - set(re.findall(r"\b([A-Z][A-Z_]+)\b", GUIDE)) <= {"ANSWER_TIMEOUT"}


def test_every_file_that_is_named_exists() -> None:
    for name in re.findall(r"`((?:deploy|bot|tests)/[\w./-]+)`", GUIDE):
        made_later = name.startswith(("deploy/secrets/", "deploy/tls/"))
        assert made_later or (ROOT / name.rstrip("/")).exists(), name
    for name in re.findall(r"\]\((\w[\w.-]+\.md)\)", GUIDE):
        assert (ROOT / "docs" / name).exists(), name
