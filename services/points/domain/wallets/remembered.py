"""What a merged member counted and carried, less what came back of it since. Pure.

While a merge stands, returns of the merged member's goods and gifts free caps and limits with the
other member and take their fraction of a point there. The merged member's own counts stand still,
so an undoing lets the same returns take from them too.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pricing.earning import Carry, CounterKey, EarningBasis, Rounding, Tally, take_back
from services.points.domain.lot import Lot
from services.points.domain.returns.forgiven import FORGIVEN
from services.points.domain.rewards.gift_redemption import gift_counter


class GoodsBack(NamedTuple):
    """What a sale had earned, and of each of its lines, in milli, what was left and what is now."""

    basis: EarningBasis
    sold: Sequence[int]
    left_before: Sequence[int]
    left_after: Sequence[int]


class CameBack(NamedTuple):
    """What came back of a member's own goods and gifts, these in pieces by gift.

    `written_off` is what these returns wrote off, less what they paid of such. `spent` are the lots
    whose points the goods and gifts had taken, with how many of these have not come back there.
    """

    goods: tuple[GoodsBack, ...] = ()
    gifts: tuple[tuple[str, int], ...] = ()
    written_off: int = 0
    spent: tuple[tuple[Lot, int], ...] = ()


NOTHING_BACK = CameBack()


class Remembered(NamedTuple):
    """What is the member's own of the counts and of the fraction.

    `carry_short`: what came back weighed more than the fraction, so that a whole point was broken
    up for it; how much of that is the member's cannot be told unless all of the fraction is there.
    `clawed`: how many points the goods that came back would have taken of the member alone.
    `overpaid`: points that came back paid so much more than the member had been forgiven itself.
    """

    counters: Mapping[CounterKey, Tally]
    carry: Carry
    carry_short: bool = False
    clawed: int = 0
    overpaid: int = 0

    def without(self, came_back: CameBack) -> "Remembered":
        """As if the returns had been booked on the member's own account."""
        counters, carry = dict(self.counters), self.carry
        points, clawed = 0, 0
        for each in came_back.goods:
            taken = take_back(
                each.basis, each.sold, each.left_before, each.left_after, carry, counters
            )
            counters.update(taken.counters)
            clawed += taken.points
            if each.basis.rounding is Rounding.CARRY:
                carry, points = taken.carry, points + taken.rate_points
        for gift_id, pieces in came_back.gifts:
            key = gift_counter(gift_id)
            counters[key] = freed(counters.get(key, Tally()), pieces)
        forgiven = counters.get(FORGIVEN, Tally())
        counters[FORGIVEN] = freed(forgiven, -came_back.written_off)
        overpaid = max(0, -came_back.written_off - forgiven.weight)
        return Remembered(counters, carry, points > 0, clawed, overpaid)

    def also_forgiven(self, points: int) -> "Remembered":
        """With so much that others were forgiven for the member's goods."""
        forgiven = self.counters.get(FORGIVEN, Tally())
        more = forgiven._replace(weight=forgiven.weight + points)
        return self._replace(counters={**self.counters, FORGIVEN: more})


def freed(tally: Tally, pieces: int) -> Tally:
    """A count of gifts, or points, of which some came back."""
    return tally._replace(weight=max(0, tally.weight - pieces))
