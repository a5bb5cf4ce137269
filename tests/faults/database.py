"""A PostgreSQL that can be killed and started again from its data, with a small disk of its own beside it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from tests.postgres import USER, binaries
from tests.servers import free_port


class Database:
    """The server and its one database, `assistant`."""

    def __init__(self, folder: Path) -> None:
        place = binaries()
        assert place is not None
        self._place, self.folder, self.port = place, folder, free_port()
        self._identity: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": ()} if os.getuid() == 0 else {}
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Create the data and start."""
        if self._identity:
            shutil.chown(self.folder, "postgres", "postgres")
        initdb = [self._place / "initdb", "-D", self.folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self._identity)
        self.start()
        self.run("CREATE DATABASE assistant", database="postgres")

    def start(self, seconds: float = 60) -> None:
        """Start from the data there is; after a crash the old server's processes may need a moment to end."""
        until = time.monotonic() + seconds
        while True:
            with (self.folder / "log").open("ab") as log:
                options = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}"]
                command = [self._place / "postgres", "-D", self.folder / "data", *options]
                self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self._identity)
            while self._process.poll() is None:
                with contextlib.suppress(psycopg2.OperationalError):
                    self.run("SELECT 1", database="postgres")
                    return
                time.sleep(0.05)
            assert time.monotonic() < until, (self.folder / "log").read_text(errors="replace")[-2000:]
            time.sleep(0.2)

    def kill(self) -> None:
        """End it as a crash does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> None:
        """Fast shutdown: open connections are closed."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)

    def url(self, port: int = 0) -> str:
        """The database's URL, by way of another port where one is given."""
        return f"postgresql+psycopg2://{USER}@127.0.0.1:{port or self.port}/assistant"

    def connect(self, database: str = "assistant") -> Any:
        """A connection that commits by itself."""
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user=USER, dbname=database)
        connection.autocommit = True
        return connection

    def run(self, statement: str, parameters: tuple[object, ...] = (), database: str = "assistant") -> list[tuple[Any, ...]]:
        """Run one statement; gives its rows."""
        with contextlib.closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def give(self, folder: Path) -> None:
        """Let the server write in a folder."""
        if self._identity:
            shutil.chown(folder, "postgres", "postgres")


@contextlib.contextmanager
def running_database() -> Iterator[Database]:
    """The server, gone with its data afterwards."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        database = Database(Path(name))
        database.make()
        try:
            yield database
        finally:
            database.stop()


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of its own with so much room. Needs root."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0777", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left; delete the file that is given back to make room again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler
