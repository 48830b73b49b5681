"""What bills say of caps and of fractions of a point, for the verification to replay. Pure."""

from typing import NamedTuple

from pricing.earning import Carry, CounterKey, EarningBasis, Grant
from services.points.domain.returns.return_request import ReturnLine


class SoldFact(NamedTuple):
    """A sale: what its allocation keeps of its earning, and the quantity of each line."""

    basis: EarningBasis
    grants: tuple[Grant, ...]
    sold_milli: tuple[int, ...]


class ReturnedFact(NamedTuple):
    """A return; without lines it took all that was left.

    `elsewhere`: it is booked on the account that this one was merged into.
    """

    sale_id: str
    lines: tuple[ReturnLine, ...]
    elsewhere: bool = False


class GiftFact(NamedTuple):
    """Gifts handed out, or handed back: then without pieces all that were left."""

    redemption_id: str
    pieces: tuple[tuple[str, int], ...]  # by gift
    comes_back: bool


class GivenFact(NamedTuple):
    """Points given to another member of the household."""

    key: CounterKey
    points: int


class MovedFact(NamedTuple):
    """One side of a merge or of its undoing; `tallies` counts moved with it, `carry` too."""

    carry: Carry
    tallies: int
    undoes: bool
    of_merged: bool  # the bill of the member that was merged


class UnknownFact(NamedTuple):
    """A bill that should say what it counted and cannot be read."""


EarningFact = SoldFact | ReturnedFact | GiftFact | GivenFact | MovedFact | UnknownFact
