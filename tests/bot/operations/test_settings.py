"""Every setting is named once, checked at once, and shown without its secrets."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli, settings
from bot.channels.web.settings import WebSettings
from bot.channels.wecom.settings import Settings as WecomSettings
from bot.operations.settings import notes, problems, variables
from knowledge.environment import SettingError, Variable, database, redis_address
from knowledge.settings import ROOT, database_url, feedback_url, held_folder

NAMES = [variable.name for variable in variables()]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def run(*argv: str) -> tuple[int, str, str]:
    done = CliRunner(mix_stderr=False).invoke(cli.app, list(argv), prog_name="python -m bot")
    return done.exit_code, done.stdout, done.stderr


def test_no_name_is_used_twice() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_the_defaults_work() -> None:
    assert problems() == []
    code, out, error = run("settings")
    assert (code, error) == (0, "")
    assert all(name in out for name in NAMES)
    assert WebSettings.from_environment() == WebSettings()
    assert database_url() == f"sqlite:///{ROOT / 'var' / 'knowledge.db'}"
    assert held_folder() == ROOT / "knowledge" / "sources"
    written = {variable.name: variable for variable in variables()}
    for name, field in (("WECOM_STATE", "state"), ("WECOM_MAX_AGE", "max_age"), ("WECOM_WORKERS", "workers"), ("WECOM_API_BASE", "api")):
        assert written[name].get() == next(each.default for each in fields(WecomSettings) if each.name == field)


WRONG = {
    "RASA_PORT": "http",
    "SANIC_WORKERS": "0",
    "ANSWER_TIMEOUT": "-1",
    "REDIS_URL": "localhost:6379",
    "RETENTION_DAYS": "半年",
    "CONVERSATIONS_DB_URL": "mysql://root:geheim@host/db",
    "KNOWLEDGE_DB_URL": "var/knowledge.db",
    "ARTICLE_BASE_URL": "ip.example.cn",
    "WEB_RATE_SESSION": "20",
    "WEB_LOG_TEXT": "yes",
    "WEB_SECRET": "geheim",
    "WECOM_MAX_AGE": "3600",
    "LOG_FORMAT": "xml",
}


def test_everything_that_is_wrong_is_named_together_and_nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cli, "prepare", lambda: pytest.fail("nothing may be prepared"))
    for command in ("settings", "run"):
        code, out, error = run(command)
        assert code == 1
        assert f"设置有 {len(WRONG)} 个问题" in error
        assert all(any(line.startswith(f"{name} ") for line in error.splitlines()) for name in WRONG)
        assert "geheim" not in out + error


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_a_wrong_value_is_named_alone(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    found = problems()
    assert len(found) == 1
    assert found[0].startswith(f"{name} ")


def test_what_does_not_fit_together_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANIC_WORKERS", "2")
    monkeypatch.setenv("ACTION_PORT", "5005")
    assert [problem.partition(" ")[0] for problem in problems()] == ["SANIC_WORKERS", "RASA_PORT"]
    monkeypatch.setenv("REDIS_URL", "redis://localhost")
    monkeypatch.setenv("WECOM_CORP_ID", "x")
    assert len(problems()) == 1 + 5


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:geheim@cache:6379/0")
    monkeypatch.setenv("CONVERSATIONS_DB_URL", "postgresql://bot:ge%40heim@db/conversations")
    monkeypatch.setenv("WEB_SECRET", "geheim" * 4)
    _, out, _ = run("settings")
    assert "heim" not in out
    assert "redis://:***@cache:6379/0" in out
    assert "postgresql://bot:***@db/conversations" in out


def test_a_value_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("redis://:geheim@cache/1\n")
    monkeypatch.setenv("REDIS_URL_FILE", str(tmp_path / "url"))
    assert settings.redis_url() == "redis://:geheim@cache/1"
    assert "〔文件〕" in run("settings")[1]
    monkeypatch.setenv("REDIS_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingError, match="REDIS_URL_FILE 指向的文件"):
        settings.redis_url()
    assert run("settings")[0] == 1


def test_what_was_probably_meant_is_said() -> None:
    assert notes({"WEB_ORIGIN": "https://a.example"}) == ["没有 WEB_ORIGIN 这个设置，是不是 WEB_ORIGINS？"]
    assert notes({"WEB_CONCURRENCY": "4", "WEB_SECRET_FILE": "/run/secrets/x", "HOME": "/"}) == []
    assert "每台都要设同一个 WEB_SECRET" in notes({"REDIS_URL": "redis://cache"})[0]
    assert notes({"REDIS_URL": "redis://cache", "WEB_SECRET": "0123456789abcdef"}) == []


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("sqlite:///var/x.db", f"sqlite:///{ROOT}/var/x.db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgres://a@b/c", "postgresql://a@b/c"),
        ("postgresql+psycopg2://a@b/c", "postgresql+psycopg2://a@b/c"),
    ],
)
def test_a_database_is_named_in_the_usual_ways(written: str, url: str) -> None:
    assert database(written) == url


@pytest.mark.parametrize("written", ["redis://a", "rediss://:p@a:1/2", "unix:///run/redis.sock", ""])
def test_a_redis_is_named_in_the_usual_ways(written: str) -> None:
    assert redis_address(written) == written


@pytest.mark.parametrize("written", ["localhost", "localhost:6379", "http://a", "redis://", "redis://cache:port/0", "redis://a b"])
def test_what_names_no_redis_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="应为 Redis 地址"):
        redis_address(written)


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_DB_URL", " ")
    assert feedback_url().endswith("/var/feedback.db")
    assert Variable("X", str, "d").get({"X": ""}) == "d"
