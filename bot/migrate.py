"""`python -m bot migrate`: bring the databases of conversations and feedback to the form that this program needs.

Done once before the servers of a new version start. Twice, or by two machines at once, does no harm; one transaction a store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.migrations.adopting import ForeignTable, NoWayBack
from bot.settings import conversations_url
from knowledge.settings import feedback_url

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 5_055_005
"""Number of the PostgreSQL lock under which migrations run."""


class MigrationError(Exception):
    """A store could not be brought up to date and is as it was; the message says why, in Chinese."""


@dataclass(frozen=True)
class Store:
    """What is migrated: a folder of revisions, what people call it, and where its database is."""

    name: str
    called: str
    url: Callable[[], str]


@dataclass(frozen=True)
class Migrated:
    """The revision of a store before (None: none yet) and now."""

    store: Store
    before: str | None
    now: str


STORES = (Store("conversations", "对话库", conversations_url), Store("feedback", "评价库", feedback_url))


def migrate(store: Store) -> Migrated:
    """Apply what is missing in one store. Raises MigrationError."""
    url = make_url(store.url())
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, future=True)
    try:
        with engine.connect() as connection:
            _alone(connection)
            before = _revision(connection, store)
            command.upgrade(configured(store, connection), "head")
            now = _revision(connection, store)
            connection.commit()
    except (ForeignTable, NoWayBack) as error:
        raise MigrationError(f"{store.called}没有升级：{error}") from error
    except CommandError as error:
        newer = isinstance(error.__cause__, ResolutionError)
        why = "它由更新的程序升级过。请用那个版本的程序，或恢复升级前的备份（见 docs/deployment.md）" if newer else str(error)
        raise MigrationError(f"{store.called}没有升级：{why}") from error
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise MigrationError(f"{store.called}没有升级，数据库（{url!r}）用不了：{str(cause).strip()}") from error
    finally:
        engine.dispose()
    assert now is not None
    return Migrated(store, before, now)


def configured(store: Store, connection: Connection) -> Config:
    """Alembic's configuration for a store, on a connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("version_locations", str(FOLDER / store.name).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=connection, version_table=_version_table(store))
    return config


def newest(store: Store) -> str:
    """The revision that this program needs."""
    head = ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER / store.name)]).get_current_head()
    assert head is not None
    return head


def _version_table(store: Store) -> str:
    return f"alembic_{store.name}"


def _revision(connection: Connection, store: Store) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": _version_table(store)}).get_current_revision()


def _alone(connection: Connection) -> None:
    """One migration at a time, until the transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python's driver opens no transaction for DDL by itself
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def migrate_command() -> None:
    """把对话库和评价库升级到本版本需要的结构；已是最新就什么也不做。例：python -m bot migrate"""
    for store in STORES:
        try:
            done = migrate(store)
        except MigrationError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        what = "已是最新" if done.before == done.now else f"已从{done.before}升级" if done.before else "已建立，或接管了原有的表"
        typer.echo(f"{done.store.called}：{what}（{done.now}）。")
