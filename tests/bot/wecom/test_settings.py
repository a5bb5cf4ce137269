from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from bot.channels.wecom.__main__ import check
from bot.channels.wecom.channel import WeComInput
from bot.channels.wecom.settings import SettingsError, load
from bot.settings import ROOT
from tests.wecom_standin.server import WeCom


def test_nothing_set_is_off_and_says_so(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WECOM_CORP_ID", "WECOM_AGENT_ID", "WECOM_SECRET", "WECOM_TOKEN", "WECOM_AES_KEY", "WECOM_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    assert load({}) is None
    with caplog.at_level(logging.INFO):
        channel = WeComInput.from_credentials(None)
    assert channel.settings is None
    assert "没有配置企业微信" in caplog.text

    async def never(message: object) -> None: ...

    assert not channel.blueprint(never)._future_routes


def test_five_values_are_enough(environment: dict[str, str]) -> None:
    found = load(environment)
    assert found and len(found.apps) == 1
    assert environment["WECOM_SECRET"] not in repr(found)
    assert environment["WECOM_AES_KEY"] not in repr(found)


def test_a_value_may_lie_in_a_file(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(environment.pop("WECOM_SECRET") + "\n")
    found = load({**environment, "WECOM_SECRET_FILE": str(tmp_path / "secret")})
    assert found and found.apps[0].secret == "standin-secret-0123456789"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WECOM_CORP_ID", "abc", "企业 ID 应以 ww 开头"),
        ("WECOM_AGENT_ID", "助手", "AgentId 应为一串数字"),
        ("WECOM_AES_KEY", "short", "43 个英文字母或数字（现在 5 个字符）"),
        ("WECOM_TOKEN", "有空格 的", "Token 应为"),
        ("WECOM_SECRET", "", "缺少应用的 Secret（WECOM_SECRET"),
        ("WECOM_MAX_AGE", "soon", "WECOM_MAX_AGE 应为 1 到 1800 的整数"),
        ("WECOM_MAX_AGE", "3600", "WECOM_MAX_AGE 应为 1 到 1800 的整数"),
        ("WECOM_SECRET_FILE", "/nowhere", "/nowhere 读不出来"),
        ("WECOM_CONFIG", "/nowhere.yml", "/nowhere.yml 读不出来"),
    ],
)
def test_what_is_wrong_is_said_in_chinese(environment: dict[str, str], name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=r".") as problem:
        load({**environment, name: value})
    assert said in str(problem.value)
    assert environment["WECOM_AES_KEY"] not in str(problem.value)


def test_all_problems_are_said_together(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as problem:
        load({"WECOM_CORP_ID": "x"})
    assert len(problem.value.problems) == 5


def test_the_guide_names_the_settings_that_are_read(environment: dict[str, str]) -> None:
    guide = (ROOT / "docs" / "wecom.zh.md").read_text(encoding="utf-8")
    code = (ROOT / "bot" / "channels" / "wecom" / "settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r"WECOM_[A-Z_]*[A-Z]", guide)) - {"WECOM_SECRET_FILE"}
    assert {name for name in environment if name != "WECOM_STATE"} <= named
    for name in named:
        assert name in code or f'"{name.removeprefix("WECOM_").lower()}"' in code, name
    for name in set(re.findall(r'"(WECOM_[A-Z_]+)"', code)) - {"WECOM_API_BASE"}:
        assert name in named, name


@pytest.mark.asyncio
async def test_the_settings_can_be_checked_before_the_start(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wecom = await WeCom().start()
    try:
        for name, value in {**environment, "WECOM_API_BASE": wecom.url}.items():
            monkeypatch.setenv(name, value)
        assert await check() == 0
        assert "设置正确" in capsys.readouterr().out
        monkeypatch.setenv("WECOM_SECRET", "another-secret-9876543210")
        assert await check() == 1
        out = capsys.readouterr().out
        assert "更新 WECOM_SECRET" in out and "another-secret" not in out
        monkeypatch.setenv("WECOM_AES_KEY", "short")
        assert await check() == 1
        assert "设置有 1 个问题" in capsys.readouterr().out
    finally:
        await wecom.stop()


def test_several_corps_in_a_file(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "wecom.yml"
    key = environment["WECOM_AES_KEY"]
    path.write_text(
        f"apps:\n- {{corp_id: wwaaaaaaaa, agent_id: 1, secret: secretsecret, token: t1, aes_key: {key}, menu: {{A: 专利}}}}\n"
        f"- {{corp_id: wwbbbbbbbb, agent_id: 1, secret: secretsecret, token: t2, aes_key: {key}}}\n"
    )
    found = load({**environment, "WECOM_CONFIG": str(path)})
    assert found and [a.corp_id for a in found.apps] == ["ww0123456789abcdef", "wwaaaaaaaa", "wwbbbbbbbb"]
    path.write_text("apps:\n- {corp_id: wwaaaaaaaa, agent: 1}\n")
    with pytest.raises(SettingsError, match="第 1 个应用：不认识的设置“agent”"):
        load({"WECOM_CONFIG": str(path)})
