"""Reads what a member has of each kind of value, judged for a business date and a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chassis.database import Database
from chassis.errors import Invalid
from services.points.domain.holdings import Holding, holdings_of
from services.points.domain.wallet import Wallet
from services.points.storage.queries.ledger_queries import LedgerQueries

WITHIN_DAYS_MAX = 3_660


@dataclass(frozen=True, slots=True)
class WalletHoldings:
    """A wallet, and what is left in it by kind of value."""

    wallet: Wallet
    holdings: Sequence[Holding]


async def read_holdings(
    database: Database, member_id: str, *, business_date: date, now: datetime, within_days: int
) -> WalletHoldings:
    """What a member has; nothing when nothing was ever posted. Invalid OUT_OF_RANGE, INVALID_DATE.

    `expiring` is what has its last day within `within_days` days after the business date.
    """
    if not 0 <= within_days <= WITHIN_DAYS_MAX:
        raise Invalid(
            "OUT_OF_RANGE",
            f"expiring_within_days must be 0 to {WITHIN_DAYS_MAX}",
            {"field": "expiring_within_days", "value": within_days},
        )
    if (date.max - business_date).days < within_days:
        raise Invalid(
            "INVALID_DATE", "business_date is too far in the future", {"field": "business_date"}
        )
    async with database.read() as connection:
        wallet = await LedgerQueries(connection).wallet(member_id) or Wallet(member_id)
    found = holdings_of(wallet, business_date=business_date, now=now, within_days=within_days)
    return WalletHoldings(wallet, found)
