"""PostgreSQL and Redis die, become slow, are full or out of reach while people ask."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.faults.conftest import Service
from tests.faults.database import fill, small_disk
from tests.faults.traffic import check, traffic


def test_the_database_is_killed_and_comes_back(service: Service) -> None:
    with traffic(service.home) as people:
        service.database.kill()
        time.sleep(1.5)
        service.database.start()
    check(people, service.database)


def test_redis_is_killed_and_comes_back_with_nothing_in_it(service: Service) -> None:
    with traffic(service.home) as people:
        assert service.redis.process is not None
        service.redis.process.kill()
        service.redis.process.wait(10)
        time.sleep(1.5)
        service.redis.start()
    check(people, service.database)


def test_what_was_stored_and_answered_is_not_asked_again_when_redis_has_forgotten_it(service: Service) -> None:
    with traffic(service.home, people=1) as (person,):
        pass
    last = person.asked[-1]
    with service.redis.client() as client:
        client.flushall()
    again = person.ask(last.text, message=last.id)
    assert last.answer is not None
    assert again.data["payload"] == last.answer.data["payload"]
    check([person], service.database, fault_seen=False)


def test_a_slow_database_makes_answers_slow_and_nothing_else(service: Service) -> None:
    with traffic(service.home, people=2) as people:
        service.to_database.delay = 0.02
        time.sleep(4)
        service.to_database.heal()
    check(people, service.database, fault_seen=False)


def test_a_table_that_is_locked_gives_a_sentence_until_it_is_free(service: Service) -> None:
    connection = service.database.connect()
    with traffic(service.home, people=2) as people:
        connection.autocommit = False
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        time.sleep(8)
        connection.rollback()
    connection.close()
    check(people, service.database)


@pytest.mark.skipif(os.getuid() != 0, reason="a disk of its own needs root")
def test_a_full_disk_gives_a_sentence_until_there_is_room(service: Service, tmp_path: Path) -> None:
    run = service.database.run
    folder = Path(service.database.folder) / "small"
    with small_disk(folder, 6000) as disk:
        place = disk / "space"
        place.mkdir()
        service.database.give(place)
        run(f"CREATE TABLESPACE small LOCATION '{place}'")
        run("ALTER TABLE events SET TABLESPACE small")
        try:
            with traffic(service.home, people=2) as people:
                filler = fill(disk)
                time.sleep(4)
                filler.unlink()
            check(people, service.database)
        finally:
            run("ALTER TABLE events SET TABLESPACE pg_default")
            run("DROP TABLESPACE small")


@pytest.mark.parametrize("how", ["cut", "silence"])
@pytest.mark.parametrize("which", ["to_database", "to_redis"])
def test_the_network_to_a_store_is_cut_and_heals(service: Service, which: str, how: str) -> None:
    wire = getattr(service, which)
    with traffic(service.home, people=2) as people:
        getattr(wire, how)()
        time.sleep(3)
        wire.heal()
    check(people, service.database, fault_seen=how == "cut" or which == "to_redis")
