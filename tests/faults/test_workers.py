"""Our own servers die or cannot be reached while people ask. The last tests of this folder: what died is not started again."""

from __future__ import annotations

import time

from tests.faults.conftest import Service
from tests.faults.traffic import check, traffic


def test_the_network_to_the_action_servers_is_cut_and_heals(service: Service) -> None:
    with traffic(service.home) as people:
        for wire in service.to_actions:
            wire.cut()
        time.sleep(2)
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
