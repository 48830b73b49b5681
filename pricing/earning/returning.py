"""What a return takes back of what its sale earned: in any order of partial returns the same."""

from collections.abc import Sequence
from typing import NamedTuple

from pricing.earning.carrying import Carry, CounterKey, Tally, uncarry
from pricing.earning.outcome import NO_COUNTERS, Counters, EarningBasis
from pricing.earning.programme import Rounding


class BonusTaken(NamedTuple):
    """A fixed bonus that a return takes back, whole."""

    rule_version: str
    points: int


class TakenBack(NamedTuple):
    """What a return takes back; the counters are new values, to be stored over the old."""

    rate_points: int  # of base and multipliers, whichever lots they are in
    bonuses: tuple[BonusTaken, ...]
    carry: Carry
    counters: Counters

    @property
    def points(self) -> int:
        """All points that the return takes back."""
        return self.rate_points + sum(bonus.points for bonus in self.bonuses)


def points_kept(weight_total: int, weight_remaining: int, granted: int) -> int:
    """What a sale that was floored keeps of its points when a part of it has gone back.

    In proportion, rounded down, so never more than a sale of the rest would have earned.
    """
    if weight_total == 0:
        return granted
    return granted * weight_remaining // weight_total


def returned_counter_keys(basis: EarningBasis) -> list[CounterKey]:
    """Which counters `take_back` needs; none for most sales."""
    keys = [CounterKey(each.rule_id, period) for each in basis.counted for period in each.periods]
    keys += [
        CounterKey(bonus.rule_id, period) for bonus in basis.bonuses for period in bonus.periods
    ]
    return keys


def take_back(
    basis: EarningBasis,
    sold: Sequence[int],
    left_before: Sequence[int],
    left_after: Sequence[int],
    carry: Carry,
    counters: Counters = NO_COUNTERS,
) -> TakenBack:
    """What a return takes back when each line goes from `left_before` to `left_after` of `sold`.

    The three are in one unit, for example milli of quantity: 0 <= after <= before <= sold > 0.
    Of each line's weight its part of the quantity goes, rounded down, as of the line's price. A
    carried sale's weight goes out of the carry; a floored one keeps its points in proportion. A
    bonus goes back whole when what is left would not have been given it. Caps count less by what
    went back, so that the period of the sale has room again. ValueError when the quantities are
    impossible.
    """
    for whole, before, after in zip(sold, left_before, left_after, strict=True):
        if not (0 <= after <= before <= whole and whole):
            raise ValueError("a return leaves 0 to what was left of every line")

    def left(amounts: Sequence[int], quantities: Sequence[int]) -> int:
        return sum(
            amount - amount * (whole - quantity) // whole
            for amount, quantity, whole in zip(amounts, quantities, sold, strict=True)
        )

    total = sum(basis.weights)
    had, has = left(basis.weights, left_before), left(basis.weights, left_after)
    if basis.rounding is Rounding.CARRY:
        points, carry = uncarry(carry, had - has, basis.denominator, weight_before=total - had)
    else:
        points = points_kept(total, had, basis.rate_points)
        points -= points_kept(total, has, basis.rate_points)
    room = _Room(counters, basis.denominator)
    for counted in basis.counted:
        counts = left(counted.weights, left_before)
        weight, before = counts - left(counted.weights, left_after), sum(counted.weights) - counts
        room.free(counted.rule_id, counted.periods, weight, before)
    bonuses = []
    for bonus in basis.bonuses:
        needed = max(bonus.minimum_fen, 1)
        if left(bonus.spend_fen, left_after) < needed <= left(bonus.spend_fen, left_before):
            bonuses.append(BonusTaken(bonus.rule_version, bonus.points))
            room.free(bonus.rule_id, bonus.periods, bonus.points * basis.denominator)
    return TakenBack(points, tuple(bonuses), carry, room.new)


class _Room:
    """Counters going down by what returns give back."""

    def __init__(self, counters: Counters, denominator: int) -> None:
        self._counters = counters
        self._denominator = denominator
        self.new: dict[CounterKey, Tally] = {}

    def free(
        self, rule_id: str, periods: Sequence[str], weight: int, weight_before: int = 0
    ) -> None:
        for period in periods if weight else ():
            key = CounterKey(rule_id, period)
            tally = self._counters.get(key)
            if tally is not None:
                self.new[key] = tally.less(weight, self._denominator, weight_before)
