"""Transfers and what they do to lots: the immutable facts of the ledger. Pure."""

from typing import NamedTuple

from services.points.domain.assets import Asset
from services.points.domain.lot import Lot, LotKey


class Transfer(NamedTuple):
    """`amount` (> 0) of one asset from `debit_account` to `credit_account`; never changed.

    `lot` is the lot of the wallet that the transfer fills or empties: what remains in a lot is the
    sum of its transfers.
    """

    asset: Asset
    debit_account: str
    credit_account: str
    amount: int
    lot: LotKey | None = None
    pass_id: str | None = None


class Taken(NamedTuple):
    """A part of a lot that a bill spent."""

    lot: Lot
    amount: int


class LotChange(NamedTuple):
    """By how much a posting changes a lot that was there before."""

    remaining: int
    expired: int
    granted: int = 0

    def and_then(self, other: "LotChange") -> "LotChange":
        """Both changes, one after the other."""
        return LotChange(
            self.remaining + other.remaining,
            self.expired + other.expired,
            self.granted + other.granted,
        )


NO_CHANGE = LotChange(0, 0)
