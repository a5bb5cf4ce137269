"""Settings of the WeCom channel: five values for one application, or a YAML file for several. Problems are said in Chinese.

Each value is an environment variable, or a file named by the variable with `_FILE` behind it (Docker and Kubernetes secrets).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

API = "https://qyapi.weixin.qq.com"
WELCOME = "您好，我是知识产权问答助手。直接说您的情况，比如：别人卖我有专利的产品，怎么办？每个回答都附有法律条文。"
_REQUIRED = {
    "corp_id": ("WECOM_CORP_ID", "企业 ID", "管理后台“我的企业”页面最下方"),
    "agent_id": ("WECOM_AGENT_ID", "应用的 AgentId", "“应用管理”里该应用的页面"),
    "secret": ("WECOM_SECRET", "应用的 Secret", "“应用管理”里该应用的页面"),
    "token": ("WECOM_TOKEN", "接收消息的 Token", "该应用“接收消息 → 设置 API 接收”页面"),
    "aes_key": ("WECOM_AES_KEY", "接收消息的 EncodingAESKey", "该应用“接收消息 → 设置 API 接收”页面"),
}
_OPTIONAL = {"kf_secret", "kf_servicer", "welcome", "menu"}


class SettingsError(Exception):
    """What is wrong with the settings, in Chinese, all of it; `problems` holds it line by line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class App:
    """One self-built application of one corp. `menu` maps a menu's EventKey to `topic:…`, `check:…` or plain text to ask."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    kf_secret: str = field(default="", repr=False)
    kf_servicer: str = ""
    welcome: str = WELCOME
    menu: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Names the application among several."""
        return f"{self.corp_id}/{self.agent_id}"


@dataclass(frozen=True)
class Settings:
    """The whole channel. Ages in seconds."""

    apps: tuple[App, ...]
    api: str = API
    redis: str = ""
    state: Path = ROOT / "var" / "wecom.sqlite"
    link_base: str = ""
    max_age: int = 300
    kept: int = 6 * 3600
    workers: int = 8

    def app(self, app_id: str) -> App | None:
        """The application with this id."""
        return next((app for app in self.apps if app.id == app_id), None)


def load(environment: Mapping[str, str] | None = None) -> Settings | None:
    """The settings of the environment; None where WeCom is not configured at all. Raises SettingsError with every problem."""
    values = os.environ if environment is None else environment
    problems: list[str] = []
    entries: list[tuple[str, Mapping[str, Any]]] = []
    own = {key: _value(values, names[0], problems) for key, names in _REQUIRED.items()}
    own |= {key: _value(values, f"WECOM_{key.upper()}", problems) for key in ("kf_secret", "kf_servicer", "welcome")}
    if any(own[key] for key in _REQUIRED):
        entries.append(("环境变量", {key: value for key, value in own.items() if value}))
    if values.get("WECOM_CONFIG"):
        entries += _file_entries(Path(values["WECOM_CONFIG"]), problems)
    apps = [app for where, entry in entries if (app := _app(where, entry, problems))]
    for twice in {app.id for app in apps if sum(other.id == app.id for other in apps) > 1}:
        problems.append(f"应用 {twice} 配置了两次，请删去一处。")
    max_age = _number(values, "WECOM_MAX_AGE", 300, 1800, problems)  # repeats are known for an hour, so nothing older may come in
    workers = _number(values, "WECOM_WORKERS", 8, 64, problems)
    if problems:
        raise SettingsError(problems)
    if not apps:
        return None
    return Settings(
        apps=tuple(apps),
        api=(values.get("WECOM_API_BASE") or API).rstrip("/"),
        redis=values.get("WECOM_REDIS_URL") or values.get("REDIS_URL") or "",
        state=Path(values.get("WECOM_STATE") or ROOT / "var" / "wecom.sqlite"),
        link_base=(values.get("ARTICLE_BASE_URL") or "").rstrip("/"),
        max_age=max_age,
        workers=workers,
    )


def _value(values: Mapping[str, str], name: str, problems: list[str]) -> str:
    path = values.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{name}_FILE 指向的文件 {path} 读不出来：{error}")
    return values.get(name, "").strip()


def _number(values: Mapping[str, str], name: str, default: int, most: int, problems: list[str]) -> int:
    raw = values.get(name) or str(default)
    if raw.isdecimal() and 0 < int(raw) <= most:
        return int(raw)
    problems.append(f"{name} 应为 1 到 {most} 的整数，现在是“{raw}”。")
    return default


def _file_entries(path: Path, problems: list[str]) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(f"WECOM_CONFIG 指向的文件 {path} 读不出来：{error}")
        return []
    found = data.get("apps") if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        problems.append(f"{path} 应有一个列表 apps，每个应用一项，见 docs/wecom.zh.md。")
        return []
    return [(f"{path} 第 {number} 个应用", entry) for number, entry in enumerate(found, 1)]


def _app(where: str, entry: Mapping[str, Any], problems: list[str]) -> App | None:
    before = len(problems)
    for key in sorted(set(entry) - set(_REQUIRED) - _OPTIONAL):
        problems.append(f"{where}：不认识的设置“{key}”。")
    text = {key: str(entry.get(key) or "").strip() for key in (*_REQUIRED, "kf_secret", "kf_servicer", "welcome")}
    for key, (variable, label, place) in _REQUIRED.items():
        if not text[key]:
            problems.append(f"{where}：缺少{label}（{variable}，或文件里的 {key}），在{place}可以找到。")
    shapes = {
        "corp_id": (r"(?:ww|wx|wp)[0-9A-Za-z_-]{4,62}", "企业 ID 应以 ww 开头、由字母和数字组成"),
        "agent_id": (r"\d{1,12}", "AgentId 应为一串数字，比如 1000002"),
        "token": (r"[0-9A-Za-z]{1,32}", "Token 应为不超过 32 个英文字母或数字"),
        "aes_key": (r"[0-9A-Za-z]{43}", "EncodingAESKey 应为 43 个英文字母或数字"),
        "secret": (r"[0-9A-Za-z_-]{6,200}", "Secret 只有英文字母、数字、- 和 _，请检查是否多复制了空格"),
    }
    for key, (shape, problem) in shapes.items():
        if text[key] and not re.fullmatch(shape, text[key]):
            problems.append(f"{where}：{problem}（现在 {len(text[key])} 个字符）。")
    menu = entry.get("menu") or {}
    if not isinstance(menu, dict):
        problems.append(f"{where}：menu 应为“菜单的 KEY: 要问的话”。")
    if len(problems) > before:
        return None
    return App(
        corp_id=text["corp_id"],
        agent_id=int(text["agent_id"]),
        secret=text["secret"],
        token=text["token"],
        aes_key=text["aes_key"],
        kf_secret=text["kf_secret"],
        kf_servicer=text["kf_servicer"],
        welcome=text["welcome"] or WELCOME,
        menu={str(key): str(value) for key, value in menu.items()},
    )
