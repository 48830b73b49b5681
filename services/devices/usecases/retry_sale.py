"""Puts a parked sale back in line, after a person has removed what headquarters refused it for."""

import sqlite3

from chassis.errors import PreconditionFailed
from services.devices.storage.journal_repository import JournalRepository, JournalRow, State
from services.devices.storage.local_database import LocalDatabase
from services.devices.usecases.reprint_receipt import unknown_sale


async def retry_sale(database: LocalDatabase, sale_id: str) -> JournalRow:
    """The sale, waiting again; asking twice is the same as once.

    Refuses: UNKNOWN_SALE, ALREADY_POSTED.
    """

    def work(connection: sqlite3.Connection) -> JournalRow:
        journal = JournalRepository(connection)
        journal.unpark(sale_id)
        row = journal.get(sale_id)
        if row is None:
            raise unknown_sale(sale_id)
        if row.state is State.POSTED:
            raise PreconditionFailed(
                "ALREADY_POSTED", f"sale {sale_id} is in the books", {"sale_id": sale_id}
            )
        return row

    return await database.write(work)
