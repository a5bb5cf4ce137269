"""What must survive a restart, in one SQLite file: accepted messages until answered, what was seen, cursors, the last choices shown.

Several workers on one machine share the file. A worker leases a job; the lease of a dead worker is taken over. The jobs of one sender
are done in order, one at a time.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEASE = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, app TEXT NOT NULL, sender TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
    parts TEXT, sent INTEGER NOT NULL DEFAULT 0, owner TEXT, lease REAL NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0, created REAL NOT NULL);
CREATE INDEX IF NOT EXISTS jobs_sender ON jobs (sender, id);
CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS cursors (name TEXT PRIMARY KEY, app TEXT NOT NULL, cursor TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS choices (sender TEXT PRIMARY KEY, payloads TEXT NOT NULL, at REAL NOT NULL);
"""
_NEXT = """
SELECT * FROM jobs AS j WHERE (owner IS NULL OR lease < :now) AND not_before <= :now
AND NOT EXISTS (SELECT 1 FROM jobs AS e WHERE e.sender = j.sender AND e.id < j.id) ORDER BY id LIMIT 1
"""


@dataclass(frozen=True)
class NewJob:
    """A message to be answered. `key` names it for the check of repeats, kept `kept` seconds; `data` is JSON."""

    key: str
    app: str
    sender: str
    kind: str
    data: dict[str, Any]
    kept: float = 3600.0


@dataclass
class Job:
    """A leased message. `parts` are the answer's messages once it is known, of which `sent` have gone out."""

    id: int
    app: str
    sender: str
    kind: str
    data: dict[str, Any]
    parts: list[dict[str, Any]] | None
    sent: int
    created: float
    resumed: bool = field(default=False)


