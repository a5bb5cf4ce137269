"""People who ask while something breaks, and who know what the right answers are."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.deployment.visitor import Reply, Visitor
from tests.faults.database import Database

STEPS = (("专利法第六十五条", "patent-law/65"), ("上一条", "patent-law/64"), ("第二款呢", "patent-law/64/2"), ("下一条", "patent-law/65"))
"""Each but the first is understood only by who knows the one before."""
PATIENCE = 60.0  # seconds in which a message must get its answer, with everything that went wrong on the way


@dataclass
class Asked:
    """One message: its id, words, the place that its answer cites, and the errors that came before the answer."""

    id: str
    text: str
    place: str
    errors: list[Reply] = field(default_factory=list)
    answer: Reply | None = None


class Person(Visitor):
    """Asks one thing after the other; what gets an error is sent again with its id, as the widget does."""

    def __init__(self, home: str) -> None:
        super().__init__(home)
        self.asked: list[Asked] = []

    @property
    def sender(self) -> str:
        """The name of the conversation."""
        return f"web-{self._token.partition('.')[0]}"

    def next(self) -> Asked:
        """Ask the next thing until it is answered."""
        text, place = STEPS[len(self.asked) % len(STEPS)]
        asked = Asked(uuid.uuid4().hex, text, place)
        self.asked.append(asked)
        until = time.monotonic() + PATIENCE
        while asked.answer is None and time.monotonic() < until:
            reply = self.ask(text, message=asked.id)
            if reply.status == 200:
                asked.answer = reply
            else:
                asked.errors.append(reply)
                time.sleep(0.3)
        return asked


def errors(crowd: list[Person]) -> list[Reply]:
    """All that went wrong for anybody so far."""
    return [error for person in crowd for asked in person.asked for error in asked.errors]


def last_until_met(crowd: list[Person], seconds: float = 1.5) -> None:
    """Let a fault last for `seconds`, and longer until somebody has met it: on a busy machine a message may be under way that long."""
    until = time.monotonic() + PATIENCE / 2
    time.sleep(seconds)
    while not errors(crowd) and time.monotonic() < until:
        time.sleep(0.1)


@contextlib.contextmanager
def traffic(home: str, people: int = 4) -> Iterator[list[Person]]:
    """People who ask all the time; on leaving each asks one thing more, so that the fault is behind all of them."""
    crowd, over = [Person(home) for _ in range(people)], threading.Event()

    def live(person: Person) -> None:
        while not over.wait(0.25):  # all come from one address, of which nginx takes 20 requests a second
            person.next()
        person.next()

    with ThreadPoolExecutor(people) as pool:
        lives: list[Future[None]] = [pool.submit(live, person) for person in crowd]
        try:
            until = time.monotonic() + PATIENCE
            while not all(len(person.asked) > len(STEPS) for person in crowd):  # everybody is in the middle of something
                assert time.monotonic() < until, [person.asked for person in crowd]
                time.sleep(0.02)
            yield crowd
        finally:
            over.set()
        for life in lives:
            life.result()


def check(crowd: list[Person], database: Database, fault_seen: bool = True) -> None:
    """Every message has its one right answer, errors before it were said in Chinese, and each conversation holds each message once.

    fault_seen: somebody must have met an error; otherwise nobody may.
    """
    for person in crowd:
        for asked in person.asked:
            assert asked.answer is not None, (asked.text, [(error.status, error.data) for error in asked.errors])
            cited = [citation["id"] for citation in asked.answer.data["payload"]["citations"]]
            assert asked.place in cited, (asked.text, cited, [error.data for error in asked.errors])
            for error in asked.errors:
                assert error.status in (502, 503, 504), (error.status, error.data)
                assert "再" in error.data["error"]["message"], error.data
        assert stored(database, person) == [(asked.id, asked.text) for asked in person.asked]
    met = errors(crowd)
    assert bool(met) == fault_seen, [(error.status, error.data) for error in met]


def stored(database: Database, person: Person) -> list[tuple[str, str]]:
    """Id and words of every message that the conversation holds, in order."""
    query = "SELECT data::json ->> 'message_id', data::json ->> 'text' FROM events WHERE sender_id = %s AND type_name = 'user' ORDER BY id"
    return [(str(id_), str(text)) for id_, text in database.run(query, (person.sender,))]
