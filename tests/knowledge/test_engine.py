"""Connections to PostgreSQL: tried where they lay idle, made anew where the server has gone meanwhile."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from knowledge import engine as engines
from knowledge.engine import server_engine
from tests.postgres import Postgres


@pytest.fixture
def engine(postgres: Postgres) -> Engine:
    return server_engine(postgres.database(), pool_size=2)


def test_only_an_idle_connection_is_tried(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    ping = engine.dialect.do_ping
    monkeypatch.setattr(engine.dialect, "do_ping", lambda connection: tried.append(connection) or ping(connection))
    for _ in range(5):
        with engine.connect() as connection:
            connection.execute(text("select 1"))
    assert tried == []
    time.sleep(engines._IDLE * 1.5)
    with engine.connect() as connection:
        connection.execute(text("select 1"))
    assert len(tried) == 1


def test_connections_that_the_server_closed_are_not_used_again(engine: Engine) -> None:
    with engine.connect() as first, engine.connect() as second:
        closed = [one.execute(text("select pg_backend_pid()")).scalar() for one in (first, second)]
    time.sleep(engines._IDLE * 1.5)
    other = server_engine(engine.url)
    with other.connect() as connection:
        for process in closed:
            assert connection.execute(text("select pg_terminate_backend(:p)"), {"p": process}).scalar()
    for _ in range(2):
        with engine.connect() as one, engine.connect() as two:
            assert {c.execute(text("select pg_backend_pid()")).scalar() for c in (one, two)}.isdisjoint(closed)
