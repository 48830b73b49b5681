"""Reads what a member owns, expiry judged for a business date."""

from dataclasses import dataclass
from datetime import date, datetime

from chassis.database import Database
from services.points.domain.ledger import Asset, Lot, spendable, spending_order
from services.points.storage.queries import LedgerQueries


@dataclass(frozen=True, slots=True)
class Wallet:
    """Points that can be spent, and the lots they stand in, in spending order."""

    points: int
    lots: list[Lot]


async def read_wallet(
    database: Database, member_id: str, *, business_date: date, now: datetime
) -> Wallet:
    """The wallet of a member; an empty one when nothing was ever posted."""
    async with database.read() as connection:
        lots = await LedgerQueries(connection).remaining_lots(member_id, Asset.POINTS)
    usable = [lot for lot in lots if spendable(lot, business_date, now)]
    return Wallet(sum(lot.remaining for lot in usable), spending_order(usable))
