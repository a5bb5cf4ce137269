"""The day changes while the servers run: each question is answered for the day on which it is asked."""

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

pytestmark = pytest.mark.skipif(library() is None, reason="libfaketime is not installed (Debian: libfaketime)")
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


def test_an_amended_law_applies_from_midnight_of_its_day_without_a_restart(service: Service, tmp_path: Path) -> None:
    command = ["knowledge", "import", str(amended_text(tmp_path)), "--effective", str(DAY), "--adopted", "2026-06-01"]
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **service.topology.settings}, check=True, stdout=subprocess.PIPE)
    eve = DAY - datetime.timedelta(days=1)
    try:
        visitor = Visitor(service.home)
        assert OLD in said(visitor, "专利法第四十二条")
        service.clock.set(at(eve, "23:59:40"))
        visitor = Visitor(service.home)  # a session does not live for weeks
        assert OLD in said(visitor, "专利法第四十二条")
        assert OLD in page(service)
        assert "条文已经修改" not in said(visitor, "发明专利能保护多少年？")
        service.clock.set(at(eve, "23:59:57"))
        assert OLD in said(visitor, "专利法第四十二条")
        time.sleep(4)  # midnight comes by itself
        assert NEW in said(visitor, "专利法第四十二条")
        assert NEW in page(service)
        changed = said(visitor, "发明专利能保护多少年？")
        assert "条文已经修改" in changed
        assert NEW in changed
        service.clock.set(at(eve, "12:00:00"))
        assert OLD in said(Visitor(service.home), "专利法第四十二条")
    finally:
        service.clock.right()


def test_today_is_the_day_on_which_it_is_said(service: Service) -> None:
    """Two months from the announcement, to be counted on both sides of a midnight and over the end of a year."""
    question = "地理标志今天公告的，异议最晚哪天提？"
    try:
        for day, last in (("2029-10-15", "2029年12月15日"), ("2029-10-16", "2029年12月16日"), ("2029-12-31", "2030年2月28日")):
            service.clock.set(at(datetime.date.fromisoformat(day), "00:00:05"))
            assert last in said(Visitor(service.home), question)
    finally:
        service.clock.right()
