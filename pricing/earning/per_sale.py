"""Points earned by a sale."""

from dataclasses import dataclass

from pricing.errors import PricingError


@dataclass(frozen=True, slots=True)
class EarningRule:
    """One version of the rule that turns money into points. A version never changes."""

    rule_version: str = "base@1"
    fen_per_point: int = 100

    def __post_init__(self) -> None:
        if self.fen_per_point <= 0:
            raise ValueError("fen_per_point must be positive")


BASE_RULE = EarningRule()


def points_earned(rule: EarningRule, net_fen: int) -> int:
    """Points for a sale of `net_fen` after discounts, rounded down once per sale.

    Raises PricingError NEGATIVE_AMOUNT: a return takes points back, it does not earn.
    """
    if net_fen < 0:
        raise PricingError(
            "NEGATIVE_AMOUNT", f"a sale of {net_fen} fen earns nothing", {"net_fen": net_fen}
        )
    return net_fen // rule.fen_per_point
