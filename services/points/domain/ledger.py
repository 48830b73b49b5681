"""Transfers and lots: how a document becomes bookings. Pure.

Every transfer moves one asset from a debit account to a credit account, so for each asset the
sum over all accounts is zero whatever is posted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from services.points.domain.sale import Sale

# Accounts. A wallet belongs to the member of the row; the others to its store. System accounts
# have no balance row, which would serialise the chain: their balance is a sum.
WALLET = "wallet"
POINTS_ISSUED = "points_issued"
REVENUE = "revenue"


def tender_account(kind: str) -> str:
    """The account of money that a store's tills took in one kind of tender."""
    return f"tender:{kind}"


class Asset(IntEnum):
    """Kinds of value; the numbers are those of the proto and of the tables."""

    MONEY = 1
    POINTS = 2


class BillKind(IntEnum):
    """Kinds of document; the numbers are those of the proto and of the tables."""

    SALE = 1


@dataclass(frozen=True, slots=True)
class Transfer:
    """`amount` (> 0) of one asset from `debit_account` to `credit_account`; never changed."""

    asset: Asset
    debit_account: str
    credit_account: str
    amount: int


@dataclass(frozen=True, slots=True)
class LotGrant:
    """A grant of value with its origin; `expiry_date` None means never."""

    asset: Asset
    amount: int
    rule_version: str
    earned_at: datetime
    available_at: datetime
    expiry_date: date | None


@dataclass(frozen=True, slots=True)
class Posting:
    """What a document does to the books."""

    transfers: tuple[Transfer, ...]
    lots: tuple[LotGrant, ...]
    points_earned: int


@dataclass(frozen=True, slots=True)
class Lot:
    """A grant as it stands now."""

    bill_id: str
    ordinal: int
    asset: Asset
    granted: int
    remaining: int
    rule_version: str
    store_id: str
    earned_at: datetime
    available_at: datetime
    expiry_date: date | None


def sale_posting(sale: Sale, points: int, rule_version: str) -> Posting:
    """The bookings of a sale: money from the tills to revenue, earned points to the wallet.

    `points` is what the earning rule of `rule_version` gives for the sale; a walk-in customer has
    no wallet and earns nothing.
    """
    transfers = [
        Transfer(Asset.MONEY, tender_account(kind), REVENUE, amount_fen)
        for kind, amount_fen in sale.tenders.items()
    ]
    if sale.member_id is None or points == 0:
        return Posting(tuple(transfers), (), 0)
    transfers.append(Transfer(Asset.POINTS, POINTS_ISSUED, WALLET, points))
    lot = LotGrant(
        asset=Asset.POINTS,
        amount=points,
        rule_version=rule_version,
        earned_at=sale.sold_at,
        available_at=sale.sold_at,
        expiry_date=None,
    )
    return Posting(tuple(transfers), (lot,), points)


def spending_order(lots: Iterable[Lot]) -> list[Lot]:
    """Lots in the order in which they are spent: nearest expiry, then oldest, never last."""
    return sorted(
        lots,
        key=lambda lot: (
            lot.expiry_date or date.max,
            lot.earned_at,
            lot.bill_id,
            lot.ordinal,
        ),
    )


def spendable(lot: Lot, business_date: date, now: datetime) -> bool:
    """True when something is left, the lot is no longer pending, and it has not expired.

    Expiry is judged here, when reading: no job needs to have run.
    """
    expired = lot.expiry_date is not None and lot.expiry_date < business_date
    return lot.remaining > 0 and lot.available_at <= now and not expired
