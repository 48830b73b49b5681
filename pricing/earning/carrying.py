"""Fractions of a point, exactly: what a member carries from sale to sale, and how caps count.

A line's weight is its fen times its multiplier in basis points. One point costs
`fen_per_point * 10,000` of weight: the denominator. Whole points and the carry together are the
sum of all weights, so neither splitting a basket nor the order of returns changes anything.
"""

from typing import NamedTuple


class Carry(NamedTuple):
    """What sales left over below a whole point: `numerator` over `denominator` of a point."""

    numerator: int = 0  # 0 to denominator - 1
    denominator: int = 1

    def at(self, denominator: int) -> "Carry":
        """The same fraction over another denominator, rounded down.

        Rounding down loses less than 1 / denominator of a point, and only when a new version of
        the programme changes what a point costs.
        """
        if denominator == self.denominator:
            return self
        return Carry(self.numerator * denominator // self.denominator, denominator)


NOTHING_CARRIED = Carry()


class Tally(NamedTuple):
    """What a capped rule has given one member in one period: `weight` over `denominator` points."""

    weight: int = 0
    denominator: int = 1

    def at(self, denominator: int) -> "Tally":
        """The same amount over another denominator, rounded up, so that no cap is exceeded."""
        if denominator == self.denominator:
            return self
        return Tally(-(-self.weight * denominator // self.denominator), denominator)

    def less(self, weight: int, denominator: int, weight_before: int = 0) -> "Tally":
        """What is left of it when `weight` of a sale has come back; never below nothing.

        `denominator` is the one of the sale. Where the programme's has changed since, weight is
        converted, rounded down, so that no cap is exceeded; `weight_before` is what had come back
        of the same sale before, so that the parts free what the whole does.
        """
        upto = (weight_before + weight) * self.denominator // denominator
        freed = upto - weight_before * self.denominator // denominator
        return self._replace(weight=max(0, self.weight - freed))


class CounterKey(NamedTuple):
    """What a cap counts by, beside the member: a rule, in all its versions, and a period."""

    rule_id: str
    period: str  # a business date as 2026-05-01, or a month as 2026-05


def carry_in(carry: Carry, weight: int, denominator: int) -> tuple[int, Carry]:
    """Adds the weight of a sale: whole points, and what is carried on."""
    points, rest = divmod(carry.at(denominator).numerator + weight, denominator)
    return points, Carry(rest, denominator)


def uncarry(
    carry: Carry, weight: int, denominator: int, weight_before: int = 0
) -> tuple[int, Carry]:
    """Takes the weight of returned goods out again: points to take back, and the new carry.

    The exact inverse of `carry_in`. The points may be more than the bill's own sale brought to
    the full (the carry of sales before it made up its last point): over all of a member's sales
    they never are. `denominator` is the one of the returned sale. Where the programme's has
    changed since, weight is converted, rounded up; `weight_before` is what earlier returns of
    the same sale took, so that the parts add up to the whole.
    """
    if carry.denominator == NOTHING_CARRIED.denominator:
        carry = Carry(0, denominator)  # who never earned here carries exactly nothing
    if carry.denominator != denominator:
        scale = carry.denominator
        upto = -(-(weight_before + weight) * scale // denominator)
        weight = upto + (-weight_before * scale // denominator)
    points, rest = divmod(carry.numerator - weight, carry.denominator)
    return -points, Carry(rest, carry.denominator)
