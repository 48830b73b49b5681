"""The journal and its print jobs: SQL only."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.devices.domain.journal import ChainHead, Entry


class State(StrEnum):
    """Where a sale stands with headquarters."""

    PENDING = "PENDING"
    POSTED = "POSTED"
    PARKED = "PARKED"


@dataclass(frozen=True, slots=True)
class JournalRow:
    """An entry and what became of it."""

    position: int
    entry: Entry
    recorded_at: datetime
    state: State
    reason: str  # why it is parked
    reason_message: str
    reason_metadata: Mapping[str, str]
    headquarters_points: int | None  # points that headquarters granted; None until posted


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many sales have not arrived at headquarters."""

    pending: int = 0
    parked: int = 0
    oldest_pending_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What headquarters answered for one sale."""

    sale_id: str
    state: State
    headquarters_points: int | None = None
    reason: str = ""
    message: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A text to print once. Copy 0 is the receipt itself, 1 and up are reprints."""

    job_id: str
    sale_id: str
    copy_number: int
    text: str
    is_spooled: bool = False


class JournalRepository:
    """Sales and print jobs, in one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def head(self, register_id: str) -> ChainHead:
        """Where a register's chain ends."""
        row = self._connection.execute(
            "SELECT last_sequence, last_hash FROM registers WHERE register_id = ?", (register_id,)
        ).fetchone()
        if row is None:
            return ChainHead(register_id)
        return ChainHead(register_id, row["last_sequence"], row["last_hash"])

    def heads(self) -> list[ChainHead]:
        """The ends of all chains, by register; of one with rows and no head, sequence 0."""
        rows = self._connection.execute(
            """
            SELECT register_id FROM registers UNION SELECT register_id FROM journal
            ORDER BY register_id
            """
        ).fetchall()
        return [self.head(row["register_id"]) for row in rows]

    def append(self, entry: Entry, recorded_at: datetime) -> None:
        """Writes an entry and moves its register's head."""
        self._connection.execute(
            """
            INSERT INTO journal (register_id, sequence, sale_id, request_hash, previous_hash,
                                 entry_hash, payload, receipt_text, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                entry.register_id,
                entry.sequence,
                entry.sale_id,
                entry.request_hash,
                entry.previous_hash,
                entry.entry_hash,
                entry.payload,
                entry.receipt_text,
                recorded_at.isoformat(),
            ),
        )
        self._connection.execute(
            """
            INSERT INTO registers (register_id, last_sequence, last_hash) VALUES (?, ?, ?)
            ON CONFLICT (register_id) DO UPDATE SET
                last_sequence = excluded.last_sequence, last_hash = excluded.last_hash
            """,
            (entry.register_id, entry.sequence, entry.entry_hash),
        )

    def get(self, sale_id: str) -> JournalRow | None:
        """One sale."""
        row = self._connection.execute(
            "SELECT * FROM journal WHERE sale_id = ?", (sale_id,)
        ).fetchone()
        return None if row is None else _journal_row(row)

    def list_state(self, state: State, after_position: int, limit: int) -> list[JournalRow]:
        """Sales in one state, oldest first."""
        rows = self._connection.execute(
            "SELECT * FROM journal WHERE state = ? AND position > ? ORDER BY position LIMIT ?",
            (state, after_position, limit),
        ).fetchall()
        return [_journal_row(row) for row in rows]

    def entries(self, register_id: str) -> Iterator[Entry]:
        """A register's entries in order of sequence, read as they are asked for."""
        rows = self._connection.execute(
            "SELECT * FROM journal WHERE register_id = ? ORDER BY sequence", (register_id,)
        )
        return (_entry(row) for row in rows)

    def settle(self, settlement: Settlement, now: datetime) -> None:
        """Keeps what headquarters answered; a sale that is posted stays posted."""
        self._connection.execute(
            """
            UPDATE journal SET state = ?, headquarters_points = ?, reason = ?, reason_message = ?,
                reason_metadata = ?, settled_at = ?
            WHERE sale_id = ? AND state = 'PENDING'
            """,
            (
                settlement.state,
                settlement.headquarters_points,
                settlement.reason,
                settlement.message,
                json.dumps(dict(settlement.metadata), ensure_ascii=False),
                now.isoformat(),
                settlement.sale_id,
            ),
        )

    def unpark(self, sale_id: str) -> None:
        """Puts a parked sale back in line."""
        self._connection.execute(
            "UPDATE journal SET state = 'PENDING' WHERE sale_id = ? AND state = 'PARKED'",
            (sale_id,),
        )

    def backlog(self) -> Backlog:
        """How many sales wait or are parked."""
        counts = {
            row["state"]: row
            for row in self._connection.execute(
                """
                SELECT state, count(*) AS sales, min(recorded_at) AS oldest FROM journal
                WHERE state <> 'POSTED' GROUP BY state
                """
            )
        }
        pending, parked = counts.get(State.PENDING), counts.get(State.PARKED)
        return Backlog(
            pending=pending["sales"] if pending else 0,
            parked=parked["sales"] if parked else 0,
            oldest_pending_at=datetime.fromisoformat(pending["oldest"]) if pending else None,
        )

    def add_print_job(self, job: PrintJob, created_at: datetime) -> None:
        """Asks for a text to be printed once this transaction is durable."""
        self._connection.execute(
            """
            INSERT INTO print_jobs (job_id, sale_id, copy_number, text, created_at)
            VALUES (?, ?, ?, ?, ?)
            """,
            (job.job_id, job.sale_id, job.copy_number, job.text, created_at.isoformat()),
        )

    def print_job(self, job_id: str) -> PrintJob | None:
        """One print job."""
        row = self._connection.execute(
            "SELECT * FROM print_jobs WHERE job_id = ?", (job_id,)
        ).fetchone()
        return None if row is None else _print_job(row)

    def print_jobs(self, sale_id: str) -> list[PrintJob]:
        """The print jobs of a sale: the receipt, then its reprints."""
        rows = self._connection.execute(
            "SELECT * FROM print_jobs WHERE sale_id = ? ORDER BY copy_number", (sale_id,)
        ).fetchall()
        return [_print_job(row) for row in rows]

    def pending_print_jobs(self, limit: int) -> list[PrintJob]:
        """Print jobs that are not in the spool yet, oldest first."""
        rows = self._connection.execute(
            "SELECT * FROM print_jobs WHERE state = 'PENDING' ORDER BY created_at, rowid LIMIT ?",
            (limit,),
        ).fetchall()
        return [_print_job(row) for row in rows]

    def mark_spooled(self, job_ids: Iterable[str], now: datetime) -> None:
        """Keeps that jobs are in the spool, for good."""
        self._connection.executemany(
            "UPDATE print_jobs SET state = 'SPOOLED', spooled_at = ? WHERE job_id = ?",
            [(now.isoformat(), job_id) for job_id in job_ids],
        )

    def prove_writable(self, now: datetime) -> None:
        """A write that touches no sale: fails when a sale could not be kept."""
        self._connection.execute(
            """
            INSERT INTO liveness (only_row, checked_at) VALUES (1, ?)
            ON CONFLICT (only_row) DO UPDATE SET checked_at = excluded.checked_at
            """,
            (now.isoformat(),),
        )


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        register_id=row["register_id"],
        sequence=row["sequence"],
        sale_id=row["sale_id"],
        request_hash=row["request_hash"],
        previous_hash=row["previous_hash"],
        payload=row["payload"],
        receipt_text=row["receipt_text"],
        entry_hash=row["entry_hash"],
    )


def _journal_row(row: sqlite3.Row) -> JournalRow:
    return JournalRow(
        position=row["position"],
        entry=_entry(row),
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        state=State(row["state"]),
        reason=row["reason"],
        reason_message=row["reason_message"],
        reason_metadata=json.loads(row["reason_metadata"]),
        headquarters_points=row["headquarters_points"],
    )


def _print_job(row: sqlite3.Row) -> PrintJob:
    return PrintJob(
        job_id=row["job_id"],
        sale_id=row["sale_id"],
        copy_number=row["copy_number"],
        text=row["text"],
        is_spooled=row["state"] == "SPOOLED",
    )
