"""What is wrong with the writing of a YAML file, in Chinese, for people who edit it by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

_WIDE_COLON = re.compile(r"\s*(?:- )?[a-z_]+：")
_EMPTY_LIST = re.compile(r"\s*[a-z_]+: *\[\]\s*$")
_QUOTE = "整句加单引号：'……'。"
_SAYS = (
    ("mapping values are not allowed", "缩进不对，或者一行里有两个冒号加空格", f"与同一层对齐；正文里有半角冒号的，{_QUOTE}"),
    ("found character that cannot start any token", "正文不能用这个符号开头", _QUOTE),
    ("found unexpected end of stream", "引号没有成对", "补上少的那一个引号。"),
    ("did not find expected ',' or", "括号里少了半角逗号，或者少了右括号", "逗号和括号都用半角的，如 [甲, 乙]。"),
    ("did not find expected alphabetic or numeric character", "正文不能用 * 或 & 开头", _QUOTE),
    ("found undefined alias", "正文不能用 * 开头", _QUOTE),
)
_BACK = 3  # lines above the one on which YAML gives up where the fault may stand


@dataclass(frozen=True)
class Fault:
    """line counts from 1; what is wrong; what to do."""

    line: int
    what: str
    remedy: str


def fault(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """What made a text unreadable, where people would look for it."""
    mark = error.problem_mark
    lines, at = text.splitlines() or [""], (mark.line if mark else 0)
    for number in range(min(at, len(lines) - 1), max(at - _BACK, 0) - 1, -1):
        line = lines[number]
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return Fault(number + 1, "缩进用了 Tab", "换成空格。")
        if _WIDE_COLON.match(line):
            return Fault(number + 1, "冒号是全角的“：”", "换成半角的 : ，后面空一格。")
        if number < at and _EMPTY_LIST.match(line):
            return Fault(number + 1, "“[]”是一条也没有，下面却又写了", "删去方括号。")
    for problem, what, remedy in _SAYS:
        if error.problem and error.problem.startswith(problem):
            return Fault(at + 1, what, remedy)
    return Fault(at + 1, "写法有误", "检查这一行和上一行的缩进、冒号、引号和括号。")
