"""A bill that was decided and is not written yet, with what its caller is told. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pricing.earning import Earned
from services.points.domain.assets import Asset
from services.points.domain.coupons.coupon_event import CouponChange
from services.points.domain.lot import LotKey
from services.points.domain.posting import Posting
from services.points.domain.wallets.moved import Moved


class Receipt(NamedTuple):
    """What a bill did, as its caller is told, the first time and at every retry.

    The balances are those right after the bill; `refunds` is money to hand out by kind of tender.
    """

    points: int
    principal_fen: int
    bonus_fen: int
    debt_points: int
    points_change: int
    principal_change_fen: int
    bonus_change_fen: int
    points_earned: int
    refunds: tuple[tuple[str, int], ...] = ()
    pass_units_left: int = 0
    # Between two wallets, and of an undone merge what did not come back.
    moved: Moved | None = None
    stayed: Moved | None = None


class Source(NamedTuple):
    """One source of a sale's payment: a tender of money, or a lot within a wallet's tender.

    `units` of the lot's asset were worth `amount_fen`; 0 and no lot for money. Where nothing was
    paid for, as in uses of passes and cash-outs, a lot without a kind of tender.
    """

    tender_kind: str
    amount_fen: int
    asset: Asset
    units: int = 0
    lot: LotKey | None = None


class SaleAllocation(NamedTuple):
    """What each line of a sale was paid with and earned: what makes every return exact.

    `amounts_fen[line][source]` adds up to the line's net in one direction and to the source's
    amount in the other; empty when one source or none paid for everything. `earned` is None for a
    walk-in customer; of one that was stored the carry and the counters are not kept.
    """

    sources: tuple[Source, ...]
    amounts_fen: tuple[tuple[int, ...], ...]
    earned: Earned | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill ready to be written; `coupons` are those that it uses up."""

    posting: Posting
    receipt: Receipt
    total_fen: int = 0
    points_earned: int = 0
    programme_version: int = 0
    register_id: str = ""
    staff_id: str = ""
    reason: str = ""
    original_bill_id: str | None = None
    allocation: SaleAllocation | None = None
    coupons: tuple[CouponChange, ...] = ()


Drafts = Sequence[Draft]


def receipt_of(
    posting: Posting,
    *,
    points_earned: int = 0,
    refunds: tuple[tuple[str, int], ...] = (),
    pass_units_left: int = 0,
) -> Receipt:
    """The receipt of a posting that is complete and not yet applied."""
    wallet, changes = posting.wallet, posting.changes
    balances, change = wallet.balances, changes.get
    points, principal, bonus = (
        change(Asset.POINTS, 0),
        change(Asset.PRINCIPAL, 0),
        change(Asset.BONUS, 0),
    )
    return Receipt(
        balances.get(Asset.POINTS, 0) + points,
        balances.get(Asset.PRINCIPAL, 0) + principal,
        balances.get(Asset.BONUS, 0) + bonus,
        wallet.debt_points + posting.debt_change,
        points,
        principal,
        bonus,
        points_earned,
        refunds,
        pass_units_left,
    )
