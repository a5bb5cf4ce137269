"""What revisions share: a table or index that an earlier program made by itself is taken over as it stands."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op


class ForeignTable(Exception):
    """A table of this name is there and is not ours; the message says so in Chinese."""


class NoWayBack(Exception):
    """A revision cannot be undone; the message says what to do instead, in Chinese."""

    def __init__(self) -> None:
        super().__init__("数据库不能退回旧版本，因为会丢失用户的问答。请恢复升级前的备份（见 docs/deployment.md）。")


def table(name: str, *parts: Any) -> None:
    """Create a table, or take over the one that is there. Raises ForeignTable when it lacks columns."""
    found = sa.inspect(op.get_bind())
    if not found.has_table(name):
        op.create_table(name, *parts)
        return
    lacks = {part.name for part in parts if isinstance(part, sa.Column)} - {column["name"] for column in found.get_columns(name)}
    if lacks:
        raise ForeignTable(f"数据库里已有名为 {name} 的表，但缺少 {'、'.join(sorted(lacks))} 列，不是本程序的表。请换一个数据库。")


def index(name: str, on: str, columns: list[str]) -> None:
    """Create an index where it is missing."""
    if name not in {known["name"] for known in sa.inspect(op.get_bind()).get_indexes(on)}:
        op.create_index(name, on, columns)
