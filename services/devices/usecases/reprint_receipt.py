"""Prints a receipt again, marked 补打, once for each id that a register makes."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.errors import NotFound, id_reused
from services.devices.domain.receipt import render_reprint
from services.devices.domain.store import Store
from services.devices.storage.journal_repository import JournalRepository, PrintJob
from services.devices.storage.local_database import LocalDatabase


@dataclass(frozen=True, slots=True)
class ReprintReceipt:
    """`job_id` is made by whoever asks, so that a retry does not print another copy."""

    job_id: str
    sale_id: str


@dataclass(frozen=True, slots=True)
class Reprinted:
    """The print job; `replayed` when it had been asked for before."""

    job: PrintJob
    replayed: bool


async def reprint_receipt(
    database: LocalDatabase, store: Store, command: ReprintReceipt, *, now: datetime
) -> Reprinted:
    """Asks for one more copy. Refuses: UNKNOWN_SALE, ID_REUSED."""

    def work(connection: sqlite3.Connection) -> Reprinted:
        journal = JournalRepository(connection)
        row = journal.get(command.sale_id)
        if row is None:
            raise unknown_sale(command.sale_id)
        known = journal.print_job(command.job_id)
        if known is not None:
            if known.sale_id != command.sale_id or known.copy_number == 0:
                raise id_reused("print job", command.job_id)
            return Reprinted(known, replayed=True)
        job = PrintJob(
            command.job_id, command.sale_id, len(journal.print_jobs(command.sale_id)), ""
        )
        text = render_reprint(
            row.entry.receipt_text, copy_number=job.copy_number, columns=store.receipt_columns
        )
        job = replace(job, text=text)
        journal.add_print_job(job, now)
        return Reprinted(job, replayed=False)

    return await database.write(work)


def unknown_sale(sale_id: str) -> NotFound:
    """The refusal for a sale that is not in this journal."""
    return NotFound("UNKNOWN_SALE", f"the journal has no sale {sale_id}", {"sale_id": sale_id})
