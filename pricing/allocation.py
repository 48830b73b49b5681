"""The one allocator: shares a whole amount over lines, exact to the last unit.

Everything that splits money, points or discounts uses it, so that the parts always add up.
"""

from collections.abc import Sequence
from fractions import Fraction

from pricing.errors import PricingError


def allocate(whole: int, caps: Sequence[int], weights: Sequence[int] | None = None) -> list[int]:
    """Shares `whole` over lines in proportion to `weights`, at most `caps[i]` to line i.

    Largest remainder; a tie goes to the earlier line. Without weights the caps are the weights:
    a discount over lines in proportion to what they cost. What a capped line cannot take goes to
    the others. The parts add up to `whole`; a line with no cap or no weight gets nothing.

    Raises PricingError: NEGATIVE_AMOUNT for a negative whole, cap or weight,
    ALLOCATION_EXCEEDS_CAPS when the lines cannot hold the whole.
    """
    if whole < 0 or (caps and min(caps) < 0) or (weights and min(weights) < 0):
        raise PricingError("NEGATIVE_AMOUNT", "whole, caps and weights must not be negative")
    if weights is None:
        # A share in proportion to the caps reaches none of them before all are full.
        room = sum(caps)
        _check_room(whole, room)
        return list(caps) if whole == room else _in_proportion(whole, caps, room)
    if len(weights) != len(caps):
        raise ValueError(f"{len(weights)} weights for {len(caps)} lines")
    room = sum([cap for cap, weight in zip(caps, weights, strict=True) if weight])
    _check_room(whole, room)
    parts = [0] * len(caps)
    open_lines = [i for i, weight in enumerate(weights) if weight and caps[i]]
    rest = whole
    while open_lines and rest:
        weight_sum = sum([weights[i] for i in open_lines])
        full = [i for i in open_lines if rest * weights[i] >= caps[i] * weight_sum]
        if not full:
            break
        # A line whose share reaches its cap takes just the cap; the others share what is left.
        for i in full:
            parts[i] = caps[i]
        rest -= sum([caps[i] for i in full])
        open_lines = [i for i in open_lines if not parts[i]]
    if rest:
        # Every share here is below its cap, so one unit more still fits.
        open_weights = [weights[i] for i in open_lines]
        shares = _in_proportion(rest, open_weights, sum(open_weights))
        for i, share in zip(open_lines, shares, strict=True):
            parts[i] = share
    return parts


def _check_room(whole: int, room: int) -> None:
    if whole > room:
        raise PricingError(
            "ALLOCATION_EXCEEDS_CAPS",
            f"{whole} cannot be shared over lines that hold {room}",
            {"whole": whole, "room": room},
        )


def _in_proportion(whole: int, weights: Sequence[int], weight_sum: int) -> list[int]:
    """Shares by largest remainder, without caps; a tie goes to the earlier line."""
    if not whole:
        return [0] * len(weights)
    parts = [whole * weight // weight_sum for weight in weights]
    missing = whole - sum(parts)
    if missing:
        remainders = [whole * weight % weight_sum for weight in weights]
        # The sort is stable both ways, so equal remainders keep the order of their lines.
        order = sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)
        for i in order[:missing]:
            parts[i] += 1
    return parts


def apportion(total: int, cells: Sequence[int]) -> list[int]:
    """Shares the first `total` units of what `cells` hold, so that no share ever goes down.

    For amounts that come back little by little: with a growing `total` every share only grows, and
    when all is back every cell is exactly whole. `allocate` cannot promise that: by largest
    remainder, one unit more for all can be one less for somebody.

    By Webster's method: cell i gets its k-th unit at the time (k - 1/2) / cells[i], ties by index.
    A share is within half a unit of proportional for two cells, within one for three, and within
    (n - 1) / 2 for n; no share exceeds its cell.

    Raises PricingError: NEGATIVE_AMOUNT, or ALLOCATION_EXCEEDS_CAPS for more than the cells hold.
    """
    whole = sum(cells)
    if total < 0 or min(cells, default=0) < 0:
        raise PricingError("NEGATIVE_AMOUNT", "total and cells must not be negative")
    if total > whole:
        raise PricingError(
            "ALLOCATION_EXCEEDS_CAPS",
            f"{total} cannot be shared over cells that hold {whole}",
            {"whole": total, "room": whole},
        )
    if not total:
        return [0] * len(cells)
    # What each cell has at the time total / whole. At most half a unit a cell is then amiss in
    # all, and is put right unit by unit, in the order of their times.
    parts = [(2 * cell * total + whole) // (2 * whole) for cell in cells]
    missing = total - sum(parts)
    for _ in range(missing):
        parts[min(_times(cells, parts, 1))[1]] += 1
    for _ in range(-missing):
        parts[max(_times(cells, parts, 0))[1]] -= 1
    return parts


def _times(cells: Sequence[int], parts: Sequence[int], ahead: int) -> list[tuple[Fraction, int]]:
    """(time, cell) of each cell's next unit, or with 0 ahead of its last one."""
    return [
        (Fraction(2 * (part + ahead) - 1, 2 * cell), i)
        for i, (cell, part) in enumerate(zip(cells, parts, strict=True))
        if 0 < part + ahead <= cell
    ]
