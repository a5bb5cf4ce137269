"""The running service, in one start: the day changes, stores die, fill up, slow down or are out of reach, our own servers die, while people ask.

In one file, so that one process starts it once. The order counts: the last tests kill servers that are not started again.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.actions.amended_law import amended_text
from tests.deployment.visitor import Visitor
from tests.faults.clock import library
from tests.faults.conftest import Service
from tests.faults.database import fill, small_disk
from tests.faults.traffic import check, last_until_met, traffic

needs_clock = pytest.mark.skipif(library() is None, reason="libfaketime is not installed (Debian: libfaketime)")
DAY = datetime.date.today() + datetime.timedelta(days=40)
"""The amended Patent Law takes effect: twenty-five years instead of twenty."""
OLD, NEW = "发明专利权的期限为二十年", "发明专利权的期限为二十五年"


def at(day: datetime.date, clock: str) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.fromisoformat(clock))


def said(visitor: Visitor, text: str) -> str:
    reply = visitor.ask(text)
    assert reply.status == 200, reply.data
    return json.dumps(reply.data["payload"], ensure_ascii=False)


def page(service: Service) -> str:
    with urllib.request.urlopen(f"{service.home}laws/patent-law/42", timeout=20) as response:
        return str(response.read().decode())


@needs_clock
def test_an_amended_law_applies_from_midnight_of_its_day_without_a_restart(service: Service, tmp_path: Path) -> None:
    command = ["knowledge", "import", str(amended_text(tmp_path)), "--effective", str(DAY), "--adopted", "2026-06-01"]
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **service.topology.settings}, check=True, stdout=subprocess.PIPE)
    eve = DAY - datetime.timedelta(days=1)
    try:
        visitor = Visitor(service.home)
        assert OLD in said(visitor, "专利法第四十二条")
        service.clock.set(at(eve, "23:59:43"))
        visitor = Visitor(service.home)  # a session does not live for weeks
        assert OLD in said(visitor, "专利法第四十二条")
        assert OLD in page(service)
        assert "条文已经修改" not in said(visitor, "发明专利能保护多少年？")
        assert service.clock.now().date() == eve
        service.clock.wait(at(DAY, "00:00:01"))  # midnight comes by itself
        assert NEW in said(visitor, "专利法第四十二条")
        assert NEW in page(service)
        changed = said(visitor, "发明专利能保护多少年？")
        assert "条文已经修改" in changed
        assert NEW in changed
        service.clock.set(at(eve, "12:00:00"))
        assert OLD in said(Visitor(service.home), "专利法第四十二条")
    finally:
        service.clock.right()


@needs_clock
def test_today_is_the_day_on_which_it_is_said(service: Service) -> None:
    """Two months from the announcement, to be counted on both sides of a midnight and over the end of a year."""
    question = "地理标志今天公告的，异议最晚哪天提？"
    try:
        for day, last in (("2029-10-15", "2029年12月15日"), ("2029-10-16", "2029年12月16日"), ("2029-12-31", "2030年2月28日")):
            service.clock.set(at(datetime.date.fromisoformat(day), "00:00:05"))
            assert last in said(Visitor(service.home), question)
    finally:
        service.clock.right()


# the stores


def test_the_database_is_killed_and_comes_back(service: Service) -> None:
    with traffic(service.home) as people:
        service.database.kill()
        last_until_met(people)
        service.database.start()
    check(people, service.database)


def test_redis_is_killed_and_comes_back_with_nothing_in_it(service: Service) -> None:
    with traffic(service.home) as people:
        assert service.redis.process is not None
        service.redis.process.kill()
        service.redis.process.wait(10)
        last_until_met(people)
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
        last_until_met(people, 4)
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
                last_until_met(people, 4)
                filler.unlink()
            check(people, service.database)
        finally:
            run("ALTER TABLE events SET TABLESPACE pg_default")
            run("DROP TABLESPACE small")


@pytest.mark.parametrize("how", ["cut", "silence"])
@pytest.mark.parametrize("which", ["to_database", "to_redis"])
def test_the_network_to_a_store_is_cut_and_heals(service: Service, which: str, how: str) -> None:
    wire = getattr(service, which)
    unnoticed = which == "to_database" and how == "silence"  # it is waited for
    with traffic(service.home, people=2) as people:
        getattr(wire, how)()
        if unnoticed:
            time.sleep(3)
        else:
            last_until_met(people)
        wire.heal()
    check(people, service.database, fault_seen=not unnoticed)


# our own servers


def test_the_network_to_the_action_servers_is_cut_and_heals(service: Service) -> None:
    with traffic(service.home) as people:
        for wire in service.to_actions:
            wire.cut()
        last_until_met(people)
        for wire in service.to_actions:
            wire.heal()
    check(people, service.database)


def test_one_action_server_out_of_reach_is_noticed_by_nobody(service: Service) -> None:
    with traffic(service.home) as people:
        service.to_actions[0].cut()
        time.sleep(2)
        service.to_actions[0].heal()
    check(people, service.database, fault_seen=False)


def test_an_action_server_is_killed_and_nobody_notices(service: Service) -> None:
    with traffic(service.home) as people:
        service.topology.actions[0].kill()
        time.sleep(2)
    check(people, service.database, fault_seen=False)


def test_a_rasa_server_is_killed_and_nobody_notices(service: Service) -> None:
    with traffic(service.home, people=6) as people:
        service.topology.rasa[0].kill()
        time.sleep(2)
    check(people, service.database, fault_seen=False)
