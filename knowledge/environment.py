"""Settings as environment variables: one place for a name, its default, what may stand in it, and what is said when something else does.

Every part has a settings module with its variables; `bot.operations.settings` looks at all of them together. An empty variable counts
as one that is not set. A value may also lie in a file that is named by the variable with `_FILE` behind it (secrets of Docker, Kubernetes).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
DEFAULT, ENVIRONMENT, FILE = "默认", "环境变量", "文件"
_DATABASES = ("sqlite", "postgresql")
_BESIDE = re.compile(r"sqlite:///(?!/|:memory:|file:)(.+)")
_PASSWORD = re.compile(r"(://[^:/@]*:)\S*(?=@)|([?&][^=&]*(?:pass|secret|token|key)[^=&]*=)[^&]*", re.I)


class SettingError(ValueError):
    """Values that cannot be used. `problems` names each variable and says in Chinese what it should be; no secret is repeated."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Variable(Generic[T]):
    """One setting.

    read: makes the value of the text; raises ValueError with words that can stand behind the name. default: as an operator would
    write it. secret: masked where it is shown. note: what the documentation gives as the default where that is no fixed text.
    """

    name: str
    read: Callable[[str], T]
    default: str = ""
    secret: bool = False
    note: str = ""

    def get(self, environment: Mapping[str, str] | None = None) -> T:
        """The value. Raises SettingError."""
        text, _ = self.text(environment)
        try:
            return self.read(text)
        except ValueError as error:
            raise SettingError([f"{self.name} {error}"]) from None

    def text(self, environment: Mapping[str, str] | None = None) -> tuple[str, str]:
        """What is written, and where: DEFAULT, ENVIRONMENT or FILE. Raises SettingError where a file cannot be read."""
        values = os.environ if environment is None else environment
        path = values.get(f"{self.name}_FILE", "").strip()
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip(), FILE
            except (OSError, UnicodeDecodeError) as error:
                raise SettingError([f"{self.name}_FILE 指向的文件 {path} 读不出来：{error}"]) from None
        given = values.get(self.name, "").strip()
        return (given, ENVIRONMENT) if given else (self.default, DEFAULT)

    def shown(self, environment: Mapping[str, str] | None = None) -> str:
        """The text for people: passwords and secrets are masked. Raises SettingError."""
        text, _ = self.text(environment)
        if not self.secret or not text:
            return text
        return _PASSWORD.sub(r"\1\2***", text) if "://" in text else f"***（{len(text)} 个字符）"


def problems_of(variables: Iterable[Variable[Any]], environment: Mapping[str, str] | None = None) -> list[str]:
    """What is wrong with these variables, all of it."""
    found: list[str] = []
    for variable in variables:
        try:
            variable.get(environment)
        except SettingError as error:
            found += error.problems
    return found


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number from `least` to `most`."""

    def read(text: str) -> int:
        if text.isascii() and text.isdecimal() and least <= int(text) <= most:
            return int(text)
        raise ValueError(f"应为 {least} 到 {most} 的整数，现在是“{text}”。")

    return read


def number(least: float, most: float) -> Callable[[str], float]:
    """A number above `least`, `most` at most."""

    def read(text: str) -> float:
        if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text) and least < float(text) <= most:
            return float(text)
        raise ValueError(f"应为大于 {least:g}、不超过 {most:g} 的数，现在是“{text}”。")

    return read


def flag(text: str) -> bool:
    """1 or 0."""
    if text in ("0", "1"):
        return text == "1"
    raise ValueError(f"应为 1（开）或 0（关），现在是“{text}”。")


def words(text: str) -> tuple[str, ...]:
    """Parts separated by commas, without a slash at the end."""
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())


def path(text: str) -> Path:
    """A place; a relative one counts from the project's folder."""
    return ROOT / text


def address(text: str) -> str:
    """The beginning of web addresses (`https://host`), or nothing."""
    if text and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
        raise ValueError(f"应为 http:// 或 https:// 开头的网址，现在是“{text}”。")
    return text.rstrip("/")


def database(text: str) -> str:
    """A SQLAlchemy URL of SQLite or PostgreSQL; SQLite's relative paths count from the project's folder."""
    text = re.sub(r"^postgres://", "postgresql://", text)
    try:
        kind = make_url(text).get_backend_name()
    except (ArgumentError, ValueError):
        kind = ""
    if kind not in _DATABASES:
        raise ValueError("应为数据库地址：sqlite:///路径，或 postgresql://用户:密码@主机:5432/库名。")
    beside = _BESIDE.fullmatch(text)
    return f"sqlite:///{ROOT / beside[1]}" if beside else text


def redis_address(text: str) -> str:
    """The URL of a Redis, or nothing."""
    try:
        usable = not text or bool(re.fullmatch(r"(rediss?|unix)://\S+", text) and urlsplit(text).port != 0)
    except ValueError:  # the port is no number
        usable = False
    if not usable:
        raise ValueError("应为 Redis 地址：redis://:密码@主机:6379/0（加密连接用 rediss://）。")
    return text
