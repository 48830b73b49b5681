"""Points that returns wrote off, until points that come back pay them. Pure.

Who buys X, pays S with what X earned, and brings X back first and then S, would otherwise keep what
X earned, once a round: nothing is there when X comes back, and S gives back what it took. So the
wallet counts what it was forgiven, beside the pieces of gifts, and merges take the count along.
"""

from pricing.earning import CounterKey, Tally
from services.points.domain.assets import (
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_WRITTEN_OFF,
    Asset,
)
from services.points.domain.lot import Lot
from services.points.domain.posting import Posting
from services.points.domain.rewards.gift_redemption import ALWAYS

# No rule of a programme can have this id.
FORGIVEN = CounterKey("clawback:forgiven", ALWAYS)


def forgiven_points(posting: Posting) -> int:
    """What the wallet was forgiven and has not paid, as this posting has it so far."""
    return (posting.counters.get(FORGIVEN) or posting.wallet.counters.get(FORGIVEN, Tally())).weight


def forgive(posting: Posting, points: int) -> None:
    """Writes off points that a return would take back and that no place has."""
    posting.move(Asset.POINTS, POINTS_WRITTEN_OFF, POINTS_ISSUED, points)
    _count(posting, points)


def pay_forgiven(posting: Posting, points: int, lot: Lot | None = None) -> None:
    """Pays with points of a lot, or without one with such as are on their way back to one."""
    if lot is None:
        posting.move(Asset.POINTS, POINTS_REDEEMED, POINTS_WRITTEN_OFF, points)
    else:
        posting.take_from(lot, points, POINTS_WRITTEN_OFF)
    _count(posting, -points)


def _count(posting: Posting, points: int) -> None:
    if points:
        posting.counters[FORGIVEN] = Tally(forgiven_points(posting) + points)
