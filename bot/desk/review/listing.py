"""The queue as it was listed last: the numbers that an editor sees and then decides on. Kept in var, since it is made anew each time."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path

from bot.desk.review.queue import Cluster
from bot.settings import ROOT

FILE = ROOT / "var" / "review.json"
_SHOWN = 6


def keep(listed: Sequence[Cluster], path: Path = FILE) -> None:
    """Keep the clusters under their numbers."""
    data = [{"questions": c.questions, "why": c.why, "near": c.near, "last": c.last.isoformat(), "following": c.following} for c in listed]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def read(path: Path = FILE) -> list[Cluster]:
    """The clusters as listed last; empty where nothing was listed."""
    if not path.exists():
        return []
    data = json.loads(path.read_text(encoding="utf-8"))
    return [
        Cluster(
            tuple((text, int(count)) for text, count in c["questions"]),
            c["why"],
            tuple(c["near"]),
            datetime.date.fromisoformat(c["last"]),
            int(c["following"]),
        )
        for c in data
    ]


def shown(number: int, cluster: Cluster, most: int = _SHOWN) -> str:
    """One cluster as it is listed, with at most so many of its wordings."""
    why = "，".join(f"{reason} {count}" for reason, count in cluster.why.items())
    lines = [f"{number:>3}. 共 {cluster.count} 次（{why}；最近 {cluster.last}）"]
    lines += [f"       {text}" + (f" ×{count}" if count > 1 else "") for text, count in cluster.questions[:most]]
    if len(cluster.questions) > most:
        lines.append(f"       ……另有 {len(cluster.questions) - most} 种说法（--full 全部列出）")
    if cluster.following:
        lines.append(f"     其中 {cluster.following} 次是在对话中接着问的，可能要连同上一句才有意思。")
    if cluster.near:
        lines.append(f"     最接近的主题：{'、'.join(cluster.near)}")
    return "\n".join(lines)
