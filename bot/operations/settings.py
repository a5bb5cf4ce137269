"""All settings at a glance: what each part reads, with its value, and everything that is wrong with them."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot import settings as assistant
from bot.channels.web import settings as web
from bot.channels.wecom import settings as wecom
from knowledge import settings as library
from knowledge.environment import SettingError, Variable, problems_of
from knowledge.telemetry import settings as telemetry

_OURS = ("ANSWER_", "ARTICLE_", "CONVERSATIONS_", "FEEDBACK_", "KNOWLEDGE_", "RETENTION_", "WEB_", "WECOM_")
_NEAR = 0.85


@dataclass(frozen=True)
class Part:
    """A part of the assistant, as it is called, and its variables."""

    title: str
    variables: tuple[Variable[Any], ...]


PARTS = (
    Part("服务和存储", assistant.VARIABLES),
    Part("知识库和评价", library.VARIABLES),
    Part("网页", web.VARIABLES),
    Part("企业微信", wecom.VARIABLES),
    Part("日志和指标", telemetry.VARIABLES),
)


def variables() -> Iterator[Variable[Any]]:
    """Every setting of every process."""
    for part in PARTS:
        yield from part.variables


def problems() -> list[str]:
    """What is wrong, all of it, in Chinese."""
    found = problems_of(variables())
    try:
        wecom.load()
    except SettingError as error:
        found += error.problems
    if not problems_of(assistant.VARIABLES):
        found += filter(None, [assistant.sharing_problem()])
        if assistant.rasa_port() == assistant.action_port():
            found.append(f"RASA_PORT 和 ACTION_PORT 都是 {assistant.rasa_port()}，应为两个不同的端口。")
    return list(dict.fromkeys(found))


def notes(environment: Mapping[str, str] | None = None) -> list[str]:
    """What is not wrong, and may not be what was meant."""
    values = os.environ if environment is None else environment
    known = [variable.name for variable in variables()]
    said = []
    for name in sorted(values):
        plain = name.removesuffix("_FILE")
        near = difflib.get_close_matches(plain, known, 1, _NEAR) if name.startswith(_OURS) and plain not in known else []
        if near:
            said.append(f"没有 {name} 这个设置，是不是 {near[0]}？")
    if not problems_of([*assistant.VARIABLES, web.SECRET], values) and assistant.redis_url(values) and not web.SECRET.get(values):
        said.append("设了 REDIS_URL，没有设 WEB_SECRET：同一台机器上的进程共用 var/web.secret；有几台机器时，每台都要设同一个 WEB_SECRET。")
    return said


def overview() -> str:
    """Every setting with its value, secrets masked, and where the value comes from."""
    lines: list[str] = []
    for part in PARTS:
        lines.append(part.title)
        for variable in part.variables:
            try:
                value, (_, source) = variable.shown(), variable.text()
            except SettingError:
                value, source = "读不出来", "文件"
            lines.append(f"  {variable.name:<29} {value or '（空）'}  〔{source}〕")
    return "\n".join(lines)