class Store:
    """One connection to the file, used from one thread at a time."""

    def __init__(self, path: Path, lease: float = LEASE) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lease = lease
        self.owner = f"{socket.gethostname()}|{os.getpid()}|{uuid.uuid4().hex}"
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=20, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        path.chmod(0o600)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)
        self._free_dead()

    def close(self) -> None:
        """Give back what is leased and close."""
        with self._change() as db:
            db.execute("UPDATE jobs SET owner = NULL WHERE owner = ?", (self.owner,))
        self._connection.close()

    @contextlib.contextmanager
    def _change(self, durable: bool = False) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _free_dead(self) -> None:
        """Free the jobs of processes of this machine that are no more (a process number of our own is an earlier life)."""
        host, own, _ = self.owner.split("|")
        with self._change() as db:
            for (owner,) in db.execute("SELECT DISTINCT owner FROM jobs WHERE owner IS NOT NULL").fetchall():
                where, number, _ = owner.split("|")
                if where == host and (number == own or not _alive(int(number))):
                    db.execute("UPDATE jobs SET owner = NULL WHERE owner = ?", (owner,))

    def add(self, jobs: Iterable[NewJob]) -> list[bool]:
        """Keep the jobs, on disk when this returns; False for those that were seen before."""
        with self._change(durable=True) as db:
            return [self._insert(db, job) for job in jobs]

    def add_synced(self, name: str, app: str, before: str, cursor: str, jobs: Iterable[NewJob]) -> None:
        """Keep one page of a synchronisation and its cursor, both or neither. `before` is the cursor that the page was asked with."""
        with self._change(durable=True) as db:
            for job in jobs:
                self._insert(db, job)
            held = db.execute("SELECT cursor FROM cursors WHERE name = ?", (name,)).fetchone()
            if (held["cursor"] if held else "") == before:
                db.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)", (name, app, cursor))

    @staticmethod
    def _insert(db: sqlite3.Connection, job: NewJob) -> bool:
        now = time.time()
        db.execute("DELETE FROM seen WHERE key = ? AND until < ?", (job.key, now))
        if not db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (job.key, now + job.kept)).rowcount:
            return False
        row = (job.app, job.sender, job.kind, json.dumps(job.data, ensure_ascii=False), now)
        db.execute("INSERT INTO jobs (app, sender, kind, data, created) VALUES (?, ?, ?, ?, ?)", row)
        db.execute("UPDATE jobs SET not_before = 0 WHERE sender = ?", (job.sender,))  # what waits for the person to write again waits no more
        return True

    def first(self, keys: Iterable[str], seconds: float) -> list[bool]:
        """For each key, whether it is named for the first time in so many seconds."""
        now = time.time()
        with self._change() as db:
            found = []
            for key in keys:
                db.execute("DELETE FROM seen WHERE key = ? AND until < ?", (key, now))
                found.append(bool(db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, now + seconds)).rowcount))
        return found

    def claim(self) -> Job | None:
        """Lease the oldest job that may be done now."""
        now = time.time()
        if self._connection.execute("SELECT 1 FROM jobs LIMIT 1").fetchone() is None:
            return None
        with self._change() as db:
            row = db.execute(_NEXT, {"now": now}).fetchone()
            if row is None:
                return None
            db.execute("UPDATE jobs SET owner = ?, lease = ? WHERE id = ?", (self.owner, now + self.lease, row["id"]))
        parts = json.loads(row["parts"]) if row["parts"] else None
        data = json.loads(row["data"])
        return Job(row["id"], row["app"], row["sender"], row["kind"], data, parts, row["sent"], row["created"], resumed=parts is not None)

    def renew(self) -> None:
        """Keep what this process has leased for another while."""
        with self._change() as db:
            db.execute("UPDATE jobs SET lease = ? WHERE owner = ?", (time.time() + self.lease, self.owner))

    def save_parts(self, job: Job) -> None:
        """Keep the answer, so that after a restart it is sent, not worked out anew."""
        with self._change() as db:
            row = (json.dumps(job.parts, ensure_ascii=False), job.sent, job.id)
            db.execute("UPDATE jobs SET parts = ?, sent = ? WHERE id = ?", row)

    def save_sent(self, job: Job) -> None:
        """Keep how many messages of the answer have gone out."""
        with self._change() as db:
            db.execute("UPDATE jobs SET sent = ? WHERE id = ?", (job.sent, job.id))

    def postpone(self, job: Job, seconds: float) -> None:
        """Give the job back, to be tried again after `seconds`."""
        with self._change() as db:
            db.execute("UPDATE jobs SET owner = NULL, not_before = ? WHERE id = ?", (time.time() + seconds, job.id))

    def done(self, job: Job) -> None:
        """The job is answered, or given up."""
        with self._change() as db:
            db.execute("DELETE FROM jobs WHERE id = ?", (job.id,))
            if job.id % 500 == 0:
                db.execute("DELETE FROM seen WHERE until < ?", (time.time(),))

    def waiting(self) -> int:
        """How many jobs are not yet answered."""
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM jobs").fetchone()[0])

    def waiting_for(self, sender: str) -> int:
        """How many of this sender's messages are not yet answered."""
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM jobs WHERE sender = ?", (sender,)).fetchone()[0])

    def cursor(self, name: str) -> str:
        """The cursor kept under this name, empty where there is none."""
        with self._lock:
            row = self._connection.execute("SELECT cursor FROM cursors WHERE name = ?", (name,)).fetchone()
        return row["cursor"] if row else ""

    def cursors(self) -> list[tuple[str, str]]:
        """Every (name, app) with a cursor."""
        with self._lock:
            return [(row["name"], row["app"]) for row in self._connection.execute("SELECT name, app FROM cursors")]

    def offer(self, sender: str, payloads: list[str]) -> None:
        """Keep the choices that a person was last shown; none forgets them."""
        with self._change() as db:
            if payloads:
                db.execute("INSERT OR REPLACE INTO choices VALUES (?, ?, ?)", (sender, json.dumps(payloads, ensure_ascii=False), time.time()))
            else:
                db.execute("DELETE FROM choices WHERE sender = ?", (sender,))

    def offered(self, sender: str, within: float = 86400.0) -> list[str]:
        """The payloads of the choices that a person was last shown."""
        with self._lock:
            row = self._connection.execute("SELECT payloads, at FROM choices WHERE sender = ?", (sender,)).fetchone()
        return json.loads(row["payloads"]) if row and row["at"] > time.time() - within else []


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
