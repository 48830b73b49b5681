"""The gateway's SQLite file: one thread writes, another reads, and a commit is on the disk.

The standard library's sqlite3 is used bare: with one writer thread and explicit BEGIN IMMEDIATE
there is no lock to lose, nothing to upgrade, and no driver that begins or ends a transaction on
its own. Readers see the last commit (WAL) and never wait for the writer.
"""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from chassis.errors import Unavailable
from services.devices.storage.schema import migrate

FILE_NAME = "gateway.sqlite3"
_BUSY_SECONDS = 5.0
# About 64 MiB: the pages of a large catalogue that scans touch.
_CACHE_KIB = 64 * 1024

T = TypeVar("T")


class LocalDatabase:
    """The store's file. `write` and `read` run a function of a connection in a thread."""

    def __init__(self, data_dir: Path) -> None:
        """Opens and migrates the file.

        Unavailable: DATA_DIR_IN_USE, SCHEMA_REVISION, DISK_FULL, JOURNAL_UNAVAILABLE.
        """
        self.path = data_dir / FILE_NAME
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _lock(data_dir)
        except OSError as error:
            raise Unavailable(
                "DATA_DIR_UNUSABLE", f"YIKA_DATA_DIR {data_dir} cannot be used: {error}"
            ) from error
        with translate_sqlite_errors():
            self._writer = self.connect()
            migrate(self._writer)
            self._reader = self.connect(read_only=True)
        self._writing = ThreadPoolExecutor(1, "journal-writer")
        self._reading = ThreadPoolExecutor(1, "journal-reader")

    def connect(self, *, read_only: bool = False) -> sqlite3.Connection:
        """A connection of its own, for one thread at a time."""
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        # WAL with FULL: a commit returns when the sale is on the disk, not in a cache.
        pragmas = ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"]
        pragmas.append(f"cache_size = -{_CACHE_KIB}")
        if read_only:
            pragmas.append("query_only = ON")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `work` in one transaction; it is durable when this returns, or undone.

        Writers run one after another, so `work` may read and decide without a race. Unavailable:
        DISK_FULL, JOURNAL_UNAVAILABLE.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writing, self._write, work)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `work` on one snapshot of what is committed."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._read, work)

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with translate_sqlite_errors():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                # A full disk may have ended the transaction already.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
            return result

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with translate_sqlite_errors():
            self._reader.execute("BEGIN")
            try:
                return work(self._reader)
            finally:
                self._reader.execute("ROLLBACK")

    async def close(self) -> None:
        """Waits for what runs, then closes the file and lets another gateway have it."""
        for threads in (self._reading, self._writing):
            await asyncio.to_thread(threads.shutdown)
        self._reader.close()
        self._writer.close()
        os.close(self._lock)


def _lock(data_dir: Path) -> int:
    """Holds the directory for this process; the kernel lets go when the process ends, however."""
    descriptor = os.open(data_dir / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Unavailable(
            "DATA_DIR_IN_USE", f"another gateway uses {data_dir}; set YIKA_DATA_DIR"
        ) from None
    return descriptor


@contextlib.contextmanager
def translate_sqlite_errors() -> Iterator[None]:
    """Makes a full or failing disk Unavailable; a broken rule of the schema stays a defect."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", None) or ""
        if name.startswith("SQLITE_FULL"):
            raise Unavailable(
                "DISK_FULL", "the disk of the gateway is full; nothing was sold"
            ) from error
        failures = ("IOERR", "READONLY", "CORRUPT", "CANTOPEN", "BUSY", "LOCKED", "NOTADB", "PERM")
        if name.removeprefix("SQLITE_").startswith(failures):
            raise Unavailable(
                "JOURNAL_UNAVAILABLE", f"the gateway's file cannot be used: {error}", {"code": name}
            ) from error
        raise
