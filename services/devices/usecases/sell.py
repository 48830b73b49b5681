"""Sells a basket: priced, paid, journaled and on the disk before anything is printed."""

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from chassis.errors import id_reused
from services.devices.domain.business_day import business_date
from services.devices.domain.journal import next_entry
from services.devices.domain.receipt import render_receipt
from services.devices.domain.sale import Sale, Tender, encode_sale, request_hash
from services.devices.domain.store import Store
from services.devices.domain.tendering import settle
from services.devices.storage.journal_repository import JournalRepository, JournalRow, PrintJob
from services.devices.storage.local_database import LocalDatabase
from services.devices.usecases.price_basket import AskedBasket, price_basket


@dataclass(frozen=True, slots=True)
class Sell:
    """A paid basket; `tenders` is what was handed over, cash perhaps more than the total."""

    sale_id: str
    register_id: str
    staff_id: str
    basket: AskedBasket
    tenders: Sequence[Tender]


@dataclass(frozen=True, slots=True)
class Sold:
    """The sale in the journal; `replayed` when it had been there before."""

    row: JournalRow
    replayed: bool


async def sell(database: LocalDatabase, store: Store, command: Sell, *, now: datetime) -> Sold:
    """Journals a sale once. Durable when this returns; its receipt is asked for in the same commit.

    Refuses: ID_REUSED, UNKNOWN_REGISTER, DISK_FULL, JOURNAL_UNAVAILABLE, what price_basket and
    settle refuse. A refusal leaves nothing behind.
    """
    asked = request_hash(
        {
            "register_id": command.register_id,
            "staff_id": command.staff_id,
            "card_number": command.basket.card_number,
            "member_id": command.basket.member_id,
            "lines": [asdict(line) for line in command.basket.lines],
            "tenders": [asdict(tender) for tender in command.tenders],
        }
    )

    def work(connection: sqlite3.Connection) -> Sold:
        journal = JournalRepository(connection)
        known = journal.get(command.sale_id)
        if known is not None:
            if known.entry.request_hash != asked:
                raise id_reused("sale", command.sale_id)
            return Sold(known, replayed=True)
        return Sold(_append(connection, journal, store, command, asked, now), replayed=False)

    return await database.write(work)


def _append(
    connection: sqlite3.Connection,
    journal: JournalRepository,
    store: Store,
    command: Sell,
    asked_hash: str,
    now: datetime,
) -> JournalRow:
    store.check_register(command.register_id)
    # The receipt's id is the sale's: one that another job holds is not free for a sale.
    if journal.print_job(command.sale_id) is not None:
        raise id_reused("sale", command.sale_id)
    basket = price_basket(connection, command.basket)
    tenders, change_fen = settle(basket.total_fen, command.tenders, store.tender_kinds)
    sale = Sale(
        sale_id=command.sale_id,
        store_id=store.store_id,
        register_id=command.register_id,
        staff_id=command.staff_id,
        business_date=business_date(now, store.day_ends_at_hour),
        sold_at=now,
        basket=basket,
        tenders=tenders,
        change_fen=change_fen,
    )
    head = journal.head(command.register_id)
    entry = next_entry(
        head,
        sale_id=sale.sale_id,
        request_hash=asked_hash,
        payload=encode_sale(sale),
        receipt_text=render_receipt(
            sale,
            store_name=store.name,
            sequence=head.sequence + 1,
            columns=store.receipt_columns,
        ),
    )
    journal.append(entry, now)
    journal.add_print_job(PrintJob(sale.sale_id, sale.sale_id, 0, entry.receipt_text), now)
    row = journal.get(sale.sale_id)
    if row is None:
        raise AssertionError("a row that was just written is there")
    return row
