"""Settings of the WeCom channel: five values for one application, or a YAML file for several. Problems are said in Chinese.

Each value is an environment variable, or a file named by the variable with `_FILE` behind it (`knowledge.environment`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT, redis_url
from knowledge import environment as project
from knowledge.environment import SettingError, Variable, address, problems_of, redis_address, whole
from knowledge.settings import article_base

SettingsError = SettingError
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
_SECRET = ("secret", "token", "aes_key", "kf_secret")
_OWN = {
    **{key: Variable(names[0], str, secret=key in _SECRET, note="none") for key, names in _REQUIRED.items()},
    "kf_secret": Variable("WECOM_KF_SECRET", str, secret=True, note="none"),
    "kf_servicer": Variable("WECOM_KF_SERVICER", str, note="none"),
    "welcome": Variable("WECOM_WELCOME", str, note="a greeting"),
}
"""The application that is given by variables alone. What may stand in each is checked with the file's applications (`_app`)."""
_CONFIG = Variable("WECOM_CONFIG", str, note="none")
_API = Variable("WECOM_API_BASE", address, API)
_REDIS = Variable("WECOM_REDIS_URL", redis_address, secret=True, note="as `REDIS_URL`")
_STATE = Variable("WECOM_STATE", project.path, "var/wecom.sqlite")
_MAX_AGE = Variable("WECOM_MAX_AGE", whole(1, 1800), "300")  # repeats are known for an hour, so nothing older may come in
_WORKERS = Variable("WECOM_WORKERS", whole(1, 64), "8")
_CHANNEL: tuple[Variable[Any], ...] = (_CONFIG, _API, _REDIS, _STATE, _MAX_AGE, _WORKERS)
VARIABLES: tuple[Variable[Any], ...] = (*_OWN.values(), *_CHANNEL)


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
    max_age: int = _MAX_AGE.read(_MAX_AGE.default)
    kept: int = 6 * 3600
    workers: int = _WORKERS.read(_WORKERS.default)

    def app(self, app_id: str) -> App | None:
        """The application with this id."""
        return next((app for app in self.apps if app.id == app_id), None)


def load(environment: Mapping[str, str] | None = None) -> Settings | None:
    """The settings of the environment; None where WeCom is not configured at all. Raises SettingsError with every problem."""
    problems = problems_of(VARIABLES, environment)
    broken = {variable for variable in VARIABLES if problems_of([variable], environment)}
    own = {key: "" if variable in broken else variable.get(environment) for key, variable in _OWN.items()}
    entries: list[tuple[str, Mapping[str, Any]]] = []
    if any(own[key] for key in _REQUIRED):
        entries.append(("环境变量", {key: value for key, value in own.items() if value}))
    if _CONFIG not in broken and _CONFIG.get(environment):
        entries += _file_entries(Path(_CONFIG.get(environment)), problems)
    apps = [app for where, entry in entries if (app := _app(where, entry, problems))]
    for twice in {app.id for app in apps if sum(other.id == app.id for other in apps) > 1}:
        problems.append(f"应用 {twice} 配置了两次，请删去一处。")
    if problems:
        raise SettingsError(problems)
    if not apps:
        return None
    return Settings(
        apps=tuple(apps),
        api=_API.get(environment),
        redis=_REDIS.get(environment) or redis_url(environment),
        state=_STATE.get(environment),
        link_base=article_base(environment),
        max_age=_MAX_AGE.get(environment),
        workers=_WORKERS.get(environment),
    )


def state_file() -> Path:
    """Where accepted messages are kept until they are answered (`WECOM_STATE`). Raises SettingsError."""
    return _STATE.get()


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
