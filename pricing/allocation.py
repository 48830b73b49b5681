"""The one allocator: shares a whole amount over lines, exact to the last unit.

Everything that splits money, points or discounts uses it, so that the parts always add up.
"""

from collections.abc import Sequence

from pricing.errors import PricingError


def allocate(whole: int, caps: Sequence[int], weights: Sequence[int] | None = None) -> list[int]:
    """Shares `whole` over lines in proportion to `weights`, at most `caps[i]` to line i.

    Largest remainder; a tie goes to the earlier line. Without weights the caps are the weights:
    a discount over lines in proportion to what they cost. What a capped line cannot take goes to
    the others. The parts add up to `whole`; a line with no cap or no weight gets nothing.

    Raises PricingError: NEGATIVE_AMOUNT for a negative whole, cap or weight,
    ALLOCATION_EXCEEDS_CAPS when the lines cannot hold the whole.
    """
    if weights is None:
        weights = caps
    if len(weights) != len(caps):
        raise ValueError(f"{len(weights)} weights for {len(caps)} lines")
    if whole < 0 or min(caps, default=0) < 0 or min(weights, default=0) < 0:
        raise PricingError("NEGATIVE_AMOUNT", "whole, caps and weights must not be negative")
    room = sum(cap for cap, weight in zip(caps, weights, strict=True) if weight)
    if whole > room:
        raise PricingError(
            "ALLOCATION_EXCEEDS_CAPS",
            f"{whole} cannot be shared over lines that hold {room}",
            {"whole": whole, "room": room},
        )
    parts = [0] * len(caps)
    open_lines = [i for i, weight in enumerate(weights) if weight and caps[i]]
    rest = whole
    while open_lines and rest:
        weight_sum = sum(weights[i] for i in open_lines)
        full = [i for i in open_lines if rest * weights[i] >= caps[i] * weight_sum]
        if not full:
            break
        # A line whose share reaches its cap takes just the cap; the others share what is left.
        for i in full:
            parts[i] = caps[i]
        rest -= sum(caps[i] for i in full)
        open_lines = [i for i in open_lines if not parts[i]]
    if rest:
        weight_sum = sum(weights[i] for i in open_lines)
        remainders = []
        for i in open_lines:
            parts[i], remainder = divmod(rest * weights[i], weight_sum)
            remainders.append((-remainder, i))
        missing = rest - sum(parts[i] for i in open_lines)
        # Every share here is below its cap, so one unit more still fits.
        for _, i in sorted(remainders)[:missing]:
            parts[i] += 1
    return parts
