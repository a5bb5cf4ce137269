"""Which packages of uv.lock have known vulnerabilities: `python deploy/audit.py`, on a machine that reaches the package index.

Asks pip-audit about exactly the locked versions that a server installs, and prints name, version, advisory and the versions that mend it.
`--report FILE` reads a report that pip-audit made elsewhere (`--format json`). Exit codes: 0 nothing is known of any of them; 3 something is;
1 not every package could be asked about, so that silence means nothing.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_TOOL = "pip-audit>=2.7,<3"
_KNOWN, _NOT_ASKED = 3, 1


class NotAudited(Exception):
    """The audit could not be made; the message says why, in Chinese."""


@dataclass(frozen=True)
class Advisory:
    """One known vulnerability of a locked package. names: its id and aliases; fixed: versions that mend it, empty where none does."""

    package: str
    version: str
    names: tuple[str, ...]
    fixed: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """What is known of the packages. asked: how many could be asked about; skipped: name and reason of those that could not."""

    asked: int
    advisories: tuple[Advisory, ...]
    skipped: tuple[tuple[str, str], ...]


def read(report: str) -> Audit:
    """The audit that a report of pip-audit holds. Raises NotAudited."""
    try:
        packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
        asked = [package for package in packages if "skip_reason" not in package]
        found = [
            Advisory(package["name"], package["version"], (each["id"], *each.get("aliases", ())), tuple(each["fix_versions"]))
            for package in asked
            for each in package["vulns"]
        ]
        skipped = tuple((package["name"], package["skip_reason"]) for package in packages if "skip_reason" in package)
    except (ValueError, KeyError, TypeError) as error:
        raise NotAudited(f"看不懂 pip-audit 的报告：{error!r}") from None
    return Audit(len(asked), tuple(sorted(found, key=lambda one: (one.package, one.names))), skipped)


def made(uv: str) -> str:
    """A report of what uv.lock installs on a server. Raises NotAudited."""
    with tempfile.TemporaryDirectory() as folder:
        locked = Path(folder) / "requirements.txt"
        _run([uv, "export", "--frozen", "--no-dev", "--no-emit-project", "--quiet", "--output-file", str(locked)], good=(0,))
        asking = [uv, "tool", "run", "--from", _TOOL, "pip-audit", "--requirement", str(locked), "--require-hashes", "--disable-pip"]
        return _run([*asking, "--format", "json", "--progress-spinner", "off"], good=(0, 1))  # 1: it found something


def _run(command: list[str], good: tuple[int, ...]) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotAudited(f"{command[0]} 启动不了：{error.strerror}") from None
    if done.returncode not in good or not (done.stdout or done.returncode == 0):
        raise NotAudited(f"{' '.join(command[:3])} 没有成功（退出码 {done.returncode}）：{done.stderr.strip()[-500:]}")
    return done.stdout


def shown(audit: Audit, on: datetime.date) -> str:
    """The audit for people."""
    lines = [f"{on}：问了 {audit.asked} 个包，已知漏洞 {len(audit.advisories)} 个。"]
    for one in audit.advisories:
        fixed = "、".join(one.fixed) or "还没有修复的版本"
        lines.append(f"{one.package} {one.version}  {' = '.join(one.names)}  修复于：{fixed}")
    if audit.skipped:
        lines.append(f"有 {len(audit.skipped)} 个包没能问到，对它们什么也没有查：")
        lines += [f"  {name}：{reason}" for name, reason in audit.skipped]
    return "\n".join(lines)


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description="查 uv.lock 里的包有没有已知漏洞。")
    parser.add_argument("--report", type=Path, help="读 pip-audit 已经做好的报告（JSON），不去查询")
    parser.add_argument("--uv", default="uv", help="uv 程序，默认 uv")
    given = parser.parse_args()
    try:
        audit = read(given.report.read_text(encoding="utf-8") if given.report else made(given.uv))
    except (NotAudited, OSError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return _NOT_ASKED
    print(shown(audit, datetime.date.today()))
    if audit.skipped or not audit.asked:
        return _NOT_ASKED
    return _KNOWN if audit.advisories else 0


if __name__ == "__main__":
    sys.exit(main())
