"""Reads one bill with all it did, and which bills are about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.auth import Principal
from chassis.database import Database
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.holds.hold import held_by_lot
from services.points.domain.lot import Lot, LotKey
from services.points.domain.named_bill import unknown_bill
from services.points.domain.wallets.member_move import document_bills
from services.points.storage.holds import open_holds
from services.points.storage.locked_books import lot_of
from services.points.storage.queries.ledger_queries import LedgerQueries, Record
from services.points.storage.queries.statements import StatementQueries

LATER_BILLS_MAX = 100


@dataclass(frozen=True, slots=True)
class BillView:
    """A bill, its transfers, the lots it filled as they are now, bills about it, newest first.

    `held` is what holds set aside of the lots. Of a document about two wallets, bills about either
    of its two bills are about it. `more_later` counts those that are not shown: too many, or in
    stores out of the caller's reach.
    """

    bill: Record
    transfers: Sequence[Record]
    lots: Sequence[Lot]
    held: Mapping[LotKey, int]
    later: Sequence[Record]
    more_later: int


async def read_bill(
    database: Database, principal: Principal, bill_id: str, *, now: datetime
) -> BillView:
    """A bill; NotFound UNKNOWN_BILL, Forbidden STORE_OUT_OF_SCOPE."""
    async with database.read() as connection:
        queries = LedgerQueries(connection)
        bill = await queries.bill(bill_id)
        if bill is None:
            raise unknown_bill(bill_id)
        principal.require_store(bill.store_id)
        more = StatementQueries(connection)
        stores = None if "*" in principal.stores else _store_ids(principal)
        ids = document_bills(bill_id, bill.original_bill_id)
        later, count = await more.later_bills(ids, stores, LATER_BILLS_MAX)
        lots = [lot_of(row._mapping) for row in await more.lots_of_bill(bill.member_id, bill_id)]
        holds = await open_holds(connection, bill.member_id) if lots else []
        return BillView(
            bill=bill,
            transfers=await queries.transfers_of_bill(bill.member_id, bill_id),
            lots=lots,
            held=held_by_lot(holds, now),
            later=later,
            more_later=count - len(later),
        )


def _store_ids(principal: Principal) -> list[str]:
    """The stores of a token; what is no id in it names no store."""
    return sorted(each for each in principal.stores if _is_id(each))


def _is_id(text: str) -> bool:
    try:
        return canonical_id(text, "store_id") == text
    except Invalid:
        return False
