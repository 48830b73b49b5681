"""Reads sales and proves the journal."""

import asyncio
import sqlite3
from dataclasses import dataclass

from services.devices.domain.journal import Break, verify_chain
from services.devices.storage.journal_repository import (
    JournalRepository,
    JournalRow,
    PrintJob,
    State,
)
from services.devices.storage.local_database import LocalDatabase, translate_sqlite_errors
from services.devices.usecases.reprint_receipt import unknown_sale


@dataclass(frozen=True, slots=True)
class RegisterProof:
    """What verification found for one register."""

    register_id: str
    sales: int  # as its head counts them
    last_hash: str
    broken_at: Break | None


async def read_sale(database: LocalDatabase, sale_id: str) -> tuple[JournalRow, list[PrintJob]]:
    """A sale with its print jobs. Refuses: UNKNOWN_SALE."""

    def work(connection: sqlite3.Connection) -> tuple[JournalRow, list[PrintJob]]:
        journal = JournalRepository(connection)
        row = journal.get(sale_id)
        if row is None:
            raise unknown_sale(sale_id)
        return row, journal.print_jobs(sale_id)

    return await database.read(work)


async def list_sales(
    database: LocalDatabase, state: State, after_position: int, limit: int
) -> list[JournalRow]:
    """Sales in one state, oldest first."""
    return await database.read(
        lambda connection: JournalRepository(connection).list_state(state, after_position, limit)
    )


async def verify_journal(database: LocalDatabase) -> list[RegisterProof]:
    """Reads every entry of every register and checks sequence and hashes.

    It reads on a connection of its own, so that the tills do not wait for a long journal.
    """

    def work() -> list[RegisterProof]:
        with translate_sqlite_errors():
            connection = database.connect(read_only=True)
            try:
                connection.execute("BEGIN")
                journal = JournalRepository(connection)
                return [
                    RegisterProof(
                        head.register_id,
                        head.sequence,
                        head.entry_hash,
                        verify_chain(journal.entries(head.register_id), head),
                    )
                    for head in journal.heads()
                ]
            finally:
                connection.close()

    return await asyncio.to_thread(work)
